"""Going back in coverage time ends where going forward began."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from incidents.demo.pacing import Pace
from plans.coverage import Calendar, openings

PACE = Pace(Calendar("Europe/Paris", openings(range(5), "08:00", "18:00")), 240)
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("end", "minutes", "start"),
    [
        (TUESDAY, 60, datetime(2026, 11, 24, 14, 30, tzinfo=UTC)),
        (TUESDAY, 10 * 60, datetime(2026, 11, 23, 15, 30, tzinfo=UTC)),
        (SUNDAY, 30, datetime(2026, 11, 20, 16, 30, tzinfo=UTC)),
        (SUNDAY, 0, SUNDAY),
    ],
)
def test_the_latest_moment_with_so_much_coverage_before_the_end(end, minutes, start):
    assert PACE.before(end, minutes) == start
    assert PACE.between(start, end) == minutes


def test_going_back_and_forth_is_the_same_within_coverage():
    for minutes in (1, 59, 600, 601, 4321):
        assert PACE.after(PACE.before(TUESDAY, minutes), minutes) == TUESDAY


def test_most_first_responses_are_in_time_and_some_are_late():
    rng = Random(7)
    minutes = [PACE.response(rng) for _ in range(1000)]
    late = sum(one > PACE.minutes for one in minutes)
    assert 90 < late < 200
    assert min(minutes) >= 2
    assert max(minutes) <= 1.9 * PACE.minutes


def test_turns_are_quicker_where_the_promise_is_more_urgent():
    urgent = Pace(PACE.calendar, 30)
    assert max(urgent.turn(Random(n), 8) for n in range(50)) <= 32
    assert max(PACE.turn(Random(n), 8) for n in range(50)) == 160
    assert timedelta(minutes=urgent.minutes) == timedelta(minutes=30)
