"""One promise under other terms: by the arithmetic that runs the clocks. Pure.

The specification, with worked numbers, is docs/rules/rehearsal.md.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from incidents.clocks import counting
from incidents.clocks.counting import Mark, Rule
from incidents.enums import Fared


class Ended(NamedTuple):
    """A promise as it ended: when its clock started, what its segments say, and what came of it."""

    started_at: datetime
    marks: Sequence[Mark]
    kept: bool
    due_at: datetime
    decided_at: datetime
    met_at: datetime | None
    """When it was answered, in time or late; None where nobody has answered yet."""


class Result(NamedTuple):
    fared: Fared
    due_at: datetime | None
    """When it would have been due; None without a promise."""


def fare(promise: Ended, rule: Rule | None, now: datetime) -> Result:
    """How it would have ended, had ``rule`` been promised in the place of what was; None for nothing.

    :raises CoverageError: the calendar doesn't open often enough.
    """
    if rule is None:
        return Result(Fared.NOTHING, None)
    due_at = counting.due_at(promise.started_at, _under(rule, promise))
    if promise.met_at is None and due_at >= now:
        return Result(Fared.OPEN, due_at)
    kept = promise.met_at is not None and promise.met_at <= due_at
    if promise.kept == kept:
        return Result(Fared.SAME, due_at)
    return Result(Fared.BETTER if kept else Fared.WORSE, due_at)


def _under(rule: Rule, promise: Ended) -> list[Mark]:
    """The segments by which the promise was decided, counted by the other rule.

    What a later change of severity made of the clock is left out: it was another promise.
    """
    then = [mark for mark in promise.marks if mark.at <= promise.decided_at] or list(promise.marks[:1])
    replaced = then[-1].rule
    for mark in promise.marks[len(then) :]:
        if mark.rule != replaced:
            break
        then.append(mark)
    return [mark._replace(rule=rule) if mark.rule == replaced else mark for mark in then]
