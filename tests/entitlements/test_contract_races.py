"""Real transactions: of two who change one contract at once, one finds what the other did."""

from datetime import timedelta
from threading import Event
from time import sleep
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from entitlements.actions import (
    extend_contract,
    import_contracts,
    renew_contract,
    sign_contract,
    upgrade_contract,
)
from entitlements.models import Contract, ContractLine, Upgrade
from entitlements.sheets import Row
from plans.actions import add_product, retire_plan, retire_product
from plans.models import Plan, Product
from portal.core.errors import Conflict, Refused
from portal.core.tenancy import EVERY_ACCOUNT, acting
from tests.cast import find_cast, make_cast
from tests.incidents.actions.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast():
    return find_cast() or make_cast()


def as_admin(house, act):
    with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT, user_id=house.admin.user_id):
        return act()


def outcome(results, kind):
    done = [result for result in results if isinstance(result, int)]
    assert [type(result) for result in results if result not in done] == [kind] * (len(results) - len(done))
    return len(done)


def test_one_end_is_renewed_once(cast):
    house, contract = cast.acme, cast.acme.small.contract

    def renew(_number):
        return as_admin(
            house,
            lambda: (
                renew_contract(
                    contract=contract,
                    plan=Plan.objects.get(tenant=house.tenant, code="xtreme"),
                    products=[house.ledger],
                    ends_on=contract.ends_on + timedelta(days=9),
                    actor=house.admin,
                ).pk
            ),
        )

    assert outcome(at_once(4, renew), Conflict) == 1
    assert as_admin(house, lambda: Contract.objects.filter(renews=contract).count()) == 1


def test_one_day_has_one_upgrade(cast):
    house, contract = cast.acme, cast.acme.small.contract
    day = timezone.localdate(timezone=ZoneInfo("Europe/Berlin"))

    def upgrade(number):
        code = ("premium", "elite")[number % 2]
        return as_admin(
            house,
            lambda: (
                upgrade_contract(
                    contract=contract,
                    plan=Plan.objects.get(tenant=house.tenant, code=code),
                    starts_on=day,
                    actor=house.admin,
                ).pk
            ),
        )

    assert outcome(at_once(4, upgrade), Refused) == 1
    assert as_admin(house, Upgrade.objects.count) == 1


def test_a_product_comes_under_one_contract(cast):
    """It is added to one contract and signed for in another."""
    house, contract = cast.acme, cast.acme.small.contract
    day = timezone.localdate(timezone=ZoneInfo("Europe/Berlin"))
    kiosk = as_admin(
        house, lambda: add_product(tenant=house.tenant, code="kiosk", name="Kiosk", actor=house.admin)
    )

    def cover(number):
        if number % 2:
            return as_admin(
                house,
                lambda: (
                    extend_contract(contract=contract, products=[kiosk], starts_on=day, actor=house.admin)[
                        0
                    ].pk
                ),
            )
        return as_admin(
            house,
            lambda: (
                sign_contract(
                    account=house.small.account,
                    plan=Plan.objects.get(tenant=house.tenant, code="xtreme"),
                    products=[kiosk],
                    starts_on=day,
                    ends_on=day,
                    actor=house.admin,
                ).pk
            ),
        )

    assert outcome(at_once(4, cover), Refused) == 1
    assert as_admin(house, lambda: ContractLine.objects.filter(product=kiosk).count()) == 1


def ways(house, plan, products, field):
    """The ways in which a contract comes to a plan, and to the last of the products."""
    account, held = house.small.account, house.small.contract
    today = timezone.localdate(timezone=ZoneInfo("Europe/Berlin"))
    begin, end = held.ends_on + timedelta(days=1), held.ends_on + timedelta(days=9)
    terms = {"plan": plan, "products": products}
    period = {"starts_on": begin, "ends_on": end, "number": "N-1"}
    change = {"contract": held, "starts_on": today, "actor": house.admin}

    def import_one():
        rows = [Row(2, account, {**terms, **period})]
        bad = import_contracts(rows=rows, actor=house.admin, dry_run=False).bad
        if bad:
            raise Refused(bad[0].sentence, field=field)

    return {
        "sign": lambda: sign_contract(account=account, actor=house.admin, **terms, **period),
        "renew": lambda: renew_contract(contract=held, actor=house.admin, **terms, ends_on=end),
        "upgrade": lambda: upgrade_contract(**change, plan=plan),
        "extend": lambda: extend_contract(**change, products=products[-1:]),
        "import": import_one,
    }


