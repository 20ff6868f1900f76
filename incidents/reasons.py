"""“Why this time?” as its page shows it: a clock, its segments and its hours, in the reader's zone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import present
from incidents.clocks.reading import ShownClock
from incidents.enums import CLOCK_TONE, ClockState, SegmentReason
from incidents.explain import Explained, explained
from incidents.models import Clock, ClockSegment
from plans.enums import TargetKind
from plans.matrix import TargetValue
from plans.wording import calendar_name, target_words
from portal.core.ui.formatting import Formats, formats


@dataclass(frozen=True, slots=True)
class SegmentLine:
    at: str
    state: str
    tone: str
    reason: str
    by: str
    rule: str


@dataclass(frozen=True, slots=True)
class SpanLine:
    day: str
    hours: str
    length: str


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
        "segments": [_segment(segment, form) for segment in opened.segments],
        "spans": list(_spans(opened, form)),
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


def _segment(segment: ClockSegment, form: Formats) -> SegmentLine:
    state = ClockState(segment.state)
    return SegmentLine(
        at=form.full(segment.at),
        state=str(state.label),
        tone=CLOCK_TONE[state],
        reason=str(SegmentReason(segment.reason).label),
        by=segment.actor.name if segment.actor else "",
        rule=target_words(TargetValue(segment.minutes, segment.unit)),
    )


def _spans(opened: Explained, form: Formats) -> Iterator[SpanLine]:
    for stretch in opened.stretches:
        for span in stretch.spans:
            yield SpanLine(
                day=form.weekday(span.start),
                hours=f"{form.time(span.start)}–{form.time(span.end)}",
                length=form.duration(span.length),
            )
