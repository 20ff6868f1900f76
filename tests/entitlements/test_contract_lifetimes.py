"""Renewing, upgrading and extending a contract, and its grace: what each gives, refuses and writes down."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from entitlements.actions import (
    cancel_contract,
    extend_contract,
    renew_contract,
    set_grace,
    sign_contract,
    upgrade_contract,
)
from entitlements.decide import decide
from entitlements.forms_lifetimes import next_end
from entitlements.holdings import load_holdings
from entitlements.models import Contract, ContractLine, Upgrade
from entitlements.values import day_begins
from incidents.actions import NewIncident, log_incident
from incidents.clocks.terms import terms_of
from incidents.enums import Kind
from plans.actions import add_product, publish_draft, retire_product, start_draft
from plans.enums import FeatureCode, Severity
from plans.models import Cell, Feature, Plan, Target
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.history import history_of

ONE_DAY = timedelta(days=1)
PHONE, QUEUE, EVENT = (
    FeatureCode.PHONE_ACCESS,
    FeatureCode.PLAN_PRIORITY_QUEUING,
    FeatureCode.SPECIAL_EVENT_SUPPORT,
)


@pytest.fixture
def acme(cast, acting_in):
    with acting_in(cast.acme.tenant):
        yield cast.acme


@pytest.fixture
def held(acme):
    """Small Company's contract: Xtreme for Ledger and Store, in the middle of its period."""
    return Contract.objects.get(pk=acme.small.contract.pk)


def plan(house, code):
    return Plan.objects.get(tenant=house.tenant, code=code)


def today():
    return timezone.localdate(timezone=ZoneInfo("Europe/Berlin"))


def renew(house, contract, **changes):
    return renew_contract(
        **{
            "contract": contract,
            "plan": plan(house, "xtreme"),
            "products": [house.ledger, house.store],
            "ends_on": contract.ends_on + timedelta(days=365),
            "actor": house.admin,
            **changes,
        }
    )


def upgrade(house, contract, code="premium", starts_on=None, actor=None):
    return upgrade_contract(
        contract=contract,
        plan=plan(house, code),
        starts_on=starts_on or today(),
        actor=actor or house.admin,
    )


def publish(house, *, edit=lambda draft: None):
    draft = start_draft(tenant=house.tenant, actor=house.admin)
    edit(draft)
    publish_draft(edition=draft, actor=house.admin, effective_at=timezone.now(), note="")
    return draft


def rows():
    return [list(model.objects.order_by("pk").values()) for model in (Contract, ContractLine, Upgrade)]


def refused(act, kind=Refused):
    """The field and the words of a refusal, after seeing that it changed nothing."""
    before = rows()
    with pytest.raises(kind) as caught:
        act()
    assert rows() == before
    return caught.value.field, str(caught.value)


