"""Limits hold, also when the cache goes away between two steps of counting."""

import pytest

from portal.identity import limits
from portal.identity.limits import Limit, TooMany, count, spend

TWICE = Limit("tests", 2, 60)


def test_the_third_use_in_a_window_is_refused_with_the_seconds_to_wait(time_machine):
    time_machine.move_to("2026-03-02T10:00:15Z", tick=False)
    spend(TWICE, "somebody")
    spend(TWICE, "somebody")
    spend(TWICE, "somebody else")
    with pytest.raises(TooMany) as refused:
        spend(TWICE, "somebody")
    assert refused.value.wait == 45
    time_machine.move_to("2026-03-02T10:01:00Z", tick=False)
    spend(TWICE, "somebody")


def test_a_count_that_vanishes_between_its_steps_starts_afresh(monkeypatch):
    class Vanishing:
        def add(self, key, value, timeout):
            return False

        def incr(self, key):
            raise ValueError

    monkeypatch.setattr(limits, "cache", Vanishing())
    assert count("limit:tests", 60) == 1


def test_two_first_uses_at_once_are_two(monkeypatch):
    class Overtaken:
        """Somebody else is first, between the look and the count."""

        uses = 0

        def incr(self, key):
            if not self.uses:
                raise ValueError
            self.uses += 1
            return self.uses

        def add(self, key, value, timeout):
            self.uses = 1
            return False

    monkeypatch.setattr(limits, "cache", Overtaken())
    assert count("limit:tests", 60) == 2
