"""The due times of all clocks, derived again from their segments and compared with those that are kept."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from incidents.clocks import counting
from incidents.clocks.keeping import marks_of
from incidents.enums import LIVE
from incidents.models import Clock
from plans.coverage import CoverageError
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Tenant

BATCH = 1000


class Difference(NamedTuple):
    """A clock whose kept due time is not what its segments say; none where they say nothing."""

    tenant_id: int
    clock_id: int
    kept: datetime
    replayed: datetime | None


def replay(tenant: Tenant, *, ended: bool = False) -> Iterator[Difference]:
    """Compare every live clock of a tenant, and with ``ended`` every clock that it ever had.

    Each batch is read in a transaction of its own; two statements for a thousand clocks.
    """
    last = 0
    while True:
        with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
            clocks = Clock.objects.filter(tenant=tenant, pk__gt=last)
            batch = list((clocks if ended else clocks.filter(state__in=LIVE)).order_by("pk")[:BATCH])
            found = list(_differences(batch))
        yield from found
        if len(batch) < BATCH:
            return
        last = batch[-1].pk


def _differences(clocks: list[Clock]) -> Iterator[Difference]:
    marks = marks_of(clocks)
    for clock in clocks:
        replayed = _replayed(clock, marks[clock.pk])
        if replayed != clock.due_at:
            yield Difference(clock.tenant_id, clock.pk, clock.due_at, replayed)


def _replayed(clock: Clock, marks: list[counting.Mark]) -> datetime | None:
    try:
        return counting.due_at(clock.started_at, marks) if marks else None
    except CoverageError:
        return None
