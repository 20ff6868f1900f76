"""The order in which incidents are worked, and why one stands where it stands. Pure.

The specification, with worked numbers, is docs/rules/queue.md.
"""

from datetime import datetime
from typing import NamedTuple


class Place(NamedTuple):
    """What decides on a place. ``plan_order`` is 0, or less by the plan's rank with Plan Priority Queuing."""

    severity: int
    plan_order: int
    due_at: datetime | None
    created_at: datetime
    id: int


class Step(NamedTuple):
    """One reason for a place: a code for its sentence, and what that sentence needs."""

    code: str
    value: object


def sort_key(place: Place) -> tuple[int, int, bool, datetime, datetime, int]:
    """Severity; plan priority; soonest due, which puts what is overdue first; oldest."""
    due_at = place.due_at or place.created_at
    return (place.severity, place.plan_order, place.due_at is None, due_at, place.created_at, place.id)


def reasons(place: Place, now: datetime) -> tuple[Step, ...]:
    """Why here: one step for each part of the order, the strongest first."""
    steps = [Step("severity", place.severity)]
    steps.append(
        Step("plan_priority", -place.plan_order) if place.plan_order else Step("no_plan_priority", None)
    )
    if place.due_at is None:
        steps.append(Step("no_due_time", None))
    else:
        steps.append(Step("overdue" if place.due_at <= now else "due", place.due_at))
    steps.append(Step("logged", place.created_at))
    return tuple(steps)
