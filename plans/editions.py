"""Editions as matrices. A published one never changes, so each process keeps those that it has read."""

from datetime import datetime
from functools import lru_cache, reduce
from typing import Any

from django.db.models import F, Q

from plans.better import better
from plans.enums import EditionState, FeatureCode, Unit
from plans.matrix import CalendarValue, CellKey, CellValue, Matrix, PlanValue, TargetKey, TargetValue
from plans.memory import remembered, require_scope
from plans.models import Calendar, Cell, Edition, ProductCalendar, ProductException, Target
from plans.queries import plan_values


class NoEdition(LookupError):
    """The tenant has no edition in force at that time."""


def current_edition(tenant_id: int, at: datetime) -> Edition:
    """The published edition in force at ``at``. Raises NoEdition."""
    edition = (
        Edition.objects.filter(tenant_id=tenant_id, state=EditionState.PUBLISHED, effective_at__lte=at)
        .order_by("-effective_at", "-number")
        .first()
    )
    if edition is None:
        raise NoEdition(f"tenant {tenant_id} at {at.isoformat()}")
    return edition


def last_published(tenant_id: int) -> Edition | None:
    """The edition that the next one follows: in force, or scheduled to be."""
    published = Edition.objects.filter(tenant_id=tenant_id, state=EditionState.PUBLISHED)
    return published.order_by("-effective_at", "-number").first()


def edition_before(edition: Edition) -> Edition | None:
    """What a published edition took the place of; for a draft, what it would."""
    if edition.is_draft:
        return last_published(edition.tenant_id)
    published = Edition.objects.filter(tenant_id=edition.tenant_id, state=EditionState.PUBLISHED)
    earlier = published.filter(
        Q(effective_at__lt=edition.effective_at)
        | Q(effective_at=edition.effective_at, number__lt=edition.number)
    )
    return earlier.order_by("-effective_at", "-number").first()


def current_edition_id(tenant_id: int, at: datetime) -> int:
    """The key of :func:`current_edition`; known to the process, so no statement. Raises NoEdition."""
    for effective_at, edition_id in _published_editions(tenant_id):
        if effective_at <= at:
            return edition_id
    raise NoEdition(f"tenant {tenant_id} at {at.isoformat()}")


@remembered
def _published_editions(tenant_id: int) -> tuple[tuple[datetime, int], ...]:
    """The latest first."""
    editions = Edition.objects.filter(tenant_id=tenant_id, state=EditionState.PUBLISHED)
    rows = editions.order_by("-effective_at", "-number").values_list("effective_at", "pk")
    return tuple((effective_at, pk) for effective_at, pk in rows if effective_at is not None)


def matrix_of(tenant_id: int, edition_id: int) -> Matrix:
    """A published edition. Raises Edition.DoesNotExist, LookupError in another tenant's transaction."""
    require_scope(tenant_id)
    return _published(tenant_id, edition_id, plan_values(tenant_id))


def enjoyed_matrix(
    tenant_id: int, pinned_id: int, current_id: int, *, upgraded: tuple[int, ...] = ()
) -> Matrix:
    """What a contract pinned to one edition enjoys while another is in force.

    :param upgraded: the editions that its upgrades are pinned to, in their order.
    """
    require_scope(tenant_id)
    return _enjoyed(tenant_id, (pinned_id, *upgraded, current_id), plan_values(tenant_id))


def pinned_matrix(tenant_id: int, pinned_id: int, *, upgraded: tuple[int, ...] = ()) -> Matrix:
    """What a contract is promised by its own editions, whichever is in force; as :func:`enjoyed_matrix`."""
    require_scope(tenant_id)
    return _enjoyed(tenant_id, (pinned_id, *upgraded), plan_values(tenant_id))


def published_calendar(tenant_id: int, calendar_id: int) -> CalendarValue:
    """A calendar of a published edition. Raises Calendar.DoesNotExist, LookupError in another tenant's
    transaction."""
    require_scope(tenant_id)
    return _published_calendar(tenant_id, calendar_id)


def read_matrix(edition: Edition) -> Matrix:
    """An edition as it is now, a draft too; six statements."""
    return _read(edition, plan_values(edition.tenant_id))


# The plans are part of the key because they may be renamed.
@lru_cache(maxsize=512)
def _published(tenant_id: int, edition_id: int, plans: tuple[PlanValue, ...]) -> Matrix:
    edition = Edition.objects.get(tenant_id=tenant_id, pk=edition_id, state=EditionState.PUBLISHED)
    return _read(edition, plans)


@lru_cache(maxsize=512)
def _enjoyed(tenant_id: int, edition_ids: tuple[int, ...], plans: tuple[PlanValue, ...]) -> Matrix:
    return reduce(better, (_published(tenant_id, edition_id, plans) for edition_id in edition_ids))


@lru_cache(maxsize=4096)
def _published_calendar(tenant_id: int, calendar_id: int) -> CalendarValue:
    published = Calendar.objects.filter(tenant_id=tenant_id, edition__state=EditionState.PUBLISHED)
    return calendar_value(published.get(pk=calendar_id))


def _read(edition: Edition, plans: tuple[PlanValue, ...]) -> Matrix:
    of_edition = {"tenant_id": edition.tenant_id, "edition_id": edition.pk}
    cells, calendars = _cells(of_edition), list(Calendar.objects.filter(**of_edition))
    return Matrix(
        edition_id=edition.pk,
        number=edition.number,
        plans=plans,
        cells=cells,
        exceptions=frozenset(
            ProductException.objects.filter(**of_edition).values_list("feature__code", "product_id")
        ),
        targets=_targets(of_edition, cells, calendars),
        calendars={row.pk: calendar_value(row) for row in calendars},
    )


def _cells(of_edition: dict[str, Any]) -> dict[tuple[int, str], CellValue]:
    rows = Cell.objects.filter(**of_edition).select_related("feature")
    return {
        (cell.plan_id, cell.feature.code): CellValue(cell.calendar_id, cell.allowance, cell.notice_days)
        for cell in rows
    }


def _targets(
    of_edition: dict[str, Any], cells: dict[CellKey, CellValue], calendars: list[Calendar]
) -> dict[TargetKey, TargetValue]:
    """Each with its calendar: its own, or else the plan's, the product's, the tenant's.

    A target for every product is repeated for products that have a calendar and no target of their own.
    """
    of_products = dict(ProductCalendar.objects.filter(**of_edition).values_list("product_id", "calendar_id"))
    default = next((calendar.pk for calendar in calendars if calendar.is_default), None)
    found: dict[TargetKey, TargetValue] = {}
    for row in Target.objects.filter(**of_edition).order_by(F("product_id").asc(nulls_first=True)):
        of_plan = cells.get((row.plan_id, FeatureCode.TARGETED_RESPONSE), CellValue()).calendar_id
        for product_id in (None, *of_products) if row.product_id is None else (row.product_id,):
            calendar_id = row.calendar_id or of_plan or of_products.get(product_id or 0) or default
            found[row.kind, row.severity, row.plan_id, product_id] = (
                TargetValue(row.minutes, row.unit)
                if row.unit == Unit.ELAPSED_MINUTES
                else TargetValue(row.minutes, row.unit, calendar_id, named=row.calendar_id is not None)
            )
    return found


def calendar_value(row: Calendar) -> CalendarValue:
    """The row as it is now, of a draft too."""
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
