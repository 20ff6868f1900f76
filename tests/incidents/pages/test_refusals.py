"""Who asked to use something and was refused stays in the account's history."""

from datetime import timedelta

import pytest
from django.utils import timezone

from entitlements.enums import InstallationKind
from entitlements.models import AllowanceUse, Installation
from incidents.models import Incident
from plans.models import Feature
from portal.core.history import history_of

pytestmark = pytest.mark.django_db
NEW = "/incidents/new/"


@pytest.fixture
def refusals(acting_in, house):
    def of(company):
        with acting_in(house.tenant):
            entries = history_of(company.account).filter(verb="refused")
            return [(entry.actor_name, entry.data["feature"], entry.data["reason"]) for entry in entries]

    return of


@pytest.fixture
def how_to(acting_in, house):
    installation = house.big.installation
    with acting_in(house.tenant):
        Installation.objects.filter(pk=installation.pk).update(kind=InstallationKind.MODIFIED)
    return {
        "key": "k1",
        "kind": "how_to",
        "product": house.ledger.pk,
        "installation": installation.pk,
        "severity": "4",
        "title": "How do we post?",
        "description": "To company 3.",
    }


def test_a_how_to_question_leaves_no_incident_and_one_entry(client_of, house, how_to, refusals, acting_in):
    answer = client_of(house.big.contact).post(NEW, how_to)
    assert "this one is modified" in answer.content.decode()
    assert refusals(house.big) == [("Big Contact", "how_to_assistance", "installation_modified")]
    assert refusals(house.small) == []
    with acting_in(house.tenant):
        assert not Incident.objects.exists()
        entry = history_of(house.big.account).get(verb="refused")
        assert entry.account_id == house.big.account.pk
        assert (entry.data["product"], entry.data["contract"]) == (house.ledger.name, "C-BIG")
        assert (entry.data["plan"], entry.data["edition"]) == ("elite", 1)


def test_a_use_that_comes_too_soon(client_of, house, refusals, acting_in):
    with acting_in(house.tenant):
        event = Feature.objects.get(tenant=house.tenant, code="special_event_support")
    used_on = (timezone.localdate() + timedelta(days=3)).isoformat()
    data = {"feature": event.pk, "product": house.ledger.pk, "used_on": used_on}
    answer = client_of(house.csm).post("/customers/BIG/uses/new/", data)
    assert "days of notice" in answer.content.decode()
    assert refusals(house.big) == [("The Csm", "special_event_support", "notice_too_short")]
    with acting_in(house.tenant):
        assert not AllowanceUse.objects.exists()
        assert history_of(house.big.account).get(verb="refused").data["on"] == used_on
    page = client_of(house.admin).get("/settings/audit/").content.decode()
    assert "asked for special_event_support" in page


def test_what_is_merely_shown_leaves_none(client_of, house, refusals):
    for person, url in (
        (house.small.contact, "/plan/"),
        (house.small.contact, NEW),
        (house.agent, "/customers/SMA/decisions/"),
    ):
        assert client_of(person).get(url).status_code == 200
    assert refusals(house.small) == []


def test_a_refusal_that_nobody_decided_by_contract_leaves_none(client_of, house, how_to, refusals):
    client_of(house.big.contact).post(NEW, {**how_to, "kind": "installation"})
    assert refusals(house.big) == []


def test_nobody_elses_account_sees_it(client_of, house, how_to, acting_as):
    client_of(house.big.contact).post(NEW, how_to)
    for person, seen in ((house.big.contact, 1), (house.small.contact, 0)):
        with acting_as(person):
            assert history_of(house.big.account).filter(verb="refused").count() == seen
