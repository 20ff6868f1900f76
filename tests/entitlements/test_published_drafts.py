"""“My plan” follows an edition that an administrator publishes, from the time at which it takes effect."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from entitlements import overview
from entitlements.holdings import load_holdings
from plans.actions import publish_edition, revision_of, set_cell, start_draft
from plans.enums import FeatureCode
from plans.models import Feature, Plan


@pytest.fixture
def acme(cast, acting_in):
    with acting_in(cast.acme.tenant), translation.override("en"):
        yield cast.acme


def publish_gain(house, effective_at):
    """The plan of the small account gains Special Event Support."""
    draft = start_draft(tenant=house.tenant, actor=house.admin)
    by = {"edition": draft, "actor": house.admin}
    plan = Plan.objects.get(tenant=house.tenant, code="xtreme")
    feature = Feature.objects.get(tenant=house.tenant, code=FeatureCode.SPECIAL_EVENT_SUPPORT)
    set_cell(**by, plan=plan, feature=feature, allowance=2)
    publish_edition(**by, note="Events.", effective_at=effective_at, seen=revision_of(draft))


def has_events(house, at):
    held = load_holdings(house.small.account, at=at)
    groups = overview.feature_groups(held, house.tenant, at)
    rows = {row.words.name: row for group in groups for row in group.rows}
    return rows["Special Event Support"].has


def test_a_gain_reaches_my_plan_when_it_takes_effect_and_not_before(acme):
    later = timezone.now() + timedelta(days=2)
    publish_gain(acme, later)
    assert not has_events(acme, later - timedelta(microseconds=1))
    assert has_events(acme, later)


def test_a_gain_that_takes_effect_now_is_there_now(acme):
    assert not has_events(acme, timezone.now())
    publish_gain(acme, None)
    assert has_events(acme, timezone.now())
