"""What contacts and staff see of what an account holds, and who sees nothing of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from entitlements.actions import note_allowance_use
from entitlements.models import AllowanceUse, Contract, Installation
from plans.enums import FeatureCode
from plans.models import Feature
from tests.statements import statements_of

STAFF_PAGES = ["/customers/BIG/contracts/", "/customers/BIG/decisions/"]
ADMIN_PAGES = ["/customers/BIG/contracts/new/", "/customers/BIG/installations/new/"]


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def admin(cast, client_of):
    return client_of(cast.acme.admin)


class TestMyPlan:
    def test_a_contact_sees_what_they_have_and_what_a_higher_plan_adds(self, cast, client_of):
        page = text_of(client_of(cast.acme.small.contact).get("/plan/"))
        assert page.count('data-has="yes"') == 13
        assert page.count('data-has="no"') == 10
        assert "“Interactive Briefings” isn’t part of Xtreme, the plan of contract C-SMA." in page
        assert "Xtreme Premium would give it." in page
        assert "Xtreme Elite would add" in page
        assert "C-BIG" not in page

    def test_the_highest_plan_has_everything(self, cast, client_of):
        page = text_of(client_of(cast.acme.big.contact).get("/plan/"))
        assert page.count('data-has="yes"') == 23
        assert "would add" not in page

    def test_response_times_are_those_of_the_plan_in_the_accounts_hours(self, cast, client_of):
        page = text_of(client_of(cast.acme.small.contact).get("/plan/"))
        assert '<strong class="nowrap">2 h</strong>' in page
        assert "Mon–Fri 00:00–24:00" in page
        assert "Time zone Europe/Berlin, closed on public holidays" in page

    def test_without_a_contract_it_says_what_happens(self, cast, client_of, acting_in):
        with acting_in(cast.acme.tenant):
            Contract.objects.filter(account=cast.acme.small.account).delete()
        page = text_of(client_of(cast.acme.small.contact).get("/plan/"))
        assert "No support contract yet" in page
        assert "needs a support contract, and Small Company has none." in page

    @pytest.mark.parametrize(
        ("days", "words"), [(-3, "has ended"), (20, "ends soon"), (-200, "can’t be used any more")]
    )
    def test_an_ending_is_announced(self, cast, client_of, acting_in, days, words):
        with acting_in(cast.acme.tenant):
            Contract.objects.filter(account=cast.acme.small.account).update(
                starts_on=timezone.localdate() - timedelta(days=400),
                ends_on=timezone.localdate() + timedelta(days=days),
                grace_days=14,
            )
        assert words in text_of(client_of(cast.acme.small.contact).get("/plan/"))

    def test_staff_have_none(self, cast, client_of):
        assert client_of(cast.acme.agent).get("/plan/").status_code == 404

    def test_it_takes_as_many_statements_for_one_contract_as_for_three(self, cast, client_of, acting_in):
        client = client_of(cast.acme.small.contact)
        client.get("/plan/")
        assert len(statements_of(client, "/plan/")) == 4
        with acting_in(cast.acme.tenant):
            first = cast.acme.small.contract
            for number in ("C-2", "C-3"):
                later = Contract.objects.create(
                    tenant=cast.acme.tenant,
                    account=cast.acme.small.account,
                    number=number,
                    plan_id=first.plan_id,
                    edition_id=first.edition_id,
                    starts_on=first.ends_on + timedelta(days=1),
                    ends_on=first.ends_on + timedelta(days=365),
                )
                later.lines.create(
                    tenant=cast.acme.tenant, account=cast.acme.small.account, product=cast.acme.ledger
                )
        assert len(statements_of(client, "/plan/")) == 4


class TestStaffPages:
    @pytest.mark.parametrize("url", STAFF_PAGES)
    def test_all_staff_see_what_a_customer_holds(self, cast, client_of, url):
        for person in cast.acme.staff:
            assert client_of(person).get(url).status_code == 200

    @pytest.mark.parametrize("url", STAFF_PAGES + ADMIN_PAGES)
    def test_contacts_and_other_tenants_see_nothing(self, cast, client_of, acting_in, url):
        assert client_of(cast.acme.big.admin).get(url).status_code == 404
        assert client_of(cast.acme.small.contact).get(url).status_code == 404
        assert "C-BIG" in text_of(client_of(cast.acme.agent).get("/customers/BIG/contracts/"))
        with acting_in(cast.rival.tenant):
            Contract.objects.filter(number="C-BIG").update(number="R-BIG")
        rival = client_of(cast.rival.agent).get("/customers/BIG/contracts/").content.decode()
        assert "R-BIG" in rival
        assert "C-BIG" not in rival

    @pytest.mark.parametrize("url", ADMIN_PAGES)
    def test_only_administrators_open_the_forms(self, cast, client_of, admin, url):
        assert admin.get(url).status_code == 200
        assert client_of(cast.acme.csm).get(url).status_code == 404

    def test_decisions_are_shown_with_their_sentences(self, cast, client_of):
        page = text_of(client_of(cast.acme.agent).get("/customers/SMA/decisions/"))
        assert page.count('data-allowed="yes"') == 26
        assert page.count('data-allowed="no"') == 20
        assert "“Special Event Support” isn’t part of Xtreme, the plan of contract C-SMA." in page

    def test_the_customers_page_has_the_contracts(self, cast, client_of):
        assert "C-BIG" in text_of(client_of(cast.acme.agent).get("/customers/BIG/"))


class TestForms:
    def post_contract(self, cast, client, **changes):
        data = {
            "plan": cast.acme.big.contract.plan_id,
            "products": [cast.acme.ledger.pk, cast.acme.store.pk],
            "starts_on": "2040-01-01",
            "ends_on": "2040-12-31",
            "number": "",
            "grace_days": "7",
            **changes,
        }
        return client.post("/customers/BIG/contracts/new/", data)

    def test_a_contract_is_signed(self, cast, admin, acting_in):
        answer = self.post_contract(cast, admin)
        assert answer.headers["Location"] == "/customers/BIG/contracts/"
        with acting_in(cast.acme.tenant):
            contract = Contract.objects.get(number="BIG-2040-2")
            assert (contract.lines.count(), contract.grace_days) == (2, 7)

    def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(self, cast, admin, acting_in):
        answer = text_of(self.post_contract(cast, admin, ends_on="2039-12-31", number="Mine"))
        assert "The support period can’t end before it starts." in answer
        assert 'value="Mine"' in answer
        with acting_in(cast.acme.tenant):
            assert Contract.objects.filter(account=cast.acme.big.account).count() == 1

    def test_another_tenants_plan_cannot_be_chosen(self, cast, admin):
        page = text_of(self.post_contract(cast, admin, plan=cast.rival.big.contract.plan_id))
        assert "is not one of the available choices" in page

    def test_a_contract_is_cancelled_by_administrators_only(self, cast, client_of, admin, acting_in):
        url = f"/customers/BIG/contracts/{cast.acme.big.contract.pk}/cancel/"
        assert client_of(cast.acme.lead).post(url).status_code == 404
        assert admin.get(url).status_code == 405
        wrong = f"/customers/SMA/contracts/{cast.acme.big.contract.pk}/cancel/"
        assert admin.post(wrong).status_code == 404
        with acting_in(cast.acme.tenant):
            assert Contract.objects.get(number="C-BIG").cancelled_at is None
        admin.post(url)
        with acting_in(cast.acme.tenant):
            assert Contract.objects.get(number="C-BIG").cancelled_at is not None

    def test_an_installation_is_added_changed_retired_and_restored(self, cast, admin, acting_in):
        data = {
            "name": "Head office",
            "what": f"{cast.acme.store.pk}.",
            "environment": "test",
            "kind": "modified",
        }
        admin.post("/customers/BIG/installations/new/", data)
        with acting_in(cast.acme.tenant):
            made = Installation.objects.get(name="Head office")
            assert (made.product_id, made.version_id, made.kind) == (cast.acme.store.pk, None, "modified")
        url = f"/customers/BIG/installations/{made.pk}/"
        admin.post(url, {**data, "name": "Branch", "kind": "standard"})
        admin.post(f"{url}retire/")
        with acting_in(cast.acme.tenant):
            made.refresh_from_db()
            assert (made.name, made.kind, made.retired_at is None) == ("Branch", "standard", False)
        admin.post(f"{url}retire/", {"restore": "1"})
        with acting_in(cast.acme.tenant):
            made.refresh_from_db()
            assert made.retired_at is None

    def test_an_installation_keeps_its_product(self, cast, admin):
        url = f"/customers/BIG/installations/{cast.acme.big.installation.pk}/"
        data = {"name": "Main", "what": f"{cast.acme.store.pk}.", "environment": "test", "kind": "standard"}
        assert "is not one of the available choices" in text_of(admin.post(url, data))

    def test_a_use_is_noted_and_given_back(self, cast, client_of, acting_in):
        csm = client_of(cast.acme.csm)
        day = timezone.localdate() + timedelta(days=30)
        with acting_in(cast.acme.tenant):
            event = Feature.objects.get(tenant=cast.acme.tenant, code=FeatureCode.SPECIAL_EVENT_SUPPORT)
        data = {"feature": event.pk, "product": cast.acme.ledger.pk, "used_on": day.isoformat()}
        assert csm.post("/customers/BIG/uses/new/", data).status_code == 302
        assert "has been used up" in text_of(csm.post("/customers/BIG/uses/new/", data))
        with acting_in(cast.acme.tenant):
            use = AllowanceUse.objects.get()
        assert client_of(cast.acme.agent).post(f"/customers/BIG/uses/{use.pk}/cancel/").status_code == 404
        csm.post(f"/customers/BIG/uses/{use.pk}/cancel/")
        with acting_in(cast.acme.tenant):
            assert AllowanceUse.objects.get().cancelled_at is not None

    def test_contacts_see_the_uses_of_their_own_account_only(self, cast, acting_as, acting_in):
        with acting_in(cast.acme.tenant):
            note_allowance_use(
                account=cast.acme.big.account,
                feature=Feature.objects.get(tenant=cast.acme.tenant, code=FeatureCode.SPECIAL_EVENT_SUPPORT),
                product=cast.acme.ledger,
                used_on=timezone.localdate() + timedelta(days=30),
                actor=cast.acme.admin,
            )
        for person, seen in ((cast.acme.big.contact, 1), (cast.acme.small.contact, 0), (cast.rival.admin, 0)):
            with acting_as(person):
                assert AllowanceUse.objects.count() == seen
