"""What the database itself refuses of what an account holds, tried for each named constraint."""

from datetime import date, timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from entitlements.actions import extend_contract, renew_contract, upgrade_contract
from entitlements.models import AllowanceUse, Grant
from plans.actions import add_product
from plans.models import Feature, Plan
from tests.constraints import Constraints, models_of

pytestmark = pytest.mark.django_db

LATER = {"starts_on": date(2040, 1, 1)}
CONSTRAINTS = Constraints(
    models_of("entitlements"),
    {
        "contract_number_once_per_tenant": {"grace_days": 9},
        "contract_ends_after_start": {"ends_on": F("starts_on") - timedelta(days=1)},
        "contract_renewed_once": {"number": "again"},
        "product_once_per_contract": {},
        "added_product_has_day_and_edition": [{"starts_on": None}, {"edition": None}],
        "one_upgrade_a_day_per_contract": {},
        **{f"entitlements_upgrade_{of}_in_tenant": LATER for of in ("account", "plan", "edition")},
        "grant_ends_after_start": {"ends_on": F("starts_on") - timedelta(days=1)},
        "grant_has_reason": {"reason": ""},
        "grant_revoked_by_somebody": [{"revoked_at": None}, {"revoked_by": None}],
        "installation_name_once": {"environment": "test"},
    },
)


@pytest.fixture
def rows(cast, acting_in):
    """A row of each table; the last contract line is for a product that no other contract has."""
    house, company = cast.acme, cast.acme.big
    with acting_in(house.tenant):
        AllowanceUse.objects.create(
            tenant=house.tenant,
            account=company.account,
            contract=company.contract,
            feature=Feature.objects.get(code="special_event_support"),
            used_on=timezone.localdate(),
        )
        Grant.objects.create(
            tenant=house.tenant,
            account=company.account,
            feature=Feature.objects.get(code="education_incentives"),
            starts_on=timezone.localdate(),
            ends_on=timezone.localdate(),
            reason="They teach others",
            granted_by=house.csm,
            revoked_by=house.admin,
            revoked_at=timezone.now(),
        )
        product = add_product(tenant=house.tenant, code="another", name="Another", actor=house.admin)
        _live_on(house, house.small.contract, product)
        yield


def _live_on(house, contract, product):
    """A renewal, an upgrade and a product that is added, each the latest row of its table."""
    premium, today = Plan.objects.get(tenant=house.tenant, code="premium"), timezone.localdate()
    renew_contract(
        contract=contract,
        plan=premium,
        products=[product],
        ends_on=contract.ends_on + timedelta(days=9),
        actor=house.admin,
    )
    upgrade_contract(contract=contract, plan=premium, starts_on=today, actor=house.admin)
    extend_contract(contract=contract, products=[product], starts_on=today, actor=house.admin)


@pytest.mark.parametrize("name", CONSTRAINTS.names)
def test_the_database_refuses(cast, rows, name):
    CONSTRAINTS.refuses(name, cast)


def test_none_is_left_out():
    assert CONSTRAINTS.without_a_try() == set()
