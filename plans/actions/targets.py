"""In a draft: the times that are promised."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from plans.actions.drafts import admins_draft, check_calendar, check_product
from plans.enums import Unit
from plans.models import Calendar, Edition, Plan, Product, Target
from portal.core.errors import Refused
from portal.core.history import record
from portal.identity.models import Membership


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
    locked = admins_draft(edition, actor)
    if minutes <= 0:
        raise Refused(_("Give a target at least one minute."), field="minutes")
    check_product(product)
    check_calendar(locked, calendar)
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
    locked = admins_draft(edition, actor)
    target = _target_at(locked, kind, severity, plan, product)
    if target is None:
        raise Refused(_("The draft has no such target, so there is nothing to remove."))
    place, before = _place_of(target), _promise_of(target)
    target.delete()
    record(locked, "target_removed", actor, internal=True, **place, before=before)


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
