"""Drafts of the matrix and their publication."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plans.editions import current_edition
from plans.enums import EditionState, Unit
from plans.memory import forget
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
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.history import record
from portal.identity.models import Membership, Tenant
from portal.identity.rules import may_run_portal

RowT = TypeVar("RowT", Calendar, Cell, Target, ProductCalendar, ProductException)
InHoursT = TypeVar("InHoursT", Cell, Target, ProductCalendar)


@transaction.atomic
def start_draft(*, tenant: Tenant, actor: Membership) -> Edition:
    """A draft of the next edition that begins as a copy of the one in force.

    :raises Conflict: there is a draft already.
    """
    Tenant.objects.select_for_update().get(pk=tenant.pk)
    if Edition.objects.filter(tenant=tenant, state=EditionState.DRAFT).exists():
        raise Conflict(_("There is a draft of the next edition already. Publish that one first."))
    source = current_edition(tenant.pk, timezone.now())
    last = Edition.objects.filter(tenant=tenant).order_by("-number").values_list("number", flat=True)[0]
    draft = Edition.objects.create(tenant=tenant, number=last + 1)
    _copy_content(source, draft)
    record(draft, "started", actor, internal=True, number=draft.number, copy_of=source.number)
    return draft


@transaction.atomic
def except_product(*, edition: Edition, feature: Feature, product: Product, actor: Membership) -> None:
    """In a draft: the feature isn't available for the product. Only features marked ``*`` can be excepted."""
    locked = _locked_draft(edition)
    if not feature.product_limited:
        raise Refused(_("This feature is available for every product."), field="feature")
    _row, added = ProductException.objects.get_or_create(
        tenant_id=locked.tenant_id, edition=locked, feature=feature, product=product
    )
    if added:
        record(locked, "product_excepted", actor, internal=True, feature=feature.code, product=product.code)


@transaction.atomic
def set_target(
    *,
    edition: Edition,
    actor: Membership,
    kind: str,
    severity: int,
    plan: Plan,
    minutes: int,
    unit: str,
    product: Product | None = None,
    calendar: Calendar | None = None,
) -> Target:
    """In a draft: promise a time, for one product or for all, in the place of what was promised before.

    :param calendar: hours of its own; without them, those of the plan, the product or the tenant count.
    :raises Refused: for no time at all, a product that is no longer sold, hours of another edition, or hours
        where elapsed minutes count.
    """
    locked = _admins_draft(edition, actor)
    if minutes <= 0:
        raise Refused(_("Give a target at least one minute."), field="minutes")
    _check_product(product)
    _check_calendar(locked, calendar)
    if calendar is not None and unit == Unit.ELAPSED_MINUTES:
        raise Refused(
            _("Elapsed minutes count at any hour. Leave the calendar out, or count minutes of coverage."),
            field="calendar",
        )
    target = _target_at(locked, kind, severity, plan, product) or Target(
        tenant_id=locked.tenant_id, edition=locked, kind=kind, severity=severity, plan=plan, product=product
    )
    before = _promise_of(target) if target.pk else None
    target.minutes, target.unit, target.calendar = minutes, unit, calendar
    after = _promise_of(target)
    if after != before:
        target.save()
        record(locked, "target_set", actor, internal=True, **_place_of(target), before=before, after=after)
    return target


@transaction.atomic
def remove_target(
    *,
    edition: Edition,
    actor: Membership,
    kind: str,
    severity: int,
    plan: Plan,
    product: Product | None = None,
) -> None:
    """In a draft: promise no such time any more; for one product, what is promised for every product."""
    locked = _admins_draft(edition, actor)
    target = _target_at(locked, kind, severity, plan, product)
    if target is None:
        raise Refused(_("The draft has no such target, so there is nothing to remove."))
    place, before = _place_of(target), _promise_of(target)
    target.delete()
    record(locked, "target_removed", actor, internal=True, **place, before=before)


@transaction.atomic
def set_product_calendar(
    *, edition: Edition, actor: Membership, product: Product, calendar: Calendar | None
) -> None:
    """In a draft: the hours of a product's targets where neither target nor plan has any; None for none."""
    locked = _admins_draft(edition, actor)
    _check_product(product)
    _check_calendar(locked, calendar)
    rows = ProductCalendar.objects.filter(tenant_id=locked.tenant_id, edition=locked, product=product)
    row = rows.select_related("calendar").first()
    before = row.calendar if row else None
    if before == calendar:
        return
    rows.delete()
    if calendar is not None:
        ProductCalendar.objects.create(
            tenant_id=locked.tenant_id, edition=locked, product=product, calendar=calendar
        )
    _record_hours(locked, "product_calendar_set", actor, before, calendar, product=product.code)


