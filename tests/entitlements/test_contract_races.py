"""Real transactions: of two who change one contract at once, one finds what the other did."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from entitlements.actions import extend_contract, renew_contract, sign_contract, upgrade_contract
from entitlements.models import Contract, ContractLine, Upgrade
from plans.actions import add_product
from plans.models import Plan
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
