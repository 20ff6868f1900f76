"""Editions as matrices. A published one never changes, so each process keeps those that it has read."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from plans.enums import EditionState
from plans.matrix import CalendarValue, CellValue, Matrix, PlanValue, TargetValue, better
from plans.memory import require_scope
from plans.models import Calendar, Cell, Edition, ProductException, Target
from plans.queries import plan_values
from portal.core.prepared import IsUntil, PreparedModels


class NoEdition(LookupError):
    """The tenant has no edition in force at that time."""


def current_edition(tenant_id: int, at: datetime) -> Edition:
    """The published edition in force at ``at``. Raises NoEdition."""
    found = _CURRENT.read(tenant=tenant_id, at=at)
    if not found:
        raise NoEdition(f"tenant {tenant_id} at {at.isoformat()}")
    return found[0]


def _read_current(tenant: int, at: int) -> QuerySet[Edition]:
    editions = Edition.objects.filter(IsUntil("effective_at", at), tenant_id=tenant)
    editions = editions.filter(state=EditionState.PUBLISHED)
    return editions.order_by("-effective_at", "-number")[:1]


_CURRENT = PreparedModels(_read_current)


def matrix_of(tenant_id: int, edition_id: int) -> Matrix:
    """A published edition. Raises Edition.DoesNotExist, LookupError in another tenant's transaction."""
    require_scope(tenant_id)
    return _published(tenant_id, edition_id, plan_values(tenant_id))


def enjoyed_matrix(tenant_id: int, pinned_id: int, current_id: int) -> Matrix:
    """What a contract pinned to one edition enjoys while another is in force."""
    require_scope(tenant_id)
    return _enjoyed(tenant_id, pinned_id, current_id, plan_values(tenant_id))


def read_matrix(edition: Edition) -> Matrix:
    """An edition as it is now, a draft too; five statements."""
    return _read(edition, plan_values(edition.tenant_id))


# The plans are part of the key because they may be renamed.
@lru_cache(maxsize=512)
def _published(tenant_id: int, edition_id: int, plans: tuple[PlanValue, ...]) -> Matrix:
    edition = Edition.objects.get(tenant_id=tenant_id, pk=edition_id, state=EditionState.PUBLISHED)
    return _read(edition, plans)


@lru_cache(maxsize=512)
def _enjoyed(tenant_id: int, pinned_id: int, current_id: int, plans: tuple[PlanValue, ...]) -> Matrix:
    return better(_published(tenant_id, pinned_id, plans), _published(tenant_id, current_id, plans))


def _read(edition: Edition, plans: tuple[PlanValue, ...]) -> Matrix:
    of_edition = {"tenant_id": edition.tenant_id, "edition_id": edition.pk}
    return Matrix(
        edition_id=edition.pk,
        number=edition.number,
        plans=plans,
        cells=_cells(of_edition),
        exceptions=frozenset(
            ProductException.objects.filter(**of_edition).values_list("feature__code", "product_id")
        ),
        targets={
            (t.kind, t.severity, t.plan_id, t.product_id): TargetValue(t.minutes, t.unit)
            for t in Target.objects.filter(**of_edition)
        },
        calendars={row.pk: _calendar(row) for row in Calendar.objects.filter(**of_edition)},
    )


def _cells(of_edition: dict[str, Any]) -> dict[tuple[int, str], CellValue]:
    rows = Cell.objects.filter(**of_edition).select_related("feature")
    return {
        (cell.plan_id, cell.feature.code): CellValue(cell.calendar_id, cell.allowance, cell.notice_days)
        for cell in rows
    }


def _calendar(row: Calendar) -> CalendarValue:
    return CalendarValue(
        id=row.pk,
        code=row.code,
        time_zone=row.time_zone,
        week=tuple((weekday, opens, closes) for weekday, opens, closes in row.week),
        holidays=row.holidays,
        dates=tuple(
            (day, tuple((opens, closes) for opens, closes in hours))
            for day, hours in sorted(row.dates.items())
        ),
        names=row.names,
    )
