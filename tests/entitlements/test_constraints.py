"""What the database itself refuses of what an account holds, tried for each named constraint."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from entitlements.models import AllowanceUse, ContractLine
from plans.actions import add_product
from plans.models import Feature
from tests.constraints import Constraints, models_of

pytestmark = pytest.mark.django_db

CONSTRAINTS = Constraints(
    models_of("entitlements"),
    {
        "contract_number_once_per_tenant": {"grace_days": 9},
        "contract_ends_after_start": {"ends_on": F("starts_on") - timedelta(days=1)},
        "product_once_per_contract": {},
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
        product = add_product(tenant=house.tenant, code="another", name="Another", actor=house.admin)
        ContractLine.objects.create(
            tenant=house.tenant, account=company.account, contract=company.contract, product=product
        )
        yield


@pytest.mark.parametrize("name", CONSTRAINTS.names)
def test_the_database_refuses(cast, rows, name):
    CONSTRAINTS.refuses(name, cast)


def test_none_is_left_out():
    assert CONSTRAINTS.without_a_try() == set()
