"""What happens to a contract between its signing and its end. No row of the past is ever changed."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entitlements import rules
from entitlements.actions.contracts import check_overlap, sign_contract
from entitlements.actions.locks import lock_account, lock_sold_plan, lock_sold_products, require
from entitlements.decide import contract_state, last_line, leading_line
from entitlements.enums import ContractState
from entitlements.holdings import load_holdings
from entitlements.models import Contract, ContractLine, Upgrade
from entitlements.protection import first_loss
from entitlements.values import Line
from plans.editions import current_edition
from plans.models import Plan, Product
from plans.queries import feature_name
from portal.core.errors import Conflict, Refused
from portal.core.history import record
from portal.core.ui.formatting import formats
from portal.identity.models import Membership

_ONE_DAY = timedelta(days=1)


@transaction.atomic
def renew_contract(
    *,
    contract: Contract,
    plan: Plan,
    products: Sequence[Product],
    ends_on: date,
    actor: Membership,
    number: str = "",
    grace_days: int | None = None,
) -> Contract:
    """The contract of the next period, from the day after on, with the same plan and products or others.

    It is pinned to the edition in force now, as every contract that is signed. This is how a plan goes down.

    :param grace_days: left out, those of the contract that is renewed.
    :raises Refused: it is cancelled, renewed already, or its grace is over; or as for ``sign_contract``.
    """
    require(rules.may_manage_holdings, actor)
    held, lines = _held(contract)
    _check_not_over(held, _state(lines))
    later = Contract.objects.filter(tenant_id=held.tenant_id, renews=held, cancelled_at=None).first()
    if later is not None:
        raise Conflict(
            _("Contract %(number)s is renewed already, by %(later)s. Change or renew that one.")
            % {"number": held.number, "later": later.number}
        )
    renewal = sign_contract(
        account=held.account,
        plan=plan,
        products=products,
        starts_on=held.ends_on + _ONE_DAY,
        ends_on=ends_on,
        actor=actor,
        number=number,
        grace_days=held.grace_days if grace_days is None else grace_days,
        renews=held,
    )
    record(
        held,
        "renewed",
        actor,
        number=held.number,
        before={"plan": last_line(lines).plan.code, "ends_on": str(held.ends_on)},
        after={"plan": plan.code, "ends_on": str(ends_on), "number": renewal.number},
    )
    return renewal


@transaction.atomic
def upgrade_contract(*, contract: Contract, plan: Plan, starts_on: date, actor: Membership) -> Upgrade:
    """A higher plan from a day of the period on, for all its products.

    It is pinned to the edition in force now, and the contract's earlier pins count on.

    :raises Refused: the plan is not higher, or gives less of something; the day has gone, or lies outside
        the period or before another upgrade.
    """
    require(rules.may_manage_holdings, actor)
    held, lines = _held(contract)
    lock_sold_plan(plan)
    _check_day(held, starts_on)
    last = last_line(lines)
    if last.upgrade_id and starts_on <= last.starts_on:
        raise Refused(
            _("The contract has %(plan)s from %(day)s on. Choose a later day.")
            % {"plan": last.plan.name, "day": formats().day(last.starts_on)},
            field="starts_on",
        )
    _check_higher(held, lines, last, plan)
    made = Upgrade.objects.create(
        tenant_id=held.tenant_id,
        account_id=held.account_id,
        contract=held,
        plan=plan,
        edition=current_edition(held.tenant_id, timezone.now()),
        starts_on=starts_on,
    )
    record(
        held,
        "upgraded",
        actor,
        number=held.number,
        before={"plan": last.plan.code},
        after={"plan": plan.code, "starts_on": str(starts_on)},
    )
    return made


@transaction.atomic
def extend_contract(
    *, contract: Contract, products: Sequence[Product], starts_on: date, actor: Membership
) -> list[ContractLine]:
    """More products from a day of the period on, each pinned to the edition in force now.

    :raises Refused: a product that the contract has, that another one covers, or that is no longer sold; a
        day that has gone or lies outside the period.
    """
    require(rules.may_manage_holdings, actor)
    held, lines = _held(contract)
    _check_day(held, starts_on)
    lock_sold_products(products)
    has = {line.product_id for line in lines}
    for product in products:
        if product.pk in has:
            raise Refused(
                _("%(product)s is on this contract already. Leave it out.") % {"product": product.name},
                field="products",
            )
    check_overlap(held.account, products, starts_on, held.ends_on)
    before = list(held.lines.order_by("id").values_list("product__code", flat=True))
    edition = current_edition(held.tenant_id, timezone.now())
    made = ContractLine.objects.bulk_create(
        ContractLine(
            tenant_id=held.tenant_id,
            account_id=held.account_id,
            contract=held,
            product=product,
            starts_on=starts_on,
            edition=edition,
        )
        for product in products
    )
    record(
        held,
        "extended",
        actor,
        number=held.number,
        before={"products": before},
        after={"products": [*before, *(product.code for product in products)], "starts_on": str(starts_on)},
    )
    return made


@transaction.atomic
def set_grace(*, contract: Contract, grace_days: int, actor: Membership) -> None:
    """How long everything still works after the last day; fewer days only before the period begins.

    :raises Refused: fewer days in a period that has begun, or a grace that is over.
    """
    require(rules.may_manage_holdings, actor)
    held, lines = _held(contract)
    state, before = _state(lines), held.grace_days
    _check_not_over(held, state)
    if state != ContractState.SCHEDULED and grace_days < before:
        raise Refused(
            _("%(days)s days of grace are agreed for this period. Choose more, or agree fewer at renewal.")
            % {"days": before},
            field="grace_days",
        )
    if grace_days == before:
        return
    held.grace_days = grace_days
    held.save(update_fields=["grace_days"])
    record(
        held,
        "grace_set",
        actor,
        number=held.number,
        before={"grace_days": before},
        after={"grace_days": grace_days},
    )


def first_day_of_change(contract: Contract) -> date:
    """The first that an upgrade, or a product more, may be for."""
    today: date = contract.account.localdate()
    return max(contract.starts_on, today)


def _held(contract: Contract) -> tuple[Contract, tuple[Line, ...]]:
    """The contract as it is now with its lines, its account locked. Raises Conflict for a cancelled one."""
    account = lock_account(contract.account)
    held = Contract.objects.get(tenant_id=contract.tenant_id, pk=contract.pk)
    held.account = account
    if held.cancelled_at is not None:
        raise Conflict(
            _("Contract %(number)s is cancelled. Sign a new contract instead.") % {"number": held.number}
        )
    lines = tuple(line for line in load_holdings(account).lines if line.contract_id == held.pk)
    return held, lines


def _state(lines: Sequence[Line]) -> ContractState:
    now = timezone.now()
    return contract_state(leading_line(lines, now), now)


def _check_not_over(held: Contract, state: ContractState) -> None:
    if state == ContractState.EXPIRED:
        raise Refused(
            _("Contract %(number)s and its grace have ended. Sign a new contract instead.")
            % {"number": held.number}
        )


def _check_day(held: Contract, day: date) -> None:
    """What was held until today stays as it was: a change is for today or later, and within the period."""
    form = formats()
    if held.account.localdate() > held.ends_on:
        raise Refused(
            _("The support period ended on %(end)s. Renew the contract instead.")
            % {"end": form.day(held.ends_on)},
            field="starts_on",
        )
    first = first_day_of_change(held)
    if not first <= day <= held.ends_on:
        raise Refused(
            _("Choose a day from %(first)s to %(last)s.")
            % {"first": form.day(first), "last": form.day(held.ends_on)},
            field="starts_on",
        )


def _check_higher(held: Contract, lines: Sequence[Line], last: Line, plan: Plan) -> None:
    next_day = formats().day(held.ends_on + _ONE_DAY)
    if plan.rank <= last.plan.rank:
        raise Refused(
            _(
                "%(plan)s is not higher than %(has)s, and a plan only goes up within a support period."
                " Renew the contract with it; it then holds from %(day)s on."
            )
            % {"plan": plan.name, "has": last.plan.name, "day": next_day},
            field="plan",
        )
    for line in lines:
        lost = first_loss(line.matrix, last.plan.id, plan.pk, [line.product_id])
        if lost is not None:
            raise Refused(
                _(
                    "%(plan)s gives less of “%(feature)s” than %(has)s, and nothing is taken away within a"
                    " support period. Choose another plan, or renew the contract with it from %(day)s on."
                )
                % {
                    "plan": plan.name,
                    "feature": feature_name(held.tenant_id, lost, get_language() or "en"),
                    "has": last.plan.name,
                    "day": next_day,
                },
                field="plan",
            )
