"""An account's holdings are loaded by few statements and then answer without any."""

from datetime import timedelta

import pytest
from django.utils import timezone

from entitlements.decide import contract_state, decide
from entitlements.enums import ContractState
from entitlements.holdings import load_holdings, load_holdings_of
from entitlements.models import AllowanceUse, Contract, ContractLine
from entitlements.queries import holdings_for
from plans.actions import publish_draft, rename_plan, start_draft
from plans.enums import FeatureCode
from plans.models import Cell, Feature, Plan
from portal.identity.actions import add_account

EVENT = FeatureCode.SPECIAL_EVENT_SUPPORT


@pytest.fixture
def acme(cast, acting_in):
    with acting_in(cast.acme.tenant):
        yield cast.acme


def one_more_contract(house, number):
    first = house.big.contract
    contract = Contract.objects.create(
        tenant=house.tenant,
        account=house.big.account,
        number=number,
        plan=first.plan,
        edition=first.edition,
        starts_on=first.ends_on + timedelta(days=1),
        ends_on=first.ends_on + timedelta(days=365),
    )
    for product in (house.ledger, house.store):
        ContractLine.objects.create(
            tenant=house.tenant, account=house.big.account, contract=contract, product=product
        )


def test_loading_takes_one_statement_for_one_contract_and_for_three(acme, django_assert_num_queries):
    load_holdings(acme.big.account)
    with django_assert_num_queries(1):
        one = load_holdings(acme.big.account)
    one_more_contract(acme, "C-2")
    one_more_contract(acme, "C-3")
    with django_assert_num_queries(1):
        three = load_holdings(acme.big.account)
    assert (len(one.contracts), len(three.contracts)) == (1, 3)


def test_many_accounts_are_loaded_by_one_statement_and_hold_what_each_holds(acme, django_assert_num_queries):
    one_more_contract(acme, "C-2")
    AllowanceUse.objects.create(
        tenant=acme.tenant,
        account=acme.big.account,
        contract=acme.big.contract,
        feature=Feature.objects.get(tenant=acme.tenant, code=EVENT),
        used_on=timezone.localdate() + timedelta(days=60),
        noted_by=acme.csm,
    )
    bare = add_account(actor=acme.admin, name="Bare", key="BARE", language="en", time_zone="Asia/Seoul")
    accounts, now = [acme.big.account, acme.small.account, bare], timezone.now()
    load_holdings_of(acme.tenant.pk, accounts, at=now)
    with django_assert_num_queries(1):
        held = load_holdings_of(acme.tenant.pk, accounts, at=now)
    assert held == {one.pk: load_holdings(one, at=now) for one in accounts}
    assert [len(held[one.pk].contracts) for one in accounts] == [2, 1, 0]


def test_an_account_of_another_tenant_among_many_is_an_error(cast, acting_in):
    acme, rival = cast.acme, cast.rival
    with acting_in(acme.tenant), pytest.raises(LookupError):
        load_holdings_of(acme.tenant.pk, [acme.big.account, rival.big.account])


def test_deciding_takes_none(acme, django_assert_num_queries):
    held = load_holdings(acme.big.account)
    with django_assert_num_queries(0):
        assert all(
            decide(held, code, at=timezone.now(), product_id=acme.ledger.pk).allowed for code in FeatureCode
        )


def test_an_account_without_a_contract_holds_nothing(acme):
    ContractLine.objects.filter(account=acme.small.account).delete()
    held = load_holdings(acme.small.account)
    assert (held.lines, held.contracts) == ((), ())
    assert not decide(held, FeatureCode.PHONE_ACCESS, at=timezone.now()).allowed


def test_uses_count_for_the_contract_they_were_noted_on_unless_cancelled(acme):
    contract = acme.big.contract
    use = AllowanceUse.objects.create(
        tenant=acme.tenant,
        account=acme.big.account,
        contract=contract,
        feature=Feature.objects.get(tenant=acme.tenant, code=EVENT),
        used_on=timezone.localdate(),
    )
    assert [line.used for line in load_holdings(acme.big.account).lines] == [{EVENT: 1}, {EVENT: 1}]
    AllowanceUse.objects.filter(pk=use.pk).update(cancelled_at=timezone.now())
    assert [line.used for line in load_holdings(acme.big.account).lines] == [{}, {}]


def test_a_later_edition_adds_but_takes_nothing_away(acme):
    small = Plan.objects.get(tenant=acme.tenant, code="xtreme")
    phone, event = (
        Feature.objects.get(tenant=acme.tenant, code=code) for code in (FeatureCode.PHONE_ACCESS, EVENT)
    )
    draft = start_draft(tenant=acme.tenant, actor=acme.admin)
    Cell.objects.filter(edition=draft, plan=small, feature=phone).delete()
    Cell.objects.create(tenant=acme.tenant, edition=draft, plan=small, feature=event, allowance=1)
    publish_draft(edition=draft, actor=acme.admin, effective_at=timezone.now(), note="")
    held = load_holdings(acme.small.account)
    decisions = [decide(held, code, at=timezone.now()) for code in (FeatureCode.PHONE_ACCESS, EVENT)]
    assert [(d.allowed, d.edition_number) for d in decisions] == [(True, 1), (True, 2)]
    assert {line.edition_id for line in held.lines} == {acme.small.contract.edition_id}
    assert decide(held, FeatureCode.PHONE_ACCESS, at=timezone.now(), product_id=0).remedy.code == "premium"


def test_before_its_effective_date_an_edition_changes_nothing(acme):
    draft = start_draft(tenant=acme.tenant, actor=acme.admin)
    publish_draft(edition=draft, actor=acme.admin, effective_at=timezone.now() + timedelta(days=1), note="")
    assert load_holdings(acme.small.account).current.number == 1
    assert load_holdings(acme.small.account, at=timezone.now() + timedelta(days=2)).current.number == 2


def test_a_renamed_plan_has_its_new_name_at_once(acme):
    assert load_holdings(acme.small.account).current.plans[0].name == "Xtreme"
    rename_plan(plan=Plan.objects.get(tenant=acme.tenant, code="xtreme"), name="Basic", actor=acme.admin)
    held = load_holdings(acme.small.account)
    assert (held.current.plans[0].name, held.lines[0].plan.name) == ("Basic", "Basic")


def test_days_are_those_of_the_accounts_zone(acme):
    line = load_holdings(acme.big.account).lines[0]
    assert line.zone.key == "Europe/Berlin"
    local = line.begins.astimezone(line.zone)
    assert (local.date(), local.hour, local.minute) == (line.starts_on, 0, 0)
    assert contract_state(line, timezone.now()) == ContractState.ACTIVE


def test_a_contact_asks_once_per_request(cast, acting_as, django_assert_num_queries):
    person = cast.acme.big.contact
    with acting_as(person):
        load_holdings(person.account)
        with django_assert_num_queries(1):
            assert holdings_for(person) is holdings_for(person)


def test_staff_hold_nothing_themselves(cast, acting_as):
    with acting_as(cast.acme.agent), pytest.raises(ValueError, match="Only a contact"):
        holdings_for(cast.acme.agent)


def test_contracts_of_another_account_or_tenant_are_not_seen(cast, acting_as):
    with acting_as(cast.acme.small.contact):
        assert load_holdings(cast.acme.big.account).lines == ()
        assert {line.number for line in load_holdings(cast.acme.small.account).lines} == {"C-SMA"}
    with acting_as(cast.rival.admin), pytest.raises(LookupError):
        load_holdings(cast.acme.big.account)