def choose_premium(house, how):
    premium = Plan.objects.get(tenant=house.tenant, code="premium")
    return premium, ways(house, premium, [house.ledger], "plan")[how]


def cover_kiosk(house, how):
    kiosk = add_product(tenant=house.tenant, code="kiosk", name="Kiosk", actor=house.admin)
    premium = Plan.objects.get(tenant=house.tenant, code="premium")
    return kiosk, ways(house, premium, [house.ledger, kiosk], "products")[how]


def side_by_side(house, first, second):
    """``second`` begins when ``first`` is done and not yet committed, with what it has read before."""
    done = Event()

    def run(number):
        def begin():
            first()
            done.set()
            # The other has to come and wait, which it can't tell.
            sleep(0.5)

        def follow():
            done.wait(30)
            second()

        as_admin(house, (begin, follow)[number])

    return at_once(2, run)


@pytest.mark.parametrize("how", ["sign", "renew", "upgrade", "import"])
def test_a_plan_that_is_being_retired_is_not_given_to_a_contract(cast, how):
    house = cast.acme
    premium, choose = as_admin(house, lambda: choose_premium(house, how))
    retired, refused = side_by_side(
        house, lambda: retire_plan(plan=Plan.objects.get(pk=premium.pk), actor=house.admin), choose
    )
    assert retired is None
    assert (type(refused), str(refused), refused.field) == (
        Refused,
        "Xtreme Premium is no longer sold.",
        "plan",
    )
    assert as_admin(house, lambda: Contract.objects.filter(plan=premium).count()) == 0
    assert as_admin(house, Upgrade.objects.count) == 0


@pytest.mark.parametrize("how", ["sign", "renew", "upgrade", "import"])
def test_a_plan_that_a_contract_is_being_given_is_not_retired(cast, how):
    house = cast.acme
    premium, choose = as_admin(house, lambda: choose_premium(house, how))
    chosen, refused = side_by_side(house, choose, lambda: retire_plan(plan=premium, actor=house.admin))
    assert chosen is None
    assert (type(refused), refused.code) == (Refused, "in_use")
    assert as_admin(house, lambda: Plan.objects.get(pk=premium.pk).retired_at) is None


@pytest.mark.parametrize("how", ["sign", "renew", "extend", "import"])
def test_a_product_that_is_being_retired_is_not_put_on_a_contract(cast, how):
    house = cast.acme
    kiosk, cover = as_admin(house, lambda: cover_kiosk(house, how))
    contracts = as_admin(house, Contract.objects.count)
    retired, refused = side_by_side(
        house, lambda: retire_product(product=Product.objects.get(pk=kiosk.pk), actor=house.admin), cover
    )
    assert retired is None
    assert (type(refused), str(refused), refused.field) == (
        Refused,
        "Kiosk is no longer sold.",
        "products",
    )
    assert as_admin(house, lambda: ContractLine.objects.filter(product=kiosk).count()) == 0
    assert as_admin(house, Contract.objects.count) == contracts


def test_contracts_for_one_product_are_signed_side_by_side(cast):
    """Neither waits for the other: they only keep it from being retired."""
    house = cast.acme
    first_signed, second_signed = Event(), Event()

    def sign(company):
        held = company.contract
        sign_contract(
            account=company.account,
            plan=Plan.objects.get(tenant=house.tenant, code="premium"),
            products=[house.ledger],
            starts_on=held.ends_on + timedelta(days=1),
            ends_on=held.ends_on + timedelta(days=9),
            actor=house.admin,
        )

    def run(number):
        def begin():
            sign(house.small)
            first_signed.set()
            # Still open, while the other has signed.
            return second_signed.wait(20)

        def follow():
            first_signed.wait(20)
            sign(house.big)
            second_signed.set()
            return True

        return as_admin(house, (begin, follow)[number])

    assert at_once(2, run) == [True, True]
