"""Real transactions: of several who grant or revoke the same at once, one does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from entitlements.actions import grant_feature, revoke_grant
from entitlements.models import Grant
from plans.actions import add_feature, retire_feature, retire_product
from plans.models import Feature
from portal.core.errors import Conflict, Refused
from tests.cast import find_cast, make_cast
from tests.entitlements.test_contract_races import as_admin, outcome, side_by_side
from tests.incidents.actions.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast():
    return find_cast() or make_cast()


def grant(house, feature=None):
    today = timezone.localdate()
    return grant_feature(
        account=house.small.account,
        feature=feature or Feature.objects.get(tenant=house.tenant, code="education_incentives"),
        product=house.ledger,
        starts_on=today + timedelta(days=1),
        ends_on=today + timedelta(days=9),
        reason="They teach others",
        actor=house.admin,
    )


def visits(house):
    """A feature that no plan has, and that may be retired."""
    return add_feature(
        tenant=house.tenant,
        actor=house.admin,
        category="support",
        language="en",
        name="Visits",
        discretionary=True,
    )


def test_the_same_days_are_granted_once_and_revoked_once(cast):
    house = cast.acme
    assert outcome(at_once(4, lambda _number: as_admin(house, lambda: grant(house).pk)), Refused) == 1

    def revoke(_number):
        def act():
            found = Grant.objects.get()
            revoke_grant(grant=found, actor=house.admin)
            return found.pk

        return as_admin(house, act)

    assert outcome(at_once(4, revoke), Conflict) == 1


@pytest.mark.parametrize(
    ("retire", "words", "field"),
    [
        (
            lambda house, feature: retire_feature(feature=feature, actor=house.admin),
            "“Visits” is retired.",
            "feature",
        ),
        (
            lambda house, feature: retire_product(product=house.ledger, actor=house.admin),
            "Ledger is no longer sold.",
            "product",
        ),
    ],
    ids=["feature", "product"],
)
def test_what_is_being_retired_is_not_granted(cast, retire, words, field):
    house = cast.acme
    feature = as_admin(house, lambda: visits(house))
    retired, refused = side_by_side(house, lambda: retire(house, feature), lambda: grant(house, feature))
    assert retired is None
    assert (type(refused), str(refused), refused.field) == (Refused, words, field)
    assert as_admin(house, Grant.objects.count) == 0
