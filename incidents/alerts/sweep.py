"""The sweep: every few seconds, whatever has come to a step of its ladder is alerted, once.

Only the door looks across tenants, and it tells ids. Each batch of a tenant is one transaction that claims
its clocks with SKIP LOCKED: of two sweeps at once each clock has one. Whoever dies on the way has done
nothing, and the next sweep finds the same clocks. An action holds its incident and then the live clocks of
it; the sweep holds clocks and waits for nobody, so the two never wait for each other in a circle.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from incidents.alerts.audiences import People
from incidents.alerts.raising import Raised, default_commitment, raise_alerts
from incidents.alerts.telling import events_of, hook_events
from incidents.clocks.counting import Mark
from incidents.clocks.keeping import broken_line, marks_of, score_of
from incidents.clocks.ladder import ladder_of
from incidents.enums import ClockState
from incidents.models import Alert, Clock, Incident, Score
from notifications.actions import notify_many
from notifications.webhooks.actions import tell_webhooks_many
from portal.core import heartbeats
from portal.core.doors import ask_by_tenant
from portal.core.models import HistoryEntry
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Tenant

log = logging.getLogger(__name__)

HEARTBEAT = "alerts"
BATCH = 500
RUNS_FOR = 20.0
"""Seconds after which a sweep leaves the rest to the next one."""
_KEEP = """
UPDATE incidents_clock AS clock
   SET alerted = raised.alerted, alert_at = raised.alert_at, broken = raised.broken,
       commitment_at = raised.commitment_at
  FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[], %s::bool[], %s::timestamptz[])
       AS raised (id, alerted, alert_at, broken, commitment_at)
 WHERE clock.tenant_id = %s AND clock.id = raised.id
"""


def alert_due(now: Callable[[], datetime] = timezone.now) -> int:
    """Alert whatever is due, batch by batch. Returns how many clocks had come to a step.

    What comes due after the last batch, which isn't full, is the next sweep's: so that a steady stream is
    alerted in batches and not one by one.
    """
    total, until = 0, monotonic() + RUNS_FOR
    while monotonic() < until:
        due = _due()
        handled = sum(_alert(tenant_id, ids, now()) for tenant_id, ids in due.items())
        heartbeats.note(HEARTBEAT)
        total += handled
        if not handled or sum(map(len, due.values())) < BATCH:
            break
    return total


def _due() -> dict[int, list[int]]:
    return ask_by_tenant("incidents_clocks_to_alert", BATCH)


def _alert(tenant_id: int, ids: Sequence[int], now: datetime) -> int:
    """Alert clocks of one tenant. One that can't be alerted doesn't hold up the others."""
    try:
        with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
            return _alert_batch(tenant_id, ids, now)
    except (OperationalError, InterfaceError):
        raise  # the database is gone, or wants it tried again: the next sweep does
    except Exception:
        if len(ids) == 1:
            log.exception("Clock %s of tenant %s could not be alerted", ids[0], tenant_id)
            return 0
    half = len(ids) // 2
    return _alert(tenant_id, ids[:half], now) + _alert(tenant_id, ids[half:], now)


def _alert_batch(tenant_id: int, ids: Sequence[int], now: datetime) -> int:
    clocks = _claimed(tenant_id, ids, now)
    if not clocks:
        return 0
    incidents = Incident.objects.filter(tenant_id=tenant_id).defer("description", "resolution")
    of_clocks = incidents.in_bulk({clock.incident_id for clock in clocks})
    marks, ladder = marks_of(clocks), ladder_of(tenant_id)
    found = [
        raise_alerts(clock, of_clocks[clock.incident_id], marks[clock.pk], ladder, now) for clock in clocks
    ]
    raised = [one for one in found if one.passed]
    broken = [one for one in raised if one.breached]
    _break(broken, marks)
    Alert.objects.bulk_create((row for one in raised for row in one.rows()), ignore_conflicts=True)
    _tell(tenant_id, raised, list(of_clocks.values()), now)
    _keep(tenant_id, found)
    return len(found)


def _claimed(tenant_id: int, ids: Sequence[int], now: datetime) -> list[Clock]:
    """Those that are still due and that nobody else holds, locked."""
    clocks = Clock.objects.select_for_update(skip_locked=True, no_key=True).filter(
        tenant_id=tenant_id, pk__in=ids, state=ClockState.RUNNING, alert_at__lte=now
    )
    return list(clocks.order_by("alert_at", "id"))


def _break(broken: Sequence[Raised], marks: dict[int, list[Mark]]) -> None:
    """A promise that is broken: its score, the new commitment, and a line that both sides read."""
    for clock, _incident, _passed, _next_at, now in broken:
        clock.broken = True
        clock.commitment_at = clock.commitment_at or default_commitment(clock, marks[clock.pk], now)
    Score.objects.bulk_create(
        (score_of(one.incident, one.clock, kept=False, at=one.now) for one in broken), ignore_conflicts=True
    )
    HistoryEntry.objects.bulk_create(broken_line(one.incident, one.clock, one.now) for one in broken)


def _tell(tenant_id: int, raised: Sequence[Raised], incidents: Sequence[Incident], now: datetime) -> None:
    if raised:
        people = People(tenant_id, incidents, now)
        tenant = Tenant.objects.get(pk=tenant_id)
        notify_many(tenant=tenant, events=events_of(raised, people))
        tell_webhooks_many(tenant=tenant, occurrences=hook_events(raised))


def _keep(tenant_id: int, found: Sequence[Raised]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            [
                [one.clock.pk for one in found],
                [one.percent if one.passed else one.clock.alerted for one in found],
                [one.next_at for one in found],
                [one.clock.broken for one in found],
                [one.clock.commitment_at for one in found],
                tenant_id,
            ],
        )
