"""What happens to the clocks of an incident when something happens to the incident.

The incident is locked by the action that calls; :meth:`Clocks.keep` writes everything at its end. The rules,
with worked numbers, are in docs/rules/clocks.md.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Max, Model, QuerySet

from incidents.clocks import counting
from incidents.clocks.counting import Mark
from incidents.clocks.ladder import ladder_of, steps_above, upcoming
from incidents.clocks.terms import Terms, columns_of, rule_of, terms_of
from incidents.enums import LIVE, UNSOLVED, ClockState, SegmentReason
from incidents.models import Clock, ClockSegment, Incident, Message, Score
from plans.coverage import CoverageError
from plans.enums import TargetKind
from portal.core.history import entry
from portal.core.models import HistoryEntry
from portal.core.writing import insert, next_keys
from portal.identity.models import Membership

_RULE = ("minutes", "unit", "calendar_id", "time_zone", "holiday_region", "event_days")
_KEPT = (
    *("state", "minutes", "unit", "calendar", "time_zone", "holiday_region", "event_days"),
    *("due_at", "paused_at", "ended_at", "broken", "alert_at"),
)
_FIRST, _NEXT = TargetKind.FIRST_RESPONSE, TargetKind.NEXT_RESPONSE
_UPDATE, _RESOLUTION = TargetKind.UPDATE, TargetKind.RESOLUTION


class Clocks:
    """The clocks of one incident while one action changes it at ``at``."""

    def __init__(
        self, incident: Incident, actor: Membership | None, at: datetime, *, terms: Terms | None = None
    ) -> None:
        self._incident, self._actor, self._at = incident, actor, at
        self._given = terms
        self._opened: list[Clock] = []
        self._touched: dict[int, Clock] = {}
        self._segments: list[ClockSegment] = []
        self._scores: list[Score] = []
        self._lines: list[HistoryEntry] = []

    # What happens to the incident.

    def logged(self) -> None:
        """Under cover from now on: the first response is due, and the resolution, if one is promised."""
        self._live = {}
        self._open(_FIRST, self._at, 1)
        self._open(_RESOLUTION, self._at, 1)

    def staff_answered(self, spoken_at: datetime | None = None) -> bool:
        """A public message of staff, or a call. Whether it was the first response.

        :param spoken_at: when they spoke, for a call that is noted only now. It answers what was due then.
        """
        at = spoken_at or self._at
        first, following, update = (self._to_answer(kind, spoken_at) for kind in (_FIRST, _NEXT, _UPDATE))
        self._meet(first, spoken_at)
        self._meet(following, spoken_at)
        if update is not None and update.started_at <= at:
            self._meet(update, spoken_at)
            self._open_update(after=update)
        elif _UPDATE not in self._live and first is not None:
            self._open(_UPDATE, at)
        return first is not None

    def asked_before(self, asked_at: datetime) -> None:
        """The customer has asked since a call that is noted only now: that is to be answered next."""
        if _FIRST not in self._live and _NEXT not in self._live:
            self._open(_NEXT, asked_at)

    def waits(self) -> None:
        """Support has just answered and said what it needs: until the customer answers, nothing counts."""
        self._pause(self._live.get(_RESOLUTION), SegmentReason.WAITING)

    def customer_wrote(self) -> None:
        """Whatever the customer writes lets time count again, and asks for an answer."""
        for clock in list(self._live.values()):
            self._resume(clock, SegmentReason.ANSWERED)
        self._ask_for_answer()

    def severity_changed(self, severity: int) -> None:
        """Each clock keeps its start and its pauses and gets the target of the new severity.

        What is broken by now is scored under the severity that it was promised for.
        """
        for clock in self._live.values():
            self._settle(clock, self._at)
        self._incident.severity = severity
        for clock in list(self._live.values()):
            self._swap(clock)
        if _FIRST not in self._live and self._never_had(_FIRST) and not self._answered_once():
            self._open(_FIRST, self._at)
        if _RESOLUTION not in self._live and self._never_had(_RESOLUTION):
            self._open(_RESOLUTION, self._at)
        if _UPDATE not in self._live and _FIRST not in self._live:
            self._open_update()

    def resolved_by_support(self) -> bool:
        """Whether the words of the resolution were the first response."""
        first = self._live.get(_FIRST)
        for kind in (_FIRST, _NEXT, _RESOLUTION):
            self._meet(self._live.get(kind))
        self._stop(self._live.get(_UPDATE), SegmentReason.RESOLVED)
        return first is not None

    def solved_by_customer(self) -> None:
        """Nobody waits for an answer any more; a first response stays owed, should it be reopened."""
        self._pause(self._live.get(_FIRST), SegmentReason.SOLVED)
        self._meet(self._live.get(_RESOLUTION))
        for kind in (_NEXT, _UPDATE):
            self._stop(self._live.get(kind), SegmentReason.SOLVED)

    def reopened(self) -> None:
        """An answer is due again: the first response where none was given, else the next."""
        for clock in list(self._live.values()):
            self._resume(clock, SegmentReason.REOPENED)
        self._ask_for_answer()
        if _FIRST not in self._live and _UPDATE not in self._live:
            self._open_update()

    def closed(self) -> None:
        for clock in list(self._live.values()):
            self._stop(clock, SegmentReason.CLOSED)

    def keep(self) -> None:
        """Write it all, and what the incident shows of it: the next due time, as long as it is unsolved."""
        for clock in self._touched.values():
            clock.save(update_fields=_KEPT)
        insert(self.rows(next_keys(Clock, len(self._opened))))

    def rows(self, keys: Sequence[int]) -> list[Model]:
        """What :meth:`keep` inserts; ``keys`` are for started clocks, and may be more than needed."""
        for clock, key in zip(self._opened, keys, strict=False):
            clock.pk = key
        for segment in self._segments:
            segment.clock_id = segment.clock.pk
        for score in self._scores:
            score.clock_id = score.clock.pk
        self._show()
        return [*self._opened, *self._segments, *self._scores, *self._lines]

    def _show(self) -> None:
        live = self._live.values() if self._incident.state in UNSOLVED else ()
        soonest = min(live, key=lambda clock: (clock.due_at, clock.pk), default=None)
        self._incident.due_clock = soonest
        self._incident.due_at = soonest.due_at if soonest else None

    # What happens to one clock.

    def _open(self, kind: str, start: datetime, number: int | None = None) -> None:
        """Nothing where nothing is promised. ``number`` is the round, where it is known."""
        columns = self._promised(kind)
        if columns is None:
            return
        clock = Clock(
            tenant_id=self._incident.tenant_id,
            account_id=self._incident.account_id,
            incident=self._incident,
            kind=kind,
            round=number or self._rounds(kind) + 1,
            started_at=start,
            **columns,
        )
        try:
            self._plan(clock, [Mark(start, True, rule_of(clock, start))])
        except CoverageError:
            return  # hours that never open promise nothing
        self._opened.append(clock)
        self._live[kind] = clock
        self._note(clock, SegmentReason.STARTED, at=start)

    def _ask_for_answer(self) -> None:
        if _FIRST not in self._live and _NEXT not in self._live:
            self._open(_NEXT, self._at)

    def _open_update(self, after: Clock | None = None) -> None:
        """The next round follows the last one's due time; those that are over already are left out."""
        if after is None:
            self._open(_UPDATE, self._at)
            return
        start, rule = after.due_at, rule_of(after, after.due_at)
        while (due := rule.after(start, rule.target)) <= self._at:
            start = due
        self._open(_UPDATE, start, after.round + 1)

    def _to_answer(self, kind: str, spoken_at: datetime | None) -> Clock | None:
        """The live clock of a kind; for a call only what had begun by then."""
        clock = self._live.get(kind)
        return clock if clock and (spoken_at is None or clock.started_at <= spoken_at) else None

    def _meet(self, clock: Clock | None, spoken_at: datetime | None = None) -> None:
        if clock is None:
            return
        at = self._answered_at(clock, spoken_at) if spoken_at else self._at
        seen = clock.broken
        self._settle(clock, at)
        if not clock.broken:
            self._score(clock, kept=True, at=at)
        elif not seen:  # answered late, and before the sweep came by
            self._lines.append(broken_line(self._incident, clock, self._at))
        self._end(clock, ClockState.MET, SegmentReason.MET, at)

    def _answered_at(self, clock: Clock, spoken_at: datetime) -> datetime:
        """When a call that is noted only now has answered.

        What has happened to the clock since then stays in its order, and what is broken already was
        answered late, whatever is noted afterwards.
        """
        at = max(spoken_at, self._marks(clock)[-1].at)
        return self._at if clock.broken and at <= clock.due_at else at

    def _stop(self, clock: Clock | None, reason: SegmentReason) -> None:
        if clock is not None:
            self._settle(clock, self._at)
            self._end(clock, ClockState.STOPPED, reason, self._at)

    def _end(self, clock: Clock, state: ClockState, reason: SegmentReason, at: datetime) -> None:
        clock.state, clock.ended_at, clock.paused_at, clock.alert_at = state, at, None, None
        del self._live[clock.kind]
        self._note(clock, reason, at=at)

    def _pause(self, clock: Clock | None, reason: SegmentReason) -> None:
        if clock is None or clock.state != ClockState.RUNNING:
            return
        self._settle(clock, self._at)
        clock.state, clock.paused_at, clock.alert_at = ClockState.PAUSED, self._at, None
        self._note(clock, reason)

    def _resume(self, clock: Clock, reason: SegmentReason) -> None:
        if clock.state != ClockState.PAUSED:
            return
        clock.state, clock.paused_at = ClockState.RUNNING, None
        self._note(clock, reason)
        self._plan(clock, self._marks(clock))

    def _swap(self, clock: Clock) -> None:
        columns = self._promised(clock.kind)
        if columns is None:
            self._stop(clock, SegmentReason.NO_TARGET)
            return
        if all(getattr(clock, name) == value for name, value in columns.items()):
            # The same rule, but the ladder may have other steps for this severity.
            plan_alert(clock, self._marks(clock), self._incident.severity)
            self._touched[clock.pk] = clock
            return
        for name, value in columns.items():
            setattr(clock, name, value)
        self._note(clock, SegmentReason.SEVERITY)
        self._plan(clock, self._marks(clock))

    def _settle(self, clock: Clock, at: datetime) -> None:
        """A promise that is broken by then stays so, whatever happens to its clock next."""
        if not clock.broken and is_broken(clock, at):
            clock.broken = True
            self._score(clock, kept=False, at=at)

    def _score(self, clock: Clock, *, kept: bool, at: datetime) -> None:
        self._scores.append(score_of(self._incident, clock, kept=kept, at=at))

    def _note(self, clock: Clock, reason: SegmentReason, *, at: datetime | None = None) -> None:
        self._segments.append(
            ClockSegment(
                tenant_id=clock.tenant_id,
                account_id=clock.account_id,
                clock=clock,
                at=at or self._at,
                state=clock.state,
                reason=reason,
                actor=self._actor,
                **{name: getattr(clock, name) for name in _RULE},
            )
        )
        if clock.pk is not None:
            self._touched[clock.pk] = clock

    def _plan(self, clock: Clock, marks: Sequence[Mark]) -> None:
        """Derive the due time and the next alert."""
        clock.due_at = counting.due_at(clock.started_at, marks)
        plan_alert(clock, marks, self._incident.severity)

    # What is known of the clocks.

    @cached_property
    def _terms(self) -> Terms | None:
        return self._given or terms_of(self._incident)

    def _promised(self, kind: str) -> dict[str, Any] | None:
        """What is promised now, as the columns of a clock."""
        terms = self._terms
        promised = terms.promised(kind, self._incident.severity) if terms else None
        return columns_of(promised, terms) if terms and promised else None

    @cached_property
    def _live(self) -> dict[str, Clock]:
        return {clock.kind: clock for clock in live_clocks(self._incident)}

    @cached_property
    def _stored_marks(self) -> dict[int, list[Mark]]:
        return marks_of([clock for clock in self._live.values() if clock.pk is not None])

    def _marks(self, clock: Clock) -> list[Mark]:
        stored = self._stored_marks.get(clock.pk, []) if clock.pk else []
        new = [segment for segment in self._segments if segment.clock is clock]
        return [*stored, *(mark_of(segment, clock.started_at) for segment in new)]

    def _rounds(self, kind: str) -> int:
        rounds = Clock.objects.filter(
            tenant_id=self._incident.tenant_id, incident=self._incident, kind=kind
        ).aggregate(last=Max("round"))["last"]
        return rounds or 0

    def _never_had(self, kind: str) -> bool:
        return self._promised(kind) is not None and not self._rounds(kind)

    def _answered_once(self) -> bool:
        answers = Message.objects.filter(
            tenant_id=self._incident.tenant_id, incident=self._incident, by_staff=True, internal=False
        )
        return answers.exists()


