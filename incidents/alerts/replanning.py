"""After an edit of a ladder: when each running clock of the tenant alerts next.

The work that is left is a row with the last clock that was done, so that nothing is lost when a worker
dies, and an edit in between begins anew. Nothing is alerted here, and what has alerted stays so.
"""

from collections.abc import Sequence

from django.db import connection

from incidents.clocks.keeping import marks_of, plan_alert
from incidents.enums import ClockState
from incidents.models import Clock, Incident, Replanning
from portal.core import doors
from portal.core.tenancy import EVERY_ACCOUNT, acting

BATCH = 500
_KEEP = """
UPDATE incidents_clock AS clock SET alert_at = planned.alert_at
  FROM unnest(%s::bigint[], %s::timestamptz[]) AS planned (id, alert_at)
 WHERE clock.tenant_id = %s AND clock.id = planned.id
"""


def replan() -> int:
    """Plan the alerts of every tenant whose ladder was edited. Returns how many clocks were looked at."""
    total = 0
    while waiting := _waiting():
        for tenant_id, pk in waiting:
            total += _replan(tenant_id, pk)
    return total


def _waiting() -> list[tuple[int, int]]:
    return doors.ask("incidents_ladders_to_replan", BATCH)


def _replan(tenant_id: int, pk: int) -> int:
    """The next batch of a tenant, in a transaction of its own; who has done the last one says so."""
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        left = Replanning.objects.select_for_update().filter(tenant_id=tenant_id, pk=pk).first()
        if left is None:
            return 0
        clocks = list(
            Clock.objects.select_for_update(no_key=True)
            .filter(tenant_id=tenant_id, pk__gt=left.after_clock_id, state=ClockState.RUNNING)
            .order_by("pk")[:BATCH]
        )
        _plan(tenant_id, clocks)
        if len(clocks) < BATCH:
            left.delete()
        else:
            left.after_clock_id = clocks[-1].pk
            left.save(update_fields=["after_clock_id"])
        return len(clocks)


def _plan(tenant_id: int, clocks: Sequence[Clock]) -> None:
    incidents = Incident.objects.filter(tenant_id=tenant_id, pk__in={clock.incident_id for clock in clocks})
    severities = dict(incidents.values_list("id", "severity"))
    marks = marks_of(clocks)
    for clock in clocks:
        plan_alert(clock, marks[clock.pk], severities[clock.incident_id])
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP, [[clock.pk for clock in clocks], [clock.alert_at for clock in clocks], tenant_id]
        )
