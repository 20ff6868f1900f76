"""Signing and cancelling contracts."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from entitlements.actions import cancel_contract, sign_contract
from entitlements.decide import contract_state, decide
from entitlements.enums import ContractState
from entitlements.holdings import load_holdings
from entitlements.models import Contract, ContractLine
from plans.actions import publish_draft, retire_product, start_draft
from plans.enums import FeatureCode
from plans.models import Plan
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.history import history_of

NEXT = (date(2040, 1, 1), date(2040, 12, 31))


@pytest.fixture
def acme(cast, acting_in):
    with acting_in(cast.acme.tenant):
        yield cast.acme


def sign(house, **changes):
    return sign_contract(
        **{
            "account": house.small.account,
            "plan": Plan.objects.get(tenant=house.tenant, code="premium"),
            "products": [house.ledger],
            "starts_on": NEXT[0],
            "ends_on": NEXT[1],
            "actor": house.admin,
            **changes,
        }
    )


def refused(house, **changes):
    """What the refusal says, after seeing that it left nothing behind."""
    before = (Contract.objects.count(), ContractLine.objects.count())
    with pytest.raises(Refused) as caught:
        sign(house, **changes)
    assert (Contract.objects.count(), ContractLine.objects.count()) == before
    return caught.value.field, str(caught.value)


def test_a_contract_has_its_lines_its_edition_and_its_history(acme):
    contract = sign(acme, products=[acme.ledger, acme.store])
    assert (contract.number, contract.edition.number, contract.grace_days) == ("SMA-2040-2", 1, 14)
    assert [line.product for line in contract.lines.order_by("id")] == [acme.ledger, acme.store]
    entry = history_of(contract).get()
    assert (entry.verb, entry.actor_id, entry.data) == (
        "signed",
        acme.admin.pk,
        {"number": "SMA-2040-2", "plan": "premium", "products": ["ledger", "store"]},
    )


def test_it_is_pinned_to_the_edition_in_force_when_it_is_signed(acme):
    draft = start_draft(tenant=acme.tenant, actor=acme.admin)
    publish_draft(edition=draft, actor=acme.admin, effective_at=timezone.now() + timedelta(days=1), note="")
    assert sign(acme).edition.number == 1


def test_a_number_of_its_own_is_kept_and_given_once(acme):
    assert sign(acme, number="2040/17").number == "2040/17"
    assert refused(acme, number="2040/17", products=[acme.store]) == (
        "number",
        "Another contract has this number.",
    )


def test_numbers_that_are_made_step_over_those_that_are_taken(acme):
    sign(acme, number="SMA-2040-3")
    assert sign(acme, products=[acme.store]).number == "SMA-2040-4"


def test_it_cannot_end_before_it_starts(acme):
    assert refused(acme, ends_on=NEXT[0] - timedelta(days=1)) == (
        "ends_on",
        "The support period can’t end before it starts. Choose 1 Jan 2040 or a later day.",
    )
    assert sign(acme, ends_on=NEXT[0]).ends_on == NEXT[0]


@pytest.mark.parametrize(
    ("starts", "ends", "free"),
    [
        (date(2039, 1, 1), date(2039, 12, 31), True),
        (date(2039, 1, 1), date(2040, 1, 1), False),
        (date(2040, 6, 1), date(2040, 6, 1), False),
        (date(2040, 12, 31), date(2041, 12, 30), False),
        (date(2041, 1, 1), date(2041, 12, 31), True),
    ],
)
def test_a_product_has_one_contract_at_a_time(acme, starts, ends, free):
    sign(acme)
    if free:
        assert sign(acme, starts_on=starts, ends_on=ends).lines.count() == 1
    else:
        assert refused(acme, starts_on=starts, ends_on=ends, products=[acme.store, acme.ledger]) == (
            "products",
            "Contract SMA-2040-2 covers Ledger already, from 1 Jan 2040 to 31 Dec 2040. "
            "Choose days outside that period, or leave the product out.",
        )


def test_another_product_or_another_account_may_have_the_same_period(acme):
    sign(acme)
    assert sign(acme, products=[acme.store]).number == "SMA-2040-3"
    assert sign(acme, account=acme.big.account).number == "BIG-2040-2"


def test_after_a_cancellation_the_product_is_free_again(acme):
    cancel_contract(contract=sign(acme), actor=acme.admin)
    assert sign(acme).number == "SMA-2040-3"


def test_what_is_no_longer_sold_cannot_be_signed(acme):
    retire_product(product=acme.store, actor=acme.admin)
    acme.store.refresh_from_db()
    assert refused(acme, products=[acme.store]) == ("products", "Store is no longer sold.")
    assert refused(acme, products=[]) == ("products", "Choose at least one product.")


def test_only_administrators_sign_and_cancel(acme):
    with pytest.raises(NotAllowed):
        sign(acme, actor=acme.csm)
    with pytest.raises(NotAllowed):
        cancel_contract(contract=acme.small.contract, actor=acme.lead)
    assert Contract.objects.get(pk=acme.small.contract.pk).cancelled_at is None


def test_a_cancelled_contract_gives_nothing_from_then_on(acme):
    contract = Contract.objects.get(pk=acme.small.contract.pk)
    before = timezone.now()
    cancel_contract(contract=contract, actor=acme.admin)
    held = load_holdings(acme.small.account)
    assert decide(held, FeatureCode.PHONE_ACCESS, at=before).allowed
    assert not decide(held, FeatureCode.PHONE_ACCESS, at=timezone.now()).allowed
    assert contract_state(held.lines[0], timezone.now()) == ContractState.CANCELLED
    with pytest.raises(Conflict):
        cancel_contract(contract=contract, actor=acme.admin)
    assert [entry.verb for entry in history_of(contract)] == ["cancelled"]
