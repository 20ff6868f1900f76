"""Who sees which promises: by the page, the lists, the sheets and the API."""

import csv
import io
import re

import pytest
from django.utils import timezone

from plans.models import Plan
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.actions.tokens import make_token
from portal.identity.models import Tenant

pytestmark = pytest.mark.django_db
REPORT = "/reports/promises/"
PAGES = [REPORT, *(f"{REPORT}{rest}" for rest in ("all/", "kept/", "broken/"))]
SHEETS = [f"{REPORT}{rest}" for rest in ("table.csv", "all.csv", "kept.csv", "broken.csv")]


@pytest.fixture
def scored(house, cast, score):
    """Two of the big company, one of the small one, one of another tenant."""
    score(house.big.contact, title="Big kept")
    score(house.big.contact, title="Big broken", kept=False)
    score(house.small.contact, title="Small broken", kept=False)
    score(cast.rival.big.contact, title="Rival broken", kept=False)


@pytest.fixture
def company_sees_all(house):
    with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT):
        Tenant.objects.filter(pk=house.tenant.pk).update(customers_see_company=True)


@pytest.fixture
def ask(cast, client_of):
    def call(person, query=""):
        with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
            _token, secret = make_token(person=person, name="Program", scope="read", expires_at=None)
        client = client_of(None, tenant=person.tenant)
        return client.get(f"/api/v1/reports/promises/{query}", headers={"authorization": f"Bearer {secret}"})

    return call


def listed(client, url=f"{REPORT}all.csv"):
    text = client.get(url).content.decode("utf-8-sig")
    return sorted(row["Title"] for row in csv.DictReader(io.StringIO(text)))


def test_staff_see_their_tenants(house, cast, scored, client_of, ask):
    assert listed(client_of(house.agent)) == ["Big broken", "Big kept", "Small broken"]
    assert listed(client_of(cast.rival.agent)) == ["Rival broken"]
    assert ask(house.csm).json()["total"] == {"promises": 3, "kept": 1, "broken": 2, "share": 1 / 3}
    assert ask(cast.rival.admin).json()["total"] == {"promises": 1, "kept": 0, "broken": 1, "share": 0.0}


def test_a_customer_admin_sees_their_accounts(house, cast, scored, client_of, ask):
    assert listed(client_of(house.big.admin)) == ["Big broken", "Big kept"]
    assert listed(client_of(house.small.admin)) == ["Small broken"]
    assert ask(house.big.admin).json()["total"]["promises"] == 2
    html = client_of(house.big.admin).get(REPORT).content.decode()
    assert 'class="stat-value">2<' in html
    assert "Small" not in html


@pytest.mark.parametrize("url", [*PAGES, *SHEETS])
@pytest.mark.parametrize("who", ["contact", "colleague"])
def test_a_contact_who_sees_their_own_incidents_only_finds_nothing(house, scored, client_of, url, who):
    client = client_of(getattr(house.big, who))
    nothing = client.get("/nothing/is/here/")
    answer = client.get(url)
    assert (answer.status_code, nothing.status_code) == (404, 404)
    assert 'href="/reports/promises/"' not in client.get("/").content.decode()


@pytest.mark.parametrize("who", ["contact", "colleague"])
def test_a_contact_who_sees_the_companys_incidents_sees_its_promises(
    house, scored, company_sees_all, client_of, ask, who
):
    person = getattr(house.big, who)
    assert listed(client_of(person)) == ["Big broken", "Big kept"]
    assert 'href="/reports/promises/"' in client_of(person).get("/").content.decode()


def test_the_api_says_who_may_see_it(house, scored, ask):
    answer = ask(house.big.contact)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


@pytest.mark.parametrize("url", [*PAGES, *SHEETS])
def test_nobody_is_asked_to_sign_in(house, scored, client_of, url):
    answer = client_of(None, tenant=house.tenant).get(url)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/account/login/")


@pytest.mark.parametrize("url", [*PAGES, *SHEETS])
def test_nothing_can_be_posted(house, client_of, url):
    assert client_of(house.agent).post(url).status_code == 405


@pytest.mark.parametrize("by", ["account", "team"])
def test_a_contact_cannot_group_by_what_is_the_staffs(house, scored, client_of, ask, by):
    html = client_of(house.big.admin).get(f"{REPORT}?by={by}").content.decode()
    assert "Grouped by: Select a valid choice." in html
    assert ask(house.big.admin, f"?by={by}").status_code == 400


def test_a_contact_cannot_widen_or_look_elsewhere(house, scored, client_of, ask):
    for query in ("?account=SMA", "?team=none", f"?team={house.team.pk}", "?account=NOBODY"):
        assert listed(client_of(house.big.admin), f"{REPORT}all.csv{query}") == ["Big broken", "Big kept"]
        assert ask(house.big.admin, query).status_code == 400


def test_a_contact_is_told_of_no_plan_of_the_past_but_their_own(house, scored, client_of):
    with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT):
        for code in ("elite", "xtreme"):
            Plan.objects.filter(tenant=house.tenant, code=code).update(retired_at=timezone.now())
    offered = [
        re.findall(r'<option value="(elite|xtreme|premium)"', client_of(person).get(REPORT).content.decode())
        for person in (house.big.admin, house.small.admin, house.agent)
    ]
    assert [sorted(codes) for codes in offered] == [
        ["elite", "premium"],
        ["premium", "xtreme"],
        ["elite", "premium", "xtreme"],
    ]
    rows = ["Big broken", "Big kept"]
    assert listed(client_of(house.big.admin), f"{REPORT}all.csv?plan=elite") == rows


def test_an_account_of_another_tenant_is_as_unknown_as_none(house, cast, scored, client_of, ask):
    with acting(tenant_id=cast.rival.tenant.pk, account_id=EVERY_ACCOUNT):
        type(cast.rival.big.account).objects.filter(pk=cast.rival.big.account.pk).update(key="RIVAL")
    answers = [ask(house.admin, f"?account={key}") for key in ("RIVAL", "NOBODY")]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].content == answers[1].content


def test_without_the_filter_in_code_the_rows_still_hide_others(
    house, cast, scored, client_of, monkeypatch, ask
):
    from incidents.models import Score
    from incidents.reports import queries

    monkeypatch.setattr(queries, "scores_for", lambda person, question: Score.objects.all())
    monkeypatch.setattr("incidents.models.IncidentQuerySet.visible_to", lambda rows, person: rows.all())
    assert listed(client_of(house.big.admin)) == ["Big broken", "Big kept"]
    assert listed(client_of(cast.rival.admin)) == ["Rival broken"]
    assert ask(house.small.admin).json()["total"]["promises"] == 1
