"""“Why this time?” as its page shows it: a clock, its segments and its hours, in the reader's zone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import present
from incidents.clocks.reading import ShownClock
from incidents.enums import CLOCK_TONE, ClockState, SegmentReason
from incidents.explain import Explained, explained
from incidents.models import Clock, ClockSegment
from plans.coverage import Span
from plans.editions import published_calendar
from plans.enums import TargetKind
from plans.matrix import TargetValue
from plans.wording import calendar_name, target_words
from portal.core.ui.formatting import Formats, formats

ROWS = 10
"""So many spans stand each in a row of its own."""


@dataclass(frozen=True, slots=True)
class SegmentLine:
    at: str
    state: str
    tone: str
    reason: str
    by: str
    rule: str
    instead_of: str
    """The rule that it replaced, if it did."""


@dataclass(frozen=True, slots=True)
class SpanLine:
    day: str
    hours: str
    length: str


@dataclass(frozen=True, slots=True)
class Run:
    """Days with the same hours in a row; a single one stands for itself."""

    lines: Sequence[SpanLine]
    length: str

    @property
    def first(self) -> SpanLine:
        return self.lines[0]

    @property
    def last(self) -> SpanLine:
        return self.lines[-1]


def of_clock(clock: Clock, clocks: Sequence[Clock]) -> dict[str, Any]:
    """What the template needs; ``clocks`` are all of the incident's."""
    form, now = formats(), timezone.now()
    opened = explained(clock)
    shown = ShownClock(*(getattr(clock, name) for name in ShownClock._fields))
    covered = sum((stretch.covered for stretch in opened.stretches), timedelta())
    return {
        "clock": present.shown_clock(shown, now, form),
        "kind": _name(clock),
        "from": form.full(clock.started_at),
        "due": form.full(clock.due_at),
        "target": target_words(TargetValue(clock.minutes, clock.unit)),
        "hours": calendar_name(opened.calendar) if opened.calendar else "",
        "zone": clock.time_zone if opened.calendar else "",
        "covered": form.duration(covered) if opened.stretches else "",
        "commitment": form.full(clock.commitment_at) if clock.commitment_at else "",
        "segments": list(_segments(opened.segments, form)),
        "over_at_once": any(
            segment.reason == SegmentReason.SEVERITY and segment.at == clock.due_at
            for segment in opened.segments
        ),
        "spans": list(_runs(opened, form)),
        "closed": [form.weekday(day) for part in opened.stretches for day in part.holidays],
        "own": [form.weekday(day) for part in opened.stretches for day in part.own_dates],
        "others": [
            {"id": other.pk, "name": _name(other), "current": other.pk == clock.pk} for other in clocks
        ],
    }


def _name(clock: Clock) -> str:
    kind = str(TargetKind(clock.kind).label)
    return (
        kind if clock.round == 1 else _("%(kind)s, round %(number)d") % {"kind": kind, "number": clock.round}
    )


def _segments(segments: Sequence[ClockSegment], form: Formats) -> Iterator[SegmentLine]:
    before = ""
    for segment in segments:
        state, rule = ClockState(segment.state), _rule(segment)
        yield SegmentLine(
            at=form.full(segment.at),
            state=str(state.label),
            tone=CLOCK_TONE[state],
            reason=str(SegmentReason(segment.reason).label),
            by=segment.actor.name if segment.actor else "",
            rule=rule,
            instead_of=before if before != rule else "",
        )
        before = rule


def _rule(segment: ClockSegment) -> str:
    """``4 h · Business hours``"""
    target = target_words(TargetValue(segment.minutes, segment.unit))
    if segment.calendar_id is None:
        return target
    return f"{target} · {calendar_name(published_calendar(segment.tenant_id, segment.calendar_id))}"


def _runs(opened: Explained, form: Formats) -> Iterator[Run]:
    """Each span by itself; where they are many, equal days in a row stand together.

    The minutes that are shown add up to those of the whole, wherever in a minute a span begins.
    """
    total = timedelta()
    spans = [span for stretch in opened.stretches for span in stretch.spans]
    lines = [(span, _line(span, form)) for span in spans]
    few = len(lines) <= ROWS
    for _same, group in groupby(enumerate(lines), key=lambda one: one[0] if few else one[1][1].hours):
        same = [line for _number, line in group]
        before, total = total, sum((span.length for span, _line in same), total)
        yield Run([line for _span, line in same], form.duration(_minutes(total) - _minutes(before)))


def _minutes(length: timedelta) -> timedelta:
    return length - length % timedelta(minutes=1)


def _line(span: Span, form: Formats) -> SpanLine:
    start, end = span.start.astimezone(form.zone), span.end.astimezone(form.zone)
    until = form.time(end)
    if (end - timedelta.resolution).date() != start.date():
        until = f"{form.weekday(end)} {until}"
    elif end.date() != start.date():
        until = "24:00"
    return SpanLine(form.weekday(start), f"{form.time(start)}–{until}", form.duration(span.length))