class TestRenewal:
    def test_it_starts_the_day_after_and_is_pinned_to_the_edition_in_force(self, acme, held):
        publish(acme)
        renewal = renew(acme, held)
        assert (renewal.starts_on, renewal.renews_id) == (held.ends_on + ONE_DAY, held.pk)
        assert (held.edition.number, renewal.edition.number) == (1, 2)
        assert [line.product for line in renewal.lines.order_by("id")] == [acme.ledger, acme.store]
        assert renewal.grace_days == held.grace_days

    def test_it_is_how_a_plan_goes_down_and_until_then_nothing_changes(self, acme):
        big = acme.big.contract
        renew(acme, big, plan=plan(acme, "xtreme"), products=[acme.ledger])
        found = load_holdings(acme.big.account)
        before, after = (day_begins(big.ends_on + ONE_DAY * n, found.zone) for n in (0, 1))
        assert decide(found, QUEUE, at=before, product_id=acme.ledger.pk).allowed
        assert not decide(found, QUEUE, at=after, product_id=acme.ledger.pk).allowed

    def test_one_end_is_renewed_once_unless_the_renewal_is_cancelled(self, acme, held):
        first = renew(acme, held)
        assert refused(lambda: renew(acme, held), Conflict)[1] == (
            f"Contract C-SMA is renewed already, by {first.number}. Change or renew that one."
        )
        cancel_contract(contract=first, actor=acme.admin)
        assert renew(acme, held).renews_id == held.pk

    def test_in_grace_it_joins_on_and_after_it_a_new_contract_is_signed(self, acme, held):
        Contract.objects.filter(pk=held.pk).update(ends_on=today() - timedelta(days=5), grace_days=5)
        held.refresh_from_db()
        assert renew(acme, held).starts_on == today() - timedelta(days=4)
        Contract.objects.exclude(pk=held.pk).filter(account=held.account).update(cancelled_at=timezone.now())
        Contract.objects.filter(pk=held.pk).update(grace_days=4)
        assert refused(lambda: renew(acme, held)) == (
            None,
            "Contract C-SMA and its grace have ended. Sign a new contract instead.",
        )

    def test_both_contracts_tell_of_it(self, acme, held):
        renewal = renew(acme, held, plan=plan(acme, "premium"))
        entry, signed = history_of(held).get(), history_of(renewal).get()
        assert (entry.verb, entry.data["before"], entry.data["after"]) == (
            "renewed",
            {"plan": "xtreme", "ends_on": str(held.ends_on)},
            {"plan": "premium", "ends_on": str(renewal.ends_on), "number": renewal.number},
        )
        assert (signed.verb, signed.data["renews"]) == ("signed", "C-SMA")

    def test_its_last_day_is_that_of_a_period_as_long(self):
        assert next_end(date(2026, 1, 1), date(2026, 12, 31)) == date(2027, 12, 31)
        assert next_end(date(2023, 3, 1), date(2024, 2, 29)) == date(2025, 2, 28)
        assert next_end(date(2092, 2, 29), date(2096, 2, 28)) == date(2100, 2, 28)
        assert next_end(date(2026, 1, 1), date(2026, 1, 10)) == date(2026, 1, 20)


