"""In a draft: what each plan has of each feature, and for which products."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from plans.actions.drafts import UNSEEN, admins_draft, check_calendar, check_seen
from plans.drafting import cell_at, limits_of
from plans.enums import GIVE_COVERAGE
from plans.models import Calendar, Cell, Edition, Feature, Plan, Product, ProductException
from portal.core.errors import Conflict, Refused
from portal.core.history import record
from portal.identity.models import Membership


@transaction.atomic
def set_cell(
    *,
    edition: Edition,
    actor: Membership,
    plan: Plan,
    feature: Feature,
    seen: Any = UNSEEN,
    calendar: Calendar | None = None,
    allowance: int | None = None,
    notice_days: int = 0,
) -> Cell:
    """In a draft: the plan has the feature, with these hours and limits in the place of those before.

    :param seen: what the person saw in the cell, as ``plans.drafting.limits_of`` writes it.
    :raises Refused: for what is no longer sold, hours where the feature gives none or of another edition, an
        allowance of nothing, notice of less than none.
    :raises Conflict: (code ``changed``) the cell has changed since it was seen.
    """
    locked = admins_draft(edition, actor)
    _check_values(locked, plan, feature, calendar, allowance, notice_days)
    cell = cell_at(locked, plan, feature)
    before, place = limits_of(cell), _place(plan, feature)
    check_seen(locked, seen=seen, now=before, place=place)
    cell = cell or Cell(tenant_id=locked.tenant_id, edition=locked, plan=plan, feature=feature)
    cell.calendar, cell.allowance, cell.notice_days = calendar, allowance, notice_days
    after = limits_of(cell)
    if after != before:
        cell.save()
        record(locked, "cell_set", actor, internal=True, **place, before=before, after=after)
    return cell


@transaction.atomic
def remove_cell(
    *, edition: Edition, actor: Membership, plan: Plan, feature: Feature, seen: Any = UNSEEN
) -> None:
    """In a draft: the plan hasn't the feature any more. As :func:`set_cell` where somebody was faster."""
    locked = admins_draft(edition, actor)
    cell = cell_at(locked, plan, feature)
    before, place = limits_of(cell), _place(plan, feature)
    check_seen(locked, seen=seen, now=before, place=place)
    if cell is not None:
        cell.delete()
        record(locked, "cell_removed", actor, internal=True, **place, before=before, after=None)


@transaction.atomic
def except_product(*, edition: Edition, feature: Feature, product: Product, actor: Membership) -> None:
    """In a draft: the feature isn't available for the product. Only features marked ``*`` can be excepted."""
    locked = admins_draft(edition, actor)
    if not feature.product_limited:
        raise Refused(_("This feature is available for every product."), field="feature")
    _row, added = ProductException.objects.get_or_create(
        tenant_id=locked.tenant_id, edition=locked, feature=feature, product=product
    )
    if added:
        record(locked, "product_excepted", actor, internal=True, feature=feature.code, product=product.code)


@transaction.atomic
def allow_product(*, edition: Edition, feature: Feature, product: Product, actor: Membership) -> None:
    """In a draft: the feature is available for the product again."""
    locked = admins_draft(edition, actor)
    gone, _by_model = ProductException.objects.filter(
        tenant_id=locked.tenant_id, edition=locked, feature=feature, product=product
    ).delete()
    if gone:
        record(locked, "product_allowed", actor, internal=True, feature=feature.code, product=product.code)


@transaction.atomic
def choose_exceptions(
    *,
    edition: Edition,
    actor: Membership,
    feature: Feature,
    products: Collection[Product],
    seen: Collection[str] = UNSEEN,
) -> None:
    """In a draft: the feature isn't available for these products, and is for every other.

    :param seen: the codes of the products that the person saw excepted.
    :raises Conflict: (code ``changed``) others are excepted by now.
    """
    locked = admins_draft(edition, actor)
    rows = ProductException.objects.filter(tenant_id=locked.tenant_id, edition=locked, feature=feature)
    excepted = {row.product.code: row.product for row in rows.select_related("product")}
    if seen is not UNSEEN and (changed := sorted(set(seen) ^ excepted.keys())):
        place = {"feature": feature.code, "product": changed[0]}
        check_seen(locked, seen=sorted(seen), now=sorted(excepted), place=place)
    wanted = {product.code: product for product in products}
    by: dict[str, Any] = {"edition": locked, "feature": feature, "actor": actor}
    for code in sorted(wanted.keys() - excepted.keys()):
        except_product(**by, product=wanted[code])
    for code in sorted(excepted.keys() - wanted.keys()):
        allow_product(**by, product=excepted[code])


def _place(plan: Plan, feature: Feature) -> dict[str, Any]:
    return {"plan": plan.code, "feature": feature.code}


def _check_values(
    draft: Edition,
    plan: Plan,
    feature: Feature,
    calendar: Calendar | None,
    allowance: int | None,
    notice_days: int,
) -> None:
    if plan.retired_at is not None or feature.retired_at is not None:
        raise Conflict(_("This plan or feature is no longer sold, so nothing new can be promised for it."))
    check_calendar(draft, calendar)
    if calendar is not None and feature.code not in GIVE_COVERAGE:
        raise Refused(_("This feature has no hours. Leave the calendar out."), field="calendar")
    if allowance is not None and allowance <= 0:
        raise Refused(
            _("Give at least one use, or leave it empty for no limit. To give none, switch the feature off."),
            field="allowance",
        )
    if notice_days < 0:
        raise Refused(_("Notice can’t be less than no day."), field="notice_days")
