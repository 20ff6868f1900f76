"""The work of a rehearsal: batch by batch, each in a transaction of its own.

A batch writes what it has counted together with where it ended, so whoever goes on after a worker has died
counts nothing twice. A draft that is edited meanwhile overtakes its rehearsal.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from time import monotonic

from django.db.models import Q, QuerySet
from django.utils import timezone

from incidents.clocks import counting
from incidents.clocks.keeping import marks_of
from incidents.clocks.terms import coverage_of
from incidents.enums import OTHERWISE, ClockState, RehearsalState
from incidents.models import Clock, Rehearsal, RehearsedPromise, Score
from incidents.rehearsal.counts import Counts
from incidents.rehearsal.faring import Ended, Result, fare
from plans.actions import revision_of
from plans.coverage import Calendar, CoverageError
from plans.editions import read_matrix
from plans.matrix import CalendarValue, Matrix
from portal.core import doors
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.core.waking import waker_of

BATCH = 2000
SLICE = 3.0
"""Seconds after which a worker lets other work go first."""


def rehearse() -> int:
    """Go on with whatever rehearsals there are, for a slice of time. Returns how many promises were done."""
    began, total = monotonic(), 0
    while done := sum(_next_batch(tenant_id, pk) for tenant_id, pk in _running()):
        total += done
        if monotonic() - began > SLICE:
            waker_of("incidents.tasks.rehearse")()
            break
    return total


def _running() -> list[tuple[int, int]]:
    """A few at a time, so that they advance together."""
    return doors.ask("incidents_rehearsals_running", 5)


def _next_batch(tenant_id: int, pk: int) -> int:
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        free = Rehearsal.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        running = free.filter(tenant_id=tenant_id, pk=pk, state=RehearsalState.RUNNING)
        rehearsal = running.select_related("edition").first()
        if rehearsal is None:
            return 0
        if revision_of(rehearsal.edition) != rehearsal.edited_id:
            _end(rehearsal, RehearsalState.OVERTAKEN)
            return 0
        if rehearsal.total is None:
            rehearsal.total = _scores(rehearsal).count()
        scores = list(_following(rehearsal)[:BATCH])
        _count(rehearsal, scores)
        if len(scores) < BATCH:
            _end(rehearsal, RehearsalState.DONE)
        rehearsal.save(update_fields=["total", "done", "after_at", "after_id", "counts"])
        return len(scores)


def _scores(rehearsal: Rehearsal) -> QuerySet[Score]:
    ended = Score.objects.filter(tenant_id=rehearsal.tenant_id, plan__isnull=False)
    return ended.filter(decided_at__gte=rehearsal.since, decided_at__lt=rehearsal.started_at)


def _following(rehearsal: Rehearsal) -> QuerySet[Score]:
    scores = _scores(rehearsal).order_by("decided_at", "id")
    if rehearsal.after_at is None:
        return scores
    after = Q(decided_at=rehearsal.after_at, id__gt=rehearsal.after_id) | Q(decided_at__gt=rehearsal.after_at)
    return scores.filter(after, decided_at__gte=rehearsal.after_at)


def _count(rehearsal: Rehearsal, scores: Sequence[Score]) -> None:
    if not scores:
        return
    counts, changed = Counts.from_json(rehearsal.counts), []
    for score, promise, result in _results(rehearsal, scores):
        counts.of(score.plan_id or 0, score.severity).add(promise, result)
        if result.fared in OTHERWISE:
            changed.append(_row(rehearsal, score, result))
    RehearsedPromise.objects.bulk_create(changed, batch_size=BATCH)
    rehearsal.counts = counts.as_json()
    rehearsal.done += len(scores)
    rehearsal.after_at, rehearsal.after_id = scores[-1].decided_at, scores[-1].pk


def _results(rehearsal: Rehearsal, scores: Sequence[Score]) -> Iterator[tuple[Score, Ended, Result]]:
    draft, now = read_matrix(rehearsal.edition), timezone.now()
    ids = [score.clock_id for score in scores]
    clocks = Clock.objects.filter(tenant_id=rehearsal.tenant_id).in_bulk(ids)
    marks = marks_of(list(clocks.values()))
    for score in scores:
        clock = clocks[score.clock_id]
        promise = Ended(
            clock.started_at,
            marks[clock.pk],
            score.kept,
            score.due_at,
            score.decided_at,
            clock.ended_at if clock.state == ClockState.MET else None,
        )
        yield score, promise, _fare(promise, draft, score, clock, now)


def _fare(promise: Ended, draft: Matrix, score: Score, clock: Clock, now: datetime) -> Result:
    promised = draft.promised(score.kind, score.severity, score.plan_id or 0, score.product_id)
    if promised is None:
        return fare(promise, None, now)
    rule = counting.Rule(promised.minutes, _hours(promised.calendar, clock))
    try:
        return fare(promise, rule, now)
    except CoverageError:
        return fare(promise, None, now)


def _hours(calendar: CalendarValue | None, clock: Clock) -> Calendar | None:
    if calendar is None:
        return None
    days = tuple(clock.event_days)
    return coverage_of(calendar, clock.time_zone, clock.holiday_region, days, clock.started_at)


def _row(rehearsal: Rehearsal, score: Score, result: Result) -> RehearsedPromise:
    return RehearsedPromise(
        tenant_id=rehearsal.tenant_id,
        rehearsal=rehearsal,
        account_id=score.account_id,
        incident_id=score.incident_id,
        score=score,
        kind=score.kind,
        severity=score.severity,
        fared=result.fared,
        due_at=score.due_at,
        draft_due_at=result.due_at,
    )


def _end(rehearsal: Rehearsal, state: RehearsalState) -> None:
    rehearsal.state, rehearsal.finished_at = state, timezone.now()
    rehearsal.save(update_fields=["state", "finished_at"])
