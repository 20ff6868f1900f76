"""In a draft: the hours in which targets count."""

from typing import Any

from django.db import transaction

from plans.actions.drafts import admins_draft, check_calendar, check_product
from plans.models import Calendar, Edition, Product, ProductCalendar
from portal.core.history import record
from portal.identity.models import Membership


@transaction.atomic
def set_product_calendar(
    *, edition: Edition, actor: Membership, product: Product, calendar: Calendar | None
) -> None:
    """In a draft: the hours of a product's targets where neither target nor plan has any; None for none."""
    locked = admins_draft(edition, actor)
    check_product(product)
    check_calendar(locked, calendar)
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
    locked = admins_draft(edition, actor)
    check_calendar(locked, calendar)
    of_draft = Calendar.objects.filter(tenant_id=locked.tenant_id, edition=locked)
    before = of_draft.filter(is_default=True).first()
    if before == calendar:
        return
    of_draft.filter(is_default=True).update(is_default=False)
    if calendar is not None:
        of_draft.filter(pk=calendar.pk).update(is_default=True)
    _record_hours(locked, "default_calendar_set", actor, before, calendar)


def _record_hours(
    draft: Edition, verb: str, actor: Membership, before: Calendar | None, after: Calendar | None, **data: Any
) -> None:
    was, now = before.code if before else None, after.code if after else None
    record(draft, verb, actor, internal=True, **data, before=was, after=now)
