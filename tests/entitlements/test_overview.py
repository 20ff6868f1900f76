"""My plan, put together from decisions: what is there, for which products not, and what more there is."""

import pytest
from django.utils import timezone, translation

from entitlements import overview
from entitlements.holdings import load_holdings
from entitlements.models import Contract
from plans.actions import except_product, publish_draft, start_draft
from plans.enums import FeatureCode
from plans.models import Edition, Feature

CIS, EXTENDED = FeatureCode.CRITICAL_INCIDENT_SUPPORT, FeatureCode.EXTENDED_CRITICAL_INCIDENT_SUPPORT


@pytest.fixture
def acme(cast, acting_in):
    """Its big account's contract is pinned to an edition in which Store has no CIS of any kind."""
    house = cast.acme
    with acting_in(house.tenant), translation.override("en"):
        draft = start_draft(tenant=house.tenant, actor=house.admin)
        for code in (CIS, EXTENDED):
            feature = Feature.objects.get(tenant=house.tenant, code=code)
            except_product(edition=draft, feature=feature, product=house.store, actor=house.admin)
        publish_draft(edition=draft, actor=house.admin, effective_at=timezone.now(), note="")
        Contract.objects.filter(account=house.big.account).update(edition=Edition.objects.get(number=2))
        yield house


def rows_of(house, company):
    held = load_holdings(company.account)
    groups = overview.feature_groups(held, house.tenant, timezone.now())
    return {row.words.name: row for group in groups for row in group.rows}


def test_a_product_that_lacks_a_feature_is_named_with_the_sentence(acme):
    row = rows_of(acme, acme.big)["Critical Incident Support (24x5)"]
    assert (row.has, row.detail) == (True, "24 hours, Monday to Friday")
    assert [(one.product, one.sentence) for one in row.missing] == [
        (
            "Store",
            "“Critical Incident Support (24x5)” is part of Xtreme Elite, the plan of contract C-BIG,"
            " but isn’t available for Store.",
        )
    ]


def test_a_contract_pinned_before_the_exception_keeps_the_feature(acme):
    row = rows_of(acme, acme.small)["Critical Incident Support (24x5)"]
    assert (row.has, row.missing) == (True, ())


def test_higher_plans_say_what_they_add(acme):
    held = load_holdings(acme.small.account)
    premium, elite = overview.higher_plans(held, acme.tenant, timezone.now())
    assert (premium.plan.code, premium.faster) == ("premium", "1 h")
    assert premium.adds == (
        "Extended Critical Incident Support (24x7)",
        "Plan Priority Queuing",
        "Interactive Briefings",
    )
    assert (elite.plan.code, elite.faster, len(elite.adds)) == ("elite", "30 min", 10)
    assert list(overview.higher_plans(load_holdings(acme.big.account), acme.tenant, timezone.now())) == []
