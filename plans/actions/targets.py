"""In a draft: the times that are promised."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from plans.actions.drafts import UNSEEN, admins_draft, check_calendar, check_product, check_seen
from plans.drafting import promise_of, target_at
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
    seen: Any = UNSEEN,
) -> Target:
    """In a draft: promise a time, for one product or for all, in the place of what was promised before.

    :param calendar: hours of its own; without them, those of the plan, the product or the tenant count.
    :param seen: the promise that the actor saw, as ``plans.drafting.promise_of`` gives it.
    :raises Refused: for no time at all, a product that is no longer sold, hours of another edition, or hours
        where elapsed minutes count.
    :raises Conflict: the edition is published, or somebody has changed the promise since it was seen.
    """
    locked = admins_draft(edition, actor)
    found = target_at(locked, kind, severity, plan, product)
    target = found or Target(
        tenant_id=locked.tenant_id, edition=locked, kind=kind, severity=severity, plan=plan, product=product
    )
    before = promise_of(found)
    check_seen(locked, seen=seen, now=before, place=_place_of(target))
    if minutes <= 0:
        raise Refused(_("Give a target at least one minute."), field="minutes")
    check_product(product)
    check_calendar(locked, calendar)
    if calendar is not None and unit == Unit.ELAPSED_MINUTES:
        raise Refused(
            _("Elapsed minutes count at any hour. Leave the calendar out, or count minutes of coverage."),
            field="calendar",
        )
    target.minutes, target.unit, target.calendar = minutes, unit, calendar
    after = promise_of(target)
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
    seen: Any = UNSEEN,
) -> None:
    """In a draft: promise no such time any more; for one product, what is promised for every product."""
    locked = admins_draft(edition, actor)
    target = target_at(locked, kind, severity, plan, product)
    if target is None:
        raise Refused(_("The draft has no such target, so there is nothing to remove."))
    place, before = _place_of(target), promise_of(target)
    check_seen(locked, seen=seen, now=before, place=place)
    target.delete()
    record(locked, "target_removed", actor, internal=True, **place, before=before)


def _place_of(target: Target) -> dict[str, Any]:
    return {
        "kind": target.kind,
        "severity": target.severity,
        "plan": target.plan.code,
        "product": target.product.code if target.product else None,
    }
