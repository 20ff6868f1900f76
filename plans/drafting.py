"""What an edition says at single places, for those who edit it.

``limits_of``, ``promise_of``, ``content_of`` and ``code_of`` are the form in which a place is written to the
history of a draft, and in which a form remembers what its reader saw.
"""

from typing import Any

from django.db.models import F, Model, QuerySet

from plans.enums import FeatureCode
from plans.models import (
    Calendar,
    Cell,
    Edition,
    Feature,
    Plan,
    Product,
    ProductCalendar,
    ProductException,
    Target,
)

_PARTS: tuple[tuple[type[Model], tuple[str, ...]], ...] = (
    (Calendar, ("code", "names", "time_zone", "week", "holidays", "dates", "is_default")),
    (Cell, ("plan_id", "feature_id", "calendar__code", "allowance", "notice_days")),
    (Target, ("kind", "severity", "plan_id", "product_id", "minutes", "unit", "calendar__code")),
    (ProductCalendar, ("product_id", "calendar__code")),
    (ProductException, ("feature_id", "product_id")),
)
"""What an edition says. Each has calendars of its own, so they are told apart by their codes."""


def calendars_of(edition: Edition) -> QuerySet[Calendar]:
    return Calendar.objects.filter(tenant_id=edition.tenant_id, edition=edition).order_by("id")


def code_of(calendar: Calendar | None) -> str | None:
    return calendar.code if calendar else None


def cell_at(edition: Edition, plan: Plan, feature: Feature) -> Cell | None:
    found = Cell.objects.filter(tenant_id=edition.tenant_id, edition=edition, plan=plan, feature=feature)
    return found.select_related("calendar").first()


def limits_of(cell: Cell | None) -> dict[str, Any] | None:
    """None for a plan without the feature."""
    if cell is None:
        return None
    return {
        "calendar": code_of(cell.calendar),
        "allowance": cell.allowance,
        "notice_days": cell.notice_days,
    }


def targets_of(edition: Edition) -> QuerySet[Target]:
    """With what they name; those for every product first."""
    rows = Target.objects.filter(tenant_id=edition.tenant_id, edition=edition)
    order = (F("product__position").asc(nulls_first=True), "product_id", "severity")
    return rows.select_related("product", "calendar").order_by(*order)


def target_at(
    edition: Edition, kind: str, severity: int, plan: Plan, product: Product | None
) -> Target | None:
    found = Target.objects.filter(
        tenant_id=edition.tenant_id, edition=edition, kind=kind, severity=severity, plan=plan, product=product
    )
    return found.select_related("plan", "product", "calendar").first()


def promise_of(target: Target | None) -> dict[str, Any] | None:
    if target is None:
        return None
    return {"minutes": target.minutes, "unit": target.unit, "calendar": code_of(target.calendar)}


def content_of(calendar: Calendar) -> dict[str, Any]:
    names = ("code", "names", "time_zone", "week", "holidays", "dates")
    return {name: getattr(calendar, name) for name in names}


def default_calendar(edition: Edition) -> Calendar | None:
    return calendars_of(edition).filter(is_default=True).first()


def product_hours(edition: Edition) -> dict[int, Calendar]:
    """By product: the hours of its targets."""
    rows = ProductCalendar.objects.filter(tenant_id=edition.tenant_id, edition=edition)
    return {row.product_id: row.calendar for row in rows.select_related("calendar")}


def plan_hours(edition: Edition) -> dict[int, Calendar | None]:
    """By plan: the hours of its targets. A plan without Targeted Incident Response is not in it."""
    cells = Cell.objects.filter(
        tenant_id=edition.tenant_id, edition=edition, feature__code=FeatureCode.TARGETED_RESPONSE
    )
    return {cell.plan_id: cell.calendar for cell in cells.select_related("calendar")}


def says_the_same(one: Edition, other: Edition) -> bool:
    """Whether the two are alike in all that can be edited: a name of hours counts, which promises nothing."""
    return all(_said(one, *part) == _said(other, *part) for part in _PARTS)


def _said(edition: Edition, model: type[Model], columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    rows: QuerySet[Any] = model._default_manager.filter(tenant_id=edition.tenant_id, edition_id=edition.pk)
    return list(rows.order_by(*columns).values_list(*columns))
