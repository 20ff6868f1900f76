"""Signing a contract, and ending it before its day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from entitlements import rules
from entitlements.actions.locks import lock_account, lock_sold_plan, lock_sold_products, require
from entitlements.models import Contract, ContractLine
from plans.editions import current_edition
from plans.models import Plan, Product
from portal.core.errors import Conflict, Refused
from portal.core.history import record
from portal.core.ui.formatting import formats
from portal.identity.models import Account, Membership


@transaction.atomic
def sign_contract(
    *,
    account: Account,
    plan: Plan,
    products: Sequence[Product],
    starts_on: date,
    ends_on: date,
    actor: Membership,
    number: str = "",
    grace_days: int | None = None,
    renews: Contract | None = None,
    at: datetime | None = None,
) -> Contract:
    """A contract for one support period, pinned to the edition that is in force when it is signed.

    :param number: the contract's own number; left empty, one is made from the account's key.
    :param grace_days: left out, the tenant's.
    :param renews: for :func:`entitlements.actions.renew_contract`, which checks it.
    :param at: when it is signed, where that is not now.
    :raises Refused: the period ends before it starts, no product or one that is no longer sold, a number
        that is taken, or a product that another contract covers in the same period.
    """
    require(rules.may_manage_holdings, actor)
    lock_account(account)
    _check_period(starts_on, ends_on)
    lock_sold_plan(plan)
    lock_sold_products(products)
    check_overlap(account, products, starts_on, ends_on)
    at = at or timezone.now()
    contract = Contract.objects.create(
        tenant_id=account.tenant_id,
        account=account,
        number=_number(account, number, starts_on),
        plan=plan,
        edition=current_edition(account.tenant_id, at),
        starts_on=starts_on,
        ends_on=ends_on,
        grace_days=actor.tenant.grace_days if grace_days is None else grace_days,
        created_at=at,
        renews=renews,
    )
    ContractLine.objects.bulk_create(
        ContractLine(tenant_id=account.tenant_id, account=account, contract=contract, product=product)
        for product in products
    )
    codes = [product.code for product in products]
    more: dict[str, Any] = {"renews": renews.number} if renews else {}
    record(contract, "signed", actor, at=at, number=contract.number, plan=plan.code, products=codes, **more)
    return contract


@transaction.atomic
def cancel_contract(*, contract: Contract, actor: Membership) -> None:
    """End a contract now. Incidents that were opened under it keep their targets."""
    require(rules.may_manage_holdings, actor)
    lock_account(contract.account)
    locked = Contract.objects.select_for_update().get(tenant_id=contract.tenant_id, pk=contract.pk)
    if locked.cancelled_at is not None:
        raise Conflict(_("This contract is cancelled already."))
    contract.cancelled_at = timezone.now()
    contract.save(update_fields=["cancelled_at"])
    record(contract, "cancelled", actor, number=contract.number)


def _check_period(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise Refused(
            _("The support period can’t end before it starts. Choose %(begin)s or a later day.")
            % {"begin": formats().day(starts_on)},
            field="ends_on",
        )


def check_overlap(account: Account, products: Sequence[Product], starts_on: date, ends_on: date) -> None:
    """:raises Refused: another contract covers one of the products on one of the days."""
    other = (
        ContractLine.objects.annotate(begin=Coalesce("starts_on", "contract__starts_on"))
        .filter(
            tenant_id=account.tenant_id,
            account=account,
            product__in=products,
            contract__cancelled_at=None,
            begin__lte=ends_on,
            contract__ends_on__gte=starts_on,
        )
        .select_related("contract", "product")
        .order_by("begin", "id")
        .first()
    )
    if other is not None:
        raise Refused(
            _(
                "Contract %(contract)s covers %(product)s already, from %(begin)s to %(end)s."
                " Choose days outside that period, or leave the product out."
            )
            % {
                "contract": other.contract.number,
                "product": other.product.name,
                "begin": formats().day(other.begin),
                "end": formats().day(other.contract.ends_on),
            },
            code="overlap",
            field="products",
        )


def _number(account: Account, wanted: str, starts_on: date) -> str:
    taken = Contract.objects.filter(tenant_id=account.tenant_id)
    if wanted:
        if taken.filter(number=wanted).exists():
            raise Refused(_("Another contract has this number."), field="number")
        return wanted
    count = taken.filter(account=account).count()
    while True:
        count += 1
        made = f"{account.key}-{starts_on.year}-{count}"
        if not taken.filter(number=made).exists():
            return made
