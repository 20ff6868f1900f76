"""A yearly allowance is spent once, on a day that the contract covers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from entitlements.actions import cancel_allowance_use, note_allowance_use
from entitlements.enums import InstallationKind
from entitlements.models import AllowanceUse
from plans.enums import FeatureCode
from plans.models import Feature
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.history import history_of


@pytest.fixture
def acme(cast, acting_in):
    with acting_in(cast.acme.tenant):
        yield cast.acme


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def note(house, **changes):
    code = changes.pop("feature", FeatureCode.SPECIAL_EVENT_SUPPORT)
    return note_allowance_use(
        **{
            "account": house.big.account,
            "feature": Feature.objects.get(tenant=house.tenant, code=code),
            "product": house.ledger,
            "used_on": in_days(30),
            "actor": house.csm,
            **changes,
        }
    )


def test_a_use_is_noted_on_the_contract_that_covers_its_day(acme):
    use = note(acme)
    assert (use.contract_id, use.noted_by_id) == (acme.big.contract.pk, acme.csm.pk)
    assert [(entry.verb, entry.actor_id) for entry in history_of(use)] == [("noted", acme.csm.pk)]


def test_the_second_one_in_a_period_is_refused(acme):
    note(acme)
    with pytest.raises(Refused, match=r"has been used up: .* gives it 1 time until"):
        note(acme, used_on=in_days(60), product=acme.store)
    assert AllowanceUse.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"used_on": 13}, "needs 14 days of notice"),
        ({"used_on": 400}, "the support period of contract C-BIG"),
        ({"installation_kind": InstallationKind.MODIFIED}, "is for standard installations"),
        ({"feature": FeatureCode.PHONE_ACCESS}, "without limit"),
    ],
)
def test_it_is_refused_as_decided(acme, changes, words):
    if "used_on" in changes:
        changes = {"used_on": in_days(changes["used_on"])}
    with pytest.raises(Refused, match=words):
        note(acme, **changes)
    assert AllowanceUse.objects.count() == 0


def test_an_account_without_the_feature_is_told_which_plan_has_it(acme):
    with pytest.raises(Refused, match=r"isn’t part of Xtreme.* Xtreme Elite would give it\."):
        note(acme, account=acme.small.account)


def test_a_use_that_lies_ahead_can_be_given_back(acme):
    use = note(acme)
    cancel_allowance_use(use=use, actor=acme.csm)
    assert note(acme, used_on=in_days(40)).contract_id == acme.big.contract.pk
    with pytest.raises(Conflict):
        cancel_allowance_use(use=use, actor=acme.csm)


def test_one_that_has_taken_place_cannot(acme):
    use = note(acme)
    AllowanceUse.objects.filter(pk=use.pk).update(used_on=in_days(0))
    with pytest.raises(Refused, match="has taken place"):
        cancel_allowance_use(use=use, actor=acme.csm)
    use.refresh_from_db()
    assert use.cancelled_at is None


def test_agents_note_nothing(acme):
    with pytest.raises(NotAllowed):
        note(acme, actor=acme.agent)
    assert AllowanceUse.objects.count() == 0