class TestUpgrade:
    def test_it_holds_from_its_day_on_and_the_days_before_stay_as_they_were(self, acme, held):
        day = today() + timedelta(days=10)
        upgrade(acme, held, starts_on=day)
        found = load_holdings(acme.small.account)
        begins = day_begins(day, found.zone)
        answers = [
            (decision.allowed, decision.line.plan.code, decision.line.number)
            for decision in (
                decide(found, QUEUE, at=at, product_id=acme.store.pk)
                for at in (begins - timedelta(seconds=1), begins)
            )
        ]
        assert answers == [(False, "xtreme", "C-SMA"), (True, "premium", "C-SMA")]
        held.refresh_from_db()
        assert held.plan.code == "xtreme"

    def test_allowances_go_on_in_the_same_period(self, acme):
        premium = sign_contract(
            account=acme.small.account,
            plan=plan(acme, "premium"),
            products=[acme.ledger],
            starts_on=date(2040, 1, 1),
            ends_on=date(2040, 12, 31),
            actor=acme.admin,
        )
        upgrade(acme, premium, "elite", date(2040, 6, 1))
        lines = [line for line in load_holdings(acme.small.account).lines if line.contract_id == premium.pk]
        assert [(line.plan.code, line.last_day) for line in lines] == [
            ("premium", premium.ends_on),
            ("elite", premium.ends_on),
        ]

    def test_a_plan_that_is_not_higher_is_refused_with_what_to_do(self, acme):
        big = acme.big.contract
        assert refused(lambda: upgrade(acme, big, "premium"))[0] == "plan"
        assert (
            "Renew the contract with it; it then holds from"
            in refused(lambda: upgrade(acme, big, "elite"))[1]
        )

    def test_a_higher_plan_that_gives_less_of_something_is_refused(self, acme):
        def favour(draft):
            event = Feature.objects.get(tenant=acme.tenant, code=EVENT)
            xtreme = plan(acme, "xtreme")
            Cell.objects.create(tenant=acme.tenant, edition=draft, plan=xtreme, feature=event, allowance=2)

        publish(acme, edit=favour)
        contract = Contract.objects.get(pk=acme.small.contract.pk)
        field, words = refused(lambda: upgrade(acme, contract, "elite"))
        assert (field, words.partition(",")[0]) == (
            "plan",
            "Xtreme Elite gives less of “Special Event Support” than Xtreme",
        )

    @pytest.mark.parametrize("days", [-1, 400])
    def test_its_day_is_today_or_later_and_within_the_period(self, acme, held, days):
        field, words = refused(lambda: upgrade(acme, held, starts_on=today() + timedelta(days=days)))
        assert (field, words.startswith("Choose a day from ")) == ("starts_on", True)

    def test_after_the_period_it_is_refused_with_what_to_do(self, acme, held):
        Contract.objects.filter(pk=held.pk).update(ends_on=today() - ONE_DAY, grace_days=9)
        assert "Renew the contract instead." in refused(lambda: upgrade(acme, held))[1]

    def test_another_comes_after_the_one_before(self, acme, held):
        day = today() + timedelta(days=9)
        upgrade(acme, held, starts_on=day)
        assert refused(lambda: upgrade(acme, held, "elite", day))[0] == "starts_on"
        upgrade(acme, held, "elite", day + ONE_DAY)
        found = load_holdings(acme.small.account)
        assert [line.plan.code for line in found.by_product[acme.ledger.pk]] == [
            "elite",
            "premium",
            "xtreme",
        ]

    def test_what_its_own_edition_gives_is_kept_when_a_later_one_takes_it(self, acme, held):
        """The contract is pinned to edition 1, the upgrade to edition 2; edition 3 takes both back."""
        events = Feature.objects.get(tenant=acme.tenant, code=EVENT)
        phone = Feature.objects.get(tenant=acme.tenant, code=PHONE)
        premium = plan(acme, "premium")

        def add(draft):
            Cell.objects.create(tenant=acme.tenant, edition=draft, plan=premium, feature=events, allowance=1)
            Cell.objects.filter(edition=draft, feature=phone).delete()

        def take(draft):
            Cell.objects.filter(edition=draft, feature=events).delete()

        publish(acme, edit=add)
        upgrade(acme, held)
        publish(acme, edit=take)
        found = load_holdings(acme.small.account)
        for code in (EVENT, PHONE):
            assert decide(found, code, at=timezone.now(), product_id=acme.ledger.pk).allowed

    def test_an_incident_keeps_what_it_was_logged_under(self, acme, held):
        def slow(draft):
            Target.objects.filter(edition=draft).update(minutes=5)

        def cut(draft):
            Target.objects.filter(edition=draft).update(minutes=500)

        publish(acme, edit=slow)
        upgrade(acme, held)
        publish(acme, edit=cut)
        incident = log_incident(
            person=acme.small.contact,
            incident=NewIncident(
                kind=Kind.DEFECT,
                severity=Severity.MAJOR,
                product=acme.ledger,
                title="Posting run stops",
                description="At step 4.",
            ),
        )
        assert (incident.plan.code, incident.upgrade.plan.code) == ("premium", "premium")
        assert terms_of(incident).promised("first_response", Severity.MAJOR).minutes == 5