def live_clocks(incident: Incident) -> QuerySet[Clock]:
    """Locked, so that a sweep which is just alerting about one has finished."""
    clocks = Clock.objects.select_for_update(no_key=True).filter(
        tenant_id=incident.tenant_id, incident=incident, state__in=LIVE
    )
    return clocks.order_by("id")


def is_broken(clock: Clock, at: datetime) -> bool:
    return clock.broken or (clock.paused_at or at) > clock.due_at


def score_of(incident: Incident, clock: Clock, *, kept: bool, at: datetime) -> Score:
    """An unsaved score, with what was promised and for whom at this time."""
    return Score(
        tenant_id=clock.tenant_id,
        account_id=clock.account_id,
        incident=incident,
        clock=clock,
        kind=clock.kind,
        severity=incident.severity,
        plan_id=incident.plan_id,
        product_id=incident.product_id,
        team_id=incident.team_id,
        kept=kept,
        due_at=clock.due_at,
        decided_at=at if kept else clock.due_at,
    )


def broken_line(incident: Incident, clock: Clock, at: datetime) -> HistoryEntry:
    """An unsaved line of the history, that both sides read: a promise was not kept."""
    commitment_at = clock.commitment_at.isoformat() if clock.commitment_at else None
    due_at = clock.due_at.isoformat()
    return entry(
        incident, "breached", None, at=at, promise=clock.kind, due_at=due_at, commitment_at=commitment_at
    )


def plan_alert(clock: Clock, marks: Sequence[Mark], severity: int) -> None:
    """Set when the next step of the ladder alerts, if the clock runs and there is one."""
    steps = steps_above(ladder_of(clock.tenant_id), severity, clock.alerted)
    if clock.state == ClockState.RUNNING:
        clock.alert_at = next((at for _, at in upcoming(steps, clock.started_at, marks)), None)
    else:
        clock.alert_at = None


def marks_of(clocks: Sequence[Clock]) -> dict[int, list[Mark]]:
    """What the stored segments of these clocks of one tenant say, by clock. One statement."""
    if not clocks:
        return {}
    started = {clock.pk: clock.started_at for clock in clocks}
    marks: dict[int, list[Mark]] = {pk: [] for pk in started}
    stored = ClockSegment.objects.filter(tenant_id=clocks[0].tenant_id, clock_id__in=started)
    for segment in stored.order_by("id"):
        marks[segment.clock_id].append(mark_of(segment, started[segment.clock_id]))
    return marks


def mark_of(segment: ClockSegment, started_at: datetime) -> Mark:
    return Mark(segment.at, segment.state == ClockState.RUNNING, rule_of(segment, started_at))
