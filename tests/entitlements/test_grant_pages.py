"""Who sees and changes what is granted, page by page."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from entitlements.actions import grant_feature
from entitlements.models import Grant
from plans.models import Feature
from portal.identity.actions.tokens import make_token
from tests.statements import statements_of

NEW = "/customers/SMA/grants/new/"
CONTRACTS = "/customers/SMA/contracts/"
REASON = "They <teach> others"
SHOWN = "They &lt;teach&gt; others"


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def education(cast, acting_in):
    with acting_in(cast.acme.tenant):
        return Feature.objects.get(tenant=cast.acme.tenant, code="education_incentives")


@pytest.fixture
def granted(cast, acting_in, education):
    today = timezone.localdate(timezone=ZoneInfo("Europe/Berlin"))
    with acting_in(cast.acme.tenant):
        return grant_feature(
            account=cast.acme.small.account,
            feature=education,
            product=None,
            starts_on=today,
            ends_on=today + timedelta(days=30),
            reason=REASON,
            actor=cast.acme.csm,
        )


def post(client, education, **changes):
    today = timezone.localdate(timezone=ZoneInfo("Europe/Berlin"))
    data = {
        "feature": education.pk,
        "product": "",
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=9)).isoformat(),
        "reason": "To try",
        **changes,
    }
    return client.post(NEW, data)


@pytest.mark.parametrize("role", ["admin", "csm"])
def test_administrators_and_success_managers_grant(cast, client_of, education, role):
    client = client_of(getattr(cast.acme, role))
    assert "Education Incentives" in text_of(client.get(NEW))
    assert "Phone Access" not in text_of(client.get(NEW))
    assert post(client, education).headers["Location"] == CONTRACTS
    page = text_of(client.get(CONTRACTS))
    assert "To try" in page
    assert "Every product" in page


@pytest.mark.parametrize("role", ["agent", "lead"])
def test_other_staff_read_and_do_not_grant(cast, client_of, education, granted, role):
    client = client_of(getattr(cast.acme, role))
    assert client.get(NEW).status_code == 404
    assert post(client, education).status_code == 404
    assert client.post(f"/customers/SMA/grants/{granted.pk}/revoke/").status_code == 404
    page = text_of(client.get(CONTRACTS))
    assert SHOWN in page
    assert "grants/" not in page


def test_a_refusal_stands_on_the_form_with_what_was_typed(cast, client_of, education):
    page = text_of(post(client_of(cast.acme.csm), education, ends_on="2020-01-01"))
    assert "can’t end before it starts" in page
    assert "To try" in page


def test_what_is_not_discretionary_cannot_be_chosen(cast, client_of, education, acting_in):
    with acting_in(cast.acme.tenant):
        phone = Feature.objects.get(tenant=cast.acme.tenant, code="phone_access")
        with acting_in(cast.rival.tenant):
            theirs = Feature.objects.get(tenant=cast.rival.tenant, code="education_incentives")
    client = client_of(cast.acme.csm)
    for feature in (phone, theirs):
        assert "is not one of the available choices" in text_of(post(client, education, feature=feature.pk))
    with acting_in(cast.acme.tenant):
        assert not Grant.objects.exists()


def test_it_is_revoked(cast, client_of, granted):
    csm, url = client_of(cast.acme.csm), f"/customers/SMA/grants/{granted.pk}/revoke/"
    assert "data-confirm" in text_of(csm.get(CONTRACTS))
    assert csm.get(url).status_code == 405
    assert csm.post(url.replace("SMA", "BIG")).status_code == 404
    assert client_of(cast.rival.admin).post(url).status_code == 404
    assert client_of(cast.acme.small.admin).post(url).status_code == 404
    assert SHOWN in text_of(csm.get(CONTRACTS))
    assert "is revoked." in text_of(csm.post(url, follow=True))
    assert SHOWN not in text_of(csm.get(CONTRACTS))
    assert "revoked already" in text_of(csm.post(url, follow=True))


def test_its_customer_reads_who_until_when_and_why_and_nobody_elses(cast, client_of, granted):
    page = text_of(client_of(cast.acme.small.contact).get("/plan/"))
    assert "Granted at our discretion" in page
    assert SHOWN in page
    assert f"Granted by {cast.acme.csm.name}" in page
    assert page.count('data-has="yes"') == 14
    other = text_of(client_of(cast.acme.big.contact).get("/plan/"))
    assert "Granted at our discretion" not in other
    assert SHOWN not in other


def test_decisions_name_the_grant(cast, client_of, granted):
    page = text_of(client_of(cast.acme.agent).get("/customers/SMA/decisions/"))
    assert f"is granted to Small Company by {cast.acme.csm.name} until" in page
    assert page.count('data-allowed="yes"') == 28


@pytest.mark.parametrize(("url", "who"), [("/plan/", "contact"), (CONTRACTS, "csm")])
def test_grants_cost_no_statement_more(cast, client_of, education, url, who, acting_in):
    client = client_of(cast.acme.small.contact if who == "contact" else cast.acme.csm)
    client.get(url)
    before = len(statements_of(client, url))
    post(client_of(cast.acme.csm), education)
    post(client_of(cast.acme.csm), education, starts_on="2040-01-01", ends_on="2040-02-01")
    with acting_in(cast.acme.tenant):
        assert Grant.objects.count() == 2
    assert len(statements_of(client, url)) == before


def test_programs_are_told_until_when(cast, client_of, granted, acting_in, settings):
    with acting_in(cast.acme.tenant):
        _token, secret = make_token(
            person=cast.acme.small.contact, name="Nightly", scope="read", expires_at=None
        )
    found = Client(HTTP_HOST=f"{cast.acme.tenant.label}.{settings.BASE_HOST}").get(
        "/api/v1/decisions/?feature=education_incentives", headers={"authorization": f"Bearer {secret}"}
    )
    [row] = found.json()["results"]
    assert (row["allowed"], row["reason"], row["granted_until"]) == (
        True,
        "allowed",
        granted.ends_on.isoformat(),
    )


def test_history_says_who_granted_what(cast, client_of, granted):
    page = text_of(client_of(cast.acme.admin).get("/settings/audit/?kind=grant"))
    assert f"{cast.acme.csm.name} granted education_incentives from" in page