class TestExtension:
    def test_a_product_more_is_covered_from_its_day_on(self, acme, held):
        publish(acme)
        kiosk = add_product(tenant=acme.tenant, code="kiosk", name="Kiosk", actor=acme.admin)
        day = today() + timedelta(days=3)
        (line,) = extend_contract(contract=held, products=[kiosk], starts_on=day, actor=acme.admin)
        assert (line.starts_on, line.edition.number) == (day, 2)
        found = load_holdings(acme.small.account)
        begins = day_begins(day, found.zone)
        assert [
            decide(found, PHONE, at=at, product_id=kiosk.pk).reason
            for at in (begins - timedelta(seconds=1), begins)
        ] == ["contract_not_started", "allowed"]
        assert history_of(held).get().data["after"] == {
            "products": ["ledger", "store", "kiosk"],
            "starts_on": str(day),
        }

    def test_it_has_the_plan_that_the_contract_was_upgraded_to(self, acme, held):
        kiosk = add_product(tenant=acme.tenant, code="kiosk", name="Kiosk", actor=acme.admin)
        upgrade(acme, held)
        extend_contract(contract=held, products=[kiosk], starts_on=today() + ONE_DAY, actor=acme.admin)
        (line,) = load_holdings(acme.small.account).by_product[kiosk.pk]
        assert (line.plan.code, line.starts_on) == ("premium", today() + ONE_DAY)

    def test_what_it_has_and_what_another_contract_covers_is_refused(self, acme, held):
        def extend(product):
            return lambda: extend_contract(
                contract=held, products=[product], starts_on=today(), actor=acme.admin
            )

        assert refused(extend(acme.ledger)) == (
            "products",
            "Ledger is on this contract already. Leave it out.",
        )
        kiosk = add_product(tenant=acme.tenant, code="kiosk", name="Kiosk", actor=acme.admin)
        other = sign_contract(
            account=held.account,
            plan=held.plan,
            products=[kiosk],
            starts_on=held.ends_on,
            ends_on=held.ends_on,
            actor=acme.admin,
        )
        assert refused(extend(kiosk))[1].startswith(f"Contract {other.number} covers Kiosk already")
        cancel_contract(contract=other, actor=acme.admin)
        retire_product(product=kiosk, actor=acme.admin)
        kiosk.refresh_from_db()
        assert refused(extend(kiosk)) == ("products", "Kiosk is no longer sold.")

    def test_a_later_contract_may_not_cover_what_was_added(self, acme, held):
        kiosk = add_product(tenant=acme.tenant, code="kiosk", name="Kiosk", actor=acme.admin)
        day = today() + timedelta(days=3)
        extend_contract(contract=held, products=[kiosk], starts_on=day, actor=acme.admin)
        terms = {"account": held.account, "plan": held.plan, "products": [kiosk], "actor": acme.admin}
        sign_contract(**terms, starts_on=today(), ends_on=day - ONE_DAY)
        words = refused(lambda: sign_contract(**terms, starts_on=day, ends_on=day))[1]
        assert words.startswith("Contract C-SMA covers Kiosk already")


class TestGrace:
    def test_it_grows_within_the_period_and_shrinks_only_before_it(self, acme, held):
        set_grace(contract=held, grace_days=20, actor=acme.admin)
        assert Contract.objects.get(pk=held.pk).grace_days == 20
        assert refused(lambda: set_grace(contract=held, grace_days=19, actor=acme.admin)) == (
            "grace_days",
            "20 days of grace are agreed for this period. Choose more, or agree fewer at renewal.",
        )
        renewal = renew(acme, held)
        set_grace(contract=renewal, grace_days=1, actor=acme.admin)
        assert [
            (e.data["before"], e.data["after"]) for e in history_of(renewal).filter(verb="grace_set")
        ] == [({"grace_days": 20}, {"grace_days": 1})]

    def test_what_is_over_does_not_come_back(self, acme, held):
        Contract.objects.filter(pk=held.pk).update(ends_on=today() - timedelta(days=9), grace_days=3)
        assert refused(lambda: set_grace(contract=held, grace_days=30, actor=acme.admin))[1] == (
            "Contract C-SMA and its grace have ended. Sign a new contract instead."
        )


def changes(house, contract, actor):
    return {
        "renew": lambda: renew(house, contract, actor=actor),
        "upgrade": lambda: upgrade(house, contract, actor=actor),
        "extend": lambda: extend_contract(
            contract=contract, products=[house.ledger], starts_on=today(), actor=actor
        ),
        "grace": lambda: set_grace(contract=contract, grace_days=99, actor=actor),
    }


@pytest.mark.parametrize("change", ["renew", "upgrade", "extend", "grace"])
def test_only_administrators_change_a_contract(acme, held, change):
    for person in (acme.lead, acme.agent, acme.csm, acme.small.admin, acme.small.contact):
        refused(changes(acme, held, person)[change], NotAllowed)


@pytest.mark.parametrize("change", ["renew", "upgrade", "extend", "grace"])
def test_a_cancelled_contract_is_not_changed(acme, held, change):
    cancel_contract(contract=held, actor=acme.admin)
    words = refused(changes(acme, held, acme.admin)[change], Conflict)[1]
    assert words == "Contract C-SMA is cancelled. Sign a new contract instead."
