"""What the segments of a clock say: when it is due, and how much of its time is gone. Pure.

The specification, with worked numbers, is docs/rules/clocks.md.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from plans.coverage import Calendar, Explanation, due, elapsed, explain_elapsed

BREACH = 100
"""The percent at which a promise is broken."""


class Rule(NamedTuple):
    """So many minutes, in the hours of ``coverage``; without it elapsed time counts."""

    minutes: int
    coverage: Calendar | None

    @property
    def target(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    def after(self, start: datetime, amount: timedelta) -> datetime:
        """The earliest instant with exactly so much counted time behind it."""
        return due(self.coverage, start, amount) if self.coverage else start + amount

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The counted time between two instants."""
        return elapsed(self.coverage, start, end) if self.coverage else end - start


class Mark(NamedTuple):
    """From ``at`` on the clock runs, or doesn't, and its time is counted by ``rule``."""

    at: datetime
    running: bool
    rule: Rule


def due_at(start: datetime, marks: Sequence[Mark]) -> datetime:
    """When the clock is due.

    The latest rule counts from the start, pauses left out. A rule that would have been due before it was
    set is due when it is set. While the clock stands still, the due time is the one that it would have had
    it gone on at once.

    :raises CoverageError: the calendar doesn't open often enough.
    """
    counted = _reached(start, marks, marks[-1].rule.target)
    return max(counted, _rule_since(start, marks))


def step_at(start: datetime, marks: Sequence[Mark], percent: int) -> datetime:
    """When so many percent of the target are used; above 100, so much of it again after the due time.

    As with the due time, a rule by which it would have been reached before it was set reaches it then.
    """
    rule = marks[-1].rule
    if percent < BREACH:
        reached = max(_reached(start, marks, rule.target * percent / 100), _rule_since(start, marks))
        return min(reached, due_at(start, marks))
    if percent == BREACH:
        return due_at(start, marks)
    return rule.after(due_at(start, marks), rule.target * (percent - BREACH) / 100)


def used(start: datetime, marks: Sequence[Mark], now: datetime) -> timedelta:
    """How much counted time has gone by, by the latest rule."""
    rule = marks[-1].rule
    return sum(
        (rule.between(begin, min(end or now, now)) for begin, end in _runs(start, marks) if begin < now),
        timedelta(),
    )


def spans(start: datetime, marks: Sequence[Mark], until: datetime) -> list[Explanation]:
    """The counted time up to ``until`` for each stretch without a pause; nothing for elapsed time."""
    coverage = marks[-1].rule.coverage
    if coverage is None:
        return []
    runs = ((begin, min(end or until, until)) for begin, end in _runs(start, marks))
    return [explain_elapsed(coverage, begin, end) for begin, end in runs if begin < end]


def _reached(start: datetime, marks: Sequence[Mark], amount: timedelta) -> datetime:
    rule = marks[-1].rule
    for begin, end in _runs(start, marks):
        passed = rule.between(begin, end) if end is not None else None
        if passed is None or passed >= amount:
            return rule.after(begin, amount)
        amount -= passed
    return rule.after(max(marks[-1].at, start), amount)


def _runs(start: datetime, marks: Sequence[Mark]) -> Iterator[tuple[datetime, datetime | None]]:
    """The stretches in which the clock runs; the last one may have no end."""
    begin: datetime | None = None
    for mark in marks:
        at = max(mark.at, start)
        if mark.running and begin is None:
            begin = at
        elif not mark.running and begin is not None:
            yield begin, at
            begin = None
    if begin is not None:
        yield begin, None


def _rule_since(start: datetime, marks: Sequence[Mark]) -> datetime:
    """Since when the latest rule counts: the start, unless it replaced another one."""
    since = start
    for before, mark in pairwise(marks):
        if mark.rule != before.rule:
            since = max(mark.at, start)
    return since
