"""In a draft: in which hours targets count that name none of their own."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from plans.actions.drafts import UNSEEN, admins_draft, check_calendar, check_product, check_seen
from plans.drafting import code_of, default_calendar
from plans.enums import FeatureCode
from plans.models import Calendar, Cell, Edition, Plan, Product, ProductCalendar
from portal.core.errors import Refused
from portal.core.history import record
from portal.identity.models import Membership

# Each `seen` below is the code of the calendar that the actor saw there, or None.


@transaction.atomic
def set_default_calendar(
    *, edition: Edition, actor: Membership, calendar: Calendar | None, seen: Any = UNSEEN
) -> None:
    """In a draft: the hours of targets for which nothing else names any; None for none."""
    locked = admins_draft(edition, actor)
    check_calendar(locked, calendar)
    before = default_calendar(locked)
    place = {"hours_of": "portal"}
    check_seen(locked, seen=seen, now=code_of(before), place=place)
    if before == calendar:
        return
    of_draft = Calendar.objects.filter(tenant_id=locked.tenant_id, edition=locked)
    of_draft.filter(is_default=True).update(is_default=False)
    if calendar is not None:
        of_draft.filter(pk=calendar.pk).update(is_default=True)
    _record(locked, "default_calendar_set", actor, before, calendar, place)


@transaction.atomic
def set_plan_calendar(
    *, edition: Edition, actor: Membership, plan: Plan, calendar: Calendar | None, seen: Any = UNSEEN
) -> None:
    """In a draft: the hours of a plan's targets that name none; None for those of product or portal.

    :raises Refused: the plan has no Targeted Incident Response, whose hours they are.
    """
    locked = admins_draft(edition, actor)
    check_calendar(locked, calendar)
    feature = FeatureCode.TARGETED_RESPONSE
    cells = Cell.objects.filter(tenant_id=locked.tenant_id, edition=locked, plan=plan, feature__code=feature)
    cell = cells.select_related("calendar").first()
    if cell is None:
        raise Refused(
            _(
                "%(plan)s has no targeted response in this draft, so it has no hours of its own."
                " Give it that feature in the matrix first."
            )
            % {"plan": plan.name},
            field=f"plan_{plan.pk}",
        )
    place = {"plan": plan.code, "feature": str(feature)}
    check_seen(locked, seen=seen, now=code_of(cell.calendar), place=place)
    before = cell.calendar
    if before == calendar:
        return
    cell.calendar = calendar
    cell.save(update_fields=["calendar"])
    _record(locked, "plan_calendar_set", actor, before, calendar, place)


@transaction.atomic
def set_product_calendar(
    *, edition: Edition, actor: Membership, product: Product, calendar: Calendar | None, seen: Any = UNSEEN
) -> None:
    """In a draft: the hours of a product's targets where neither target nor plan has any; None for none."""
    locked = admins_draft(edition, actor)
    check_product(product)
    check_calendar(locked, calendar)
    rows = ProductCalendar.objects.filter(tenant_id=locked.tenant_id, edition=locked, product=product)
    row = rows.select_related("calendar").first()
    before = row.calendar if row else None
    place = {"hours_of": "product", "product": product.code}
    check_seen(locked, seen=seen, now=code_of(before), place=place)
    if before == calendar:
        return
    rows.delete()
    if calendar is not None:
        ProductCalendar.objects.create(
            tenant_id=locked.tenant_id, edition=locked, product=product, calendar=calendar
        )
    _record(locked, "product_calendar_set", actor, before, calendar, place)


def _record(
    draft: Edition,
    verb: str,
    actor: Membership,
    before: Calendar | None,
    after: Calendar | None,
    place: dict[str, Any],
) -> None:
    record(draft, verb, actor, internal=True, **place, before=code_of(before), after=code_of(after))
