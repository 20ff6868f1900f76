"""The forms about a contract that is signed, and the pages about what was held when."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from entitlements.actions import cancel_contract, renew_contract, upgrade_contract
from entitlements.models import Contract, Upgrade
from plans.actions import add_product, publish_draft, start_draft
from plans.enums import FeatureCode
from plans.models import Cell, Feature, Plan
from tests.statements import statements_of

FORMS = ["renew", "upgrade", "extend", "grace"]
TIMELINE = "/customers/SMA/contracts/timeline/"


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def today():
    return timezone.localdate(timezone=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def admin(cast, client_of):
    return client_of(cast.acme.admin)


@pytest.fixture
def url_of(cast):
    return lambda form: f"/customers/SMA/contracts/{cast.acme.small.contract.pk}/{form}/"


@pytest.fixture
def plan(cast, acting_in):
    with acting_in(cast.acme.tenant):
        plans = {plan.code: plan for plan in Plan.objects.filter(tenant=cast.acme.tenant)}
    return plans.__getitem__


class TestForms:
    @pytest.mark.parametrize("form", FORMS)
    def test_only_administrators_reach_them(self, cast, client_of, admin, url_of, form):
        assert admin.get(url_of(form)).status_code == 200
        for person in (cast.acme.csm, cast.acme.lead, cast.acme.agent, cast.acme.small.admin):
            assert client_of(person).get(url_of(form)).status_code == 404
            assert client_of(person).post(url_of(form)).status_code == 404
        assert client_of(cast.rival.admin).get(url_of(form)).status_code == 404
        assert admin.get(url_of(form).replace("SMA", "BIG")).status_code == 404

    def test_a_contract_is_renewed_with_what_it_has(self, cast, admin, url_of, acting_in):
        page = text_of(admin.get(url_of("renew")))
        assert len(re.findall(r'name="products"[^>]* checked', page)) == 2
        old = cast.acme.small.contract
        data = {
            "plan": old.plan_id,
            "products": [cast.acme.ledger.pk],
            "ends_on": (old.ends_on + timedelta(days=100)).isoformat(),
            "grace_days": "3",
        }
        assert admin.post(url_of("renew"), data).headers["Location"] == "/customers/SMA/contracts/"
        with acting_in(cast.acme.tenant):
            renewal = Contract.objects.get(renews=old)
        page = text_of(admin.get("/customers/SMA/contracts/"))
        assert f"Renewed by {renewal.number}" in page
        again = text_of(admin.post(url_of("renew"), {**data, "number": "Mine"}))
        assert f"is renewed already, by {renewal.number}." in again
        assert 'value="Mine"' in again

    @pytest.mark.parametrize("ticked", [["ledger", "store"], ["store"], []])
    @pytest.mark.parametrize("page", ["renew", "sign"])
    def test_products_that_were_ticked_come_back_after_signing_in(
        self, cast, client_of, url_of, page, ticked
    ):
        url = "/customers/SMA/contracts/new/" if page == "sign" else url_of("renew")
        pks = [str(getattr(cast.acme, code).pk) for code in ticked]
        browser = client_of(None, tenant=cast.acme.tenant)
        sent = browser.post(url, {"products": pks, "grace_days": "3"})
        assert sent.headers["Location"].startswith("/account/login/")
        browser.force_login(cast.acme.admin.user)
        shown = text_of(browser.get(url))
        boxes = re.findall(r'<input type="checkbox" name="products" value="(\d+)"[^>]* checked', shown)
        assert boxes == pks
        assert re.search(r'name="grace_days" value="(\d+)"', shown)[1] == "3"

    def test_a_renewed_contract_announces_no_end(self, cast, admin, acting_in, plan):
        with acting_in(cast.acme.tenant):
            Contract.objects.filter(account=cast.acme.small.account).update(
                ends_on=today() + timedelta(days=20)
            )
            contract = Contract.objects.get(account=cast.acme.small.account)
            assert "ends soon" in text_of(admin.get("/customers/SMA/contracts/"))
            renew_contract(
                contract=contract,
                plan=plan("xtreme"),
                products=[cast.acme.ledger],
                ends_on=today() + timedelta(days=90),
                actor=cast.acme.admin,
            )
        assert "ends soon" not in text_of(admin.get("/customers/SMA/contracts/"))

    def test_an_upgrade_is_announced_until_its_day(self, cast, admin, url_of, acting_in, plan):
        day = today() + timedelta(days=5)
        data = {"plan": plan("elite").pk, "starts_on": day.isoformat()}
        assert admin.post(url_of("upgrade"), data).status_code == 302
        page = text_of(admin.get("/customers/SMA/contracts/"))
        assert "Xtreme Elite from " in page
        with acting_in(cast.acme.tenant):
            assert Upgrade.objects.get().starts_on == day

    def test_a_lower_plan_is_refused_at_its_field(self, cast, admin, url_of, acting_in, plan):
        with acting_in(cast.acme.tenant):
            contract = Contract.objects.get(pk=cast.acme.small.contract.pk)
            upgrade_contract(contract=contract, plan=plan("elite"), starts_on=today(), actor=cast.acme.admin)
        day = today() + timedelta(days=1)
        page = text_of(
            admin.post(url_of("upgrade"), {"plan": plan("premium").pk, "starts_on": day.isoformat()})
        )
        assert "Renew the contract with it; it then holds from" in page
        assert f'value="{day.isoformat()}"' in page

    def test_a_product_is_added(self, cast, admin, url_of, acting_in):
        with acting_in(cast.acme.tenant):
            kiosk = add_product(tenant=cast.acme.tenant, code="kiosk", name="Kiosk", actor=cast.acme.admin)
        data = {"products": [kiosk.pk], "starts_on": today().isoformat()}
        assert admin.post(url_of("extend"), data).status_code == 302
        assert "Ledger, Store, Kiosk" in text_of(admin.get("/customers/SMA/contracts/"))
        assert "is not one of the available choices" in text_of(
            admin.post(url_of("extend"), {**data, "products": [cast.acme.ledger.pk]})
        )

    def test_grace_is_changed(self, cast, admin, url_of, acting_in):
        assert admin.post(url_of("grace"), {"grace_days": "40"}).status_code == 302
        with acting_in(cast.acme.tenant):
            assert Contract.objects.get(pk=cast.acme.small.contract.pk).grace_days == 40


class TestTimeline:
    def test_staff_and_the_accounts_own_people_see_it_and_nobody_else(self, cast, client_of):
        for person in cast.acme.staff:
            assert "C-SMA" in text_of(client_of(person).get(TIMELINE))
        for person in (cast.acme.big.admin, cast.acme.small.admin):
            assert client_of(person).get(TIMELINE).status_code == 404
        assert "C-SMA" in text_of(client_of(cast.acme.small.contact).get("/plan/timeline/"))
        for person in (cast.acme.big.contact, cast.rival.small.contact):
            page = text_of(client_of(person).get("/plan/timeline/"))
            assert ("C-SMA" in page) == (person.tenant_id != cast.acme.tenant.pk)
        assert client_of(cast.acme.agent).get("/plan/timeline/").status_code == 404

    def test_an_upgrade_ends_one_row_and_begins_another(self, cast, admin, acting_in, plan):
        day = today() + timedelta(days=30)
        with acting_in(cast.acme.tenant):
            contract = Contract.objects.get(pk=cast.acme.small.contract.pk)
            upgrade_contract(contract=contract, plan=plan("premium"), starts_on=day, actor=cast.acme.admin)
        page = text_of(admin.get(TIMELINE))
        assert page.count("C-SMA</td>") == 2
        assert page.count('class="held-plan-1"') == page.count('class="held-plan-2"') == 1

    @pytest.mark.parametrize(
        ("days", "plans", "yes"), [(0, "Xtreme", 26), (30, "Xtreme Premium", 32), (-101, "", 0)]
    )
    def test_a_day_is_answered_by_what_was_held_on_it(self, cast, admin, acting_in, plan, days, plans, yes):
        with acting_in(cast.acme.tenant):
            contract = Contract.objects.get(pk=cast.acme.small.contract.pk)
            upgrade_contract(
                contract=contract,
                plan=plan("premium"),
                starts_on=today() + timedelta(days=30),
                actor=cast.acme.admin,
            )
        page = text_of(admin.get(TIMELINE, {"on": (today() + timedelta(days=days)).isoformat()}))
        if days < 0:
            assert "No contract on this day" in page
            return
        answer = page.partition("Features, with edition 1 in force")
        assert f"<span>{plans}</span>" in answer[0].partition("What was held when")[0]
        assert answer[2].count('data-allowed="yes"') == yes

    def test_the_past_is_judged_by_the_edition_of_its_day(self, cast, admin, acting_in, plan):
        """An edition of today adds a feature: yesterday's answer stays a no."""
        with acting_in(cast.acme.tenant):
            event = Feature.objects.get(tenant=cast.acme.tenant, code=FeatureCode.INTERACTIVE_BRIEFINGS)
            draft = start_draft(tenant=cast.acme.tenant, actor=cast.acme.admin)
            Cell.objects.create(tenant=cast.acme.tenant, edition=draft, plan=plan("xtreme"), feature=event)
            publish_draft(edition=draft, actor=cast.acme.admin, effective_at=timezone.now(), note="")
        page = text_of(admin.get(TIMELINE, {"on": today().isoformat()}))
        assert "Features, with edition 2 in force" in page
        assert page.count('data-allowed="yes"') == 28

    def test_before_the_first_edition_the_contracts_are_told(self, cast, admin):
        day = today() - timedelta(days=50)
        page = text_of(admin.get(TIMELINE, {"on": day.isoformat()}))
        assert "No edition was in force" in page
        assert page.count("C-SMA</td>") == 2

    def test_a_day_that_is_none_is_refused_at_the_field(self, admin):
        for day in ("2026-02-30", "0001-01-01", "9999-12-31", ""):
            page = text_of(admin.get(TIMELINE, {"on": day}))
            assert "aria-invalid" in page

    def test_a_cancellation_ends_the_row_on_its_day(self, cast, admin, acting_in):
        with acting_in(cast.acme.tenant):
            cancel_contract(
                contract=Contract.objects.get(pk=cast.acme.small.contract.pk), actor=cast.acme.admin
            )
        page = text_of(admin.get(TIMELINE, {"on": (today() + timedelta(days=1)).isoformat()}))
        assert "No contract on this day" in page
        assert "Cancelled" in page.partition("What was held when")[2]

    def test_it_takes_as_many_statements_for_one_contract_as_for_three(
        self, cast, client_of, acting_in, plan
    ):
        client, address = client_of(cast.acme.small.contact), f"/plan/timeline/?on={today()}"
        client.get(address)
        assert len(statements_of(client, address)) == 4
        with acting_in(cast.acme.tenant):
            contract = Contract.objects.get(pk=cast.acme.small.contract.pk)
            for _ in range(2):
                contract = renew_contract(
                    contract=contract,
                    plan=plan("premium"),
                    products=[cast.acme.ledger],
                    ends_on=contract.ends_on + timedelta(days=100),
                    actor=cast.acme.admin,
                )
        assert len(statements_of(client, address)) == 4
