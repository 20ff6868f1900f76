"""Why this time? A clock opened into its segments, and into the hours that were counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from incidents.clocks import counting
from incidents.clocks.keeping import mark_of
from incidents.enums import ClockState
from incidents.models import Clock, ClockSegment, Incident
from plans.coverage import Explanation
from plans.editions import published_calendar
from plans.matrix import CalendarValue


@dataclass(frozen=True, slots=True)
class Explained:
    """``stretches`` are the counted hours between pauses, up to the due time; none for elapsed time."""

    clock: Clock
    segments: Sequence[ClockSegment]
    stretches: Sequence[Explanation]
    calendar: CalendarValue | None


def clocks_of(incident: Incident) -> list[Clock]:
    """Every clock that the incident had, in the order in which they were started. One statement."""
    clocks = Clock.objects.filter(tenant_id=incident.tenant_id, incident=incident)
    return list(clocks.order_by("started_at", "id"))


def clock_to_explain(incident: Incident, clocks: Sequence[Clock], wanted: int | None = None) -> Clock | None:
    """The one that is asked for, or else the one that is due, or else the first."""
    by_id = {clock.pk: clock for clock in clocks}
    if wanted is not None:
        return by_id.get(wanted)
    return by_id.get(incident.due_clock_id or 0) or next(iter(clocks), None)


def explained(clock: Clock) -> Explained:
    """Two statements at most: the segments with their actors, and a calendar that is not known yet."""
    stored = ClockSegment.objects.filter(tenant_id=clock.tenant_id, clock=clock)
    segments = list(stored.select_related("actor__user").order_by("id"))
    marks = [mark_of(segment, clock.started_at) for segment in segments]
    until = clock.due_at
    if clock.state in {ClockState.PAUSED, ClockState.STOPPED}:
        until = clock.paused_at or clock.ended_at or until
    return Explained(
        clock=clock,
        segments=segments,
        stretches=counting.spans(clock.started_at, _without_end(clock, marks), until),
        calendar=published_calendar(clock.tenant_id, clock.calendar_id) if clock.calendar_id else None,
    )


def _without_end(clock: Clock, marks: list[counting.Mark]) -> list[counting.Mark]:
    """What was promised reaches up to the due time, also where the answer came before it."""
    return marks[:-1] if clock.state == ClockState.MET and len(marks) > 1 else marks