@transaction.atomic
def set_default_calendar(*, edition: Edition, actor: Membership, calendar: Calendar | None) -> None:
    """In a draft: the hours of targets for which nothing else names any; None for none."""
    locked = _admins_draft(edition, actor)
    _check_calendar(locked, calendar)
    of_draft = Calendar.objects.filter(tenant_id=locked.tenant_id, edition=locked)
    before = of_draft.filter(is_default=True).first()
    if before == calendar:
        return
    of_draft.filter(is_default=True).update(is_default=False)
    if calendar is not None:
        of_draft.filter(pk=calendar.pk).update(is_default=True)
    _record_hours(locked, "default_calendar_set", actor, before, calendar)


@transaction.atomic
def publish_draft(
    *, edition: Edition, actor: Membership, effective_at: datetime, note: str, at: datetime | None = None
) -> Edition:
    """Make a draft the edition in force from ``effective_at`` on; from now on it never changes."""
    locked = _locked_draft(edition)
    locked.state = EditionState.PUBLISHED
    locked.effective_at = effective_at
    locked.published_at = at or timezone.now()
    locked.published_by = actor
    locked.note = note
    locked.save(update_fields=["state", "effective_at", "published_at", "published_by", "note"])
    record(locked, "published", actor, internal=True, at=locked.published_at, number=locked.number)
    forget(locked.tenant_id)
    return locked


def _admins_draft(edition: Edition, actor: Membership) -> Edition:
    if not may_run_portal(actor):
        raise NotAllowed(_("Only an administrator may change what is promised."))
    return _locked_draft(edition)


def _check_product(product: Product | None) -> None:
    if product is not None and product.retired_at is not None:
        raise Refused(
            _("%(product)s is no longer sold. Choose another product, or restore this one first.")
            % {"product": product.name},
            field="product",
        )


def _check_calendar(draft: Edition, calendar: Calendar | None) -> None:
    if calendar is not None and calendar.edition_id != draft.pk:
        raise Refused(
            _("These hours belong to another edition. Choose a calendar of edition %(number)s.")
            % {"number": draft.number},
            field="calendar",
        )


def _target_at(
    draft: Edition, kind: str, severity: int, plan: Plan, product: Product | None
) -> Target | None:
    found = Target.objects.filter(tenant_id=draft.tenant_id, edition=draft, kind=kind, severity=severity)
    return found.filter(plan=plan, product=product).select_related("plan", "product", "calendar").first()


def _place_of(target: Target) -> dict[str, Any]:
    return {
        "kind": target.kind,
        "severity": target.severity,
        "plan": target.plan.code,
        "product": target.product.code if target.product else None,
    }


def _promise_of(target: Target) -> dict[str, Any]:
    return {
        "minutes": target.minutes,
        "unit": target.unit,
        "calendar": target.calendar.code if target.calendar else None,
    }


def _record_hours(
    draft: Edition, verb: str, actor: Membership, before: Calendar | None, after: Calendar | None, **data: Any
) -> None:
    was, now = before.code if before else None, after.code if after else None
    record(draft, verb, actor, internal=True, **data, before=was, after=now)


def _locked_draft(edition: Edition) -> Edition:
    locked = Edition.objects.select_for_update().get(tenant_id=edition.tenant_id, pk=edition.pk)
    if locked.state != EditionState.DRAFT:
        raise Conflict(
            _("Edition %(number)s is published and can no longer be changed.") % {"number": locked.number}
        )
    return locked


def _copy_content(source: Edition, draft: Edition) -> None:
    of_source = {"tenant_id": source.tenant_id, "edition": source}
    old = list(Calendar.objects.filter(**of_source).order_by("id"))
    old_ids = [calendar.pk for calendar in old]
    new = Calendar.objects.bulk_create(_moved(old, draft))
    calendar_ids = dict(zip(old_ids, (calendar.pk for calendar in new), strict=True))
    Cell.objects.bulk_create(_in_its_hours(Cell.objects.filter(**of_source), draft, calendar_ids))
    Target.objects.bulk_create(_in_its_hours(Target.objects.filter(**of_source), draft, calendar_ids))
    ProductCalendar.objects.bulk_create(
        _in_its_hours(ProductCalendar.objects.filter(**of_source), draft, calendar_ids)
    )
    ProductException.objects.bulk_create(_moved(ProductException.objects.filter(**of_source), draft))


def _moved(rows: Iterable[RowT], draft: Edition) -> Iterable[RowT]:
    for row in rows:
        row.pk = None
        row.edition = draft
        yield row


def _in_its_hours(
    rows: Iterable[InHoursT], draft: Edition, calendar_ids: dict[int, int]
) -> Iterable[InHoursT]:
    """Moved, with the draft's calendar in the place of the source's."""
    for row in _moved(rows, draft):
        if row.calendar_id is not None:
            row.calendar_id = calendar_ids[row.calendar_id]
        yield row
