"""The weekends with special event support that an account has booked."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from entitlements.actions import cancel_allowance_use, note_allowance_use
from entitlements.holdings import event_days_of, load_holdings
from entitlements.models import AllowanceUse
from entitlements.values import weekend_of
from plans.enums import FeatureCode
from plans.models import Feature
from portal.core.errors import Refused

SATURDAY, SUNDAY = date(2026, 10, 24), date(2026, 10, 25)


@pytest.fixture
def acme(cast, acting_in):
    with acting_in(cast.acme.tenant):
        yield cast.acme


def note(house, used_on, code=FeatureCode.SPECIAL_EVENT_SUPPORT, cancelled_at=None):
    return AllowanceUse.objects.create(
        tenant=house.tenant,
        account=house.big.account,
        contract=house.big.contract,
        feature=Feature.objects.get(tenant=house.tenant, code=code),
        used_on=used_on,
        cancelled_at=cancelled_at,
    )


@pytest.mark.parametrize("days_later", range(7))
def test_every_day_of_a_week_belongs_to_the_weekend_at_its_end(days_later):
    monday = date(2026, 10, 19)
    assert weekend_of(monday + timedelta(days=days_later)) == (SATURDAY, SUNDAY)
    assert weekend_of(monday + timedelta(days=7)) == (
        SATURDAY + timedelta(days=7),
        SUNDAY + timedelta(days=7),
    )


def test_they_come_with_the_holdings_and_cost_no_statement(acme, django_assert_num_queries):
    account = acme.big.account
    load_holdings(account)
    note(acme, SUNDAY)
    note(acme, SATURDAY - timedelta(days=7))
    note(acme, SATURDAY)
    with django_assert_num_queries(1):
        held = load_holdings(account)
    week = timedelta(days=7)
    assert held.event_days == (SATURDAY - week, SUNDAY - week, SATURDAY, SUNDAY)
    with django_assert_num_queries(1):
        assert event_days_of(acme.tenant.pk, account.pk) == held.event_days
    assert [line.used for line in held.lines] == [{FeatureCode.SPECIAL_EVENT_SUPPORT: 3}] * 2


def test_cancelled_ones_and_other_features_have_none(acme):
    note(acme, SATURDAY, cancelled_at=timezone.now())
    note(acme, SATURDAY, code=FeatureCode.EARLY_ADOPTER)
    assert load_holdings(acme.big.account).event_days == ()
    assert event_days_of(acme.tenant.pk, acme.big.account.pk) == ()


def test_another_accounts_weekend_is_not_this_ones(acme):
    note(acme, SATURDAY)
    assert load_holdings(acme.small.account).event_days == ()
    assert event_days_of(acme.tenant.pk, acme.small.account.pk) == ()


def test_a_booked_weekend_that_is_given_back_is_gone(acme):
    day = timezone.localdate() + timedelta(days=30)
    use = note_allowance_use(
        account=acme.big.account,
        feature=Feature.objects.get(tenant=acme.tenant, code=FeatureCode.SPECIAL_EVENT_SUPPORT),
        product=acme.ledger,
        used_on=day,
        actor=acme.csm,
    )
    assert load_holdings(acme.big.account).event_days == weekend_of(day)
    cancel_allowance_use(use=use, actor=acme.csm)
    assert load_holdings(acme.big.account).event_days == ()


def test_a_weekend_that_has_begun_is_not_given_back(acme):
    """Berlin's Saturday begins at 22:00 UTC."""
    use = note(acme, SUNDAY)
    with time_machine.travel("2026-10-23T22:00:00+00:00"), pytest.raises(Refused, match="has taken place"):
        cancel_allowance_use(use=use, actor=acme.csm)
    with time_machine.travel("2026-10-23T21:59:00+00:00"):
        cancel_allowance_use(use=use, actor=acme.csm)
    assert event_days_of(acme.tenant.pk, acme.big.account.pk) == ()
