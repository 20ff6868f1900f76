"""The changes of an incident as pages: who has them, what they do, and what a stale form gets."""

import re

import pytest

from incidents import actions
from incidents.models import Follower
from portal.core.models import HistoryEntry
from tests.incidents.pages.conftest import page_of

pytestmark = pytest.mark.django_db

STAFF = {"take", "assign", "severity", "resolve", "close", "call", "link"}
CONTACTS = {"solved", "contest"}
BOTH = {"reopen", "followers"}
DECIDERS = {"cover"}


@pytest.mark.parametrize(
    ("who", "has"),
    [
        ("agent", STAFF | BOTH),
        ("lead", STAFF | BOTH | DECIDERS),
        ("csm", (STAFF | BOTH | DECIDERS) - {"take"}),
        ("admin", (STAFF | BOTH | DECIDERS) - {"take"}),
        ("contact", CONTACTS | BOTH),
    ],
)
def test_each_role_has_its_changes_and_the_others_do_not_exist(client_of, house, incident, reload, who, has):
    client = client_of(house.big.contact if who == "contact" else getattr(house, who))
    answers = {name: client.get(f"{page_of(incident)}{name}/") for name in STAFF | CONTACTS | BOTH | DECIDERS}
    assert {name for name, response in answers.items() if response.status_code == 200} == has
    assert {response.status_code for name, response in answers.items() if name not in has} <= {404}
    for name in answers.keys() - has:
        assert (
            client.post(f"{page_of(incident)}{name}/", {"reason": "x", "resolution": "x"}).status_code == 404
        )
    assert reload(incident).revision == 0


def test_a_change_comes_as_a_dialog_where_htmx_asks(client_of, house, incident):
    html = (
        client_of(house.agent)
        .get(page_of(incident) + "resolve/", headers={"HX-Request": "true"})
        .content.decode()
    )
    assert "<html" not in html
    assert "<dialog" in html


def test_take_assign_and_give_back(client_of, house, incident, reload):
    client = client_of(house.agent)
    client.post(page_of(incident) + "take/", {"revision": 0})
    assert reload(incident).assignee_id == house.agent.pk
    client.post(page_of(incident) + "assign/", {"assignee": house.other_agent.pk, "team": house.team.pk})
    taken = reload(incident)
    assert (taken.assignee_id, taken.team_id) == (house.other_agent.pk, house.team.pk)
    client.post(page_of(incident) + "assign/", {"assignee": "none", "team": ""})
    assert reload(incident).assignee_id is None


@pytest.mark.parametrize("foreign", ["contact", "rival"])
def test_only_staff_of_the_tenant_can_be_assigned(client_of, house, cast, incident, reload, foreign):
    who = house.big.contact if foreign == "contact" else cast.rival.agent
    response = client_of(house.agent).post(page_of(incident) + "assign/", {"assignee": who.pk})
    assert response.status_code == 422
    assert reload(incident).assignee_id is None


def test_a_stale_form_is_told_and_shows_both(client_of, house, incident, reload, acting_as):
    with acting_as(house.lead):
        actions.assign(person=house.lead, incident=incident, assignee=house.other_agent)
    client = client_of(house.agent)
    response = client.post(
        page_of(incident) + "severity/", {"severity": "3", "reason": "A way around.", "revision": 0}
    )
    html = response.content.decode()
    assert response.status_code == 409
    assert reload(incident).severity == 2
    assert "Assigned to Other Agent" in html
    assert "The Lead assigned the incident to Other Agent" in html
    assert "A way around." in html
    assert 'name="revision" value="1"' in html
    client.post(page_of(incident) + "severity/", {"severity": "3", "reason": "A way around.", "revision": 1})
    assert reload(incident).severity == 3


def test_a_severity_needs_a_reason_and_keeps_the_choice(client_of, house, incident, reload):
    response = client_of(house.agent).post(page_of(incident) + "severity/", {"severity": "4", "reason": ""})
    assert response.status_code == 422
    assert reload(incident).severity == 2
    assert re.search(r'name="severity" value="4"[^>]* checked', response.content.decode())


def test_a_contact_contests_with_a_reason(client_of, house, incident, acting_in):
    client_of(house.big.contact).post(page_of(incident) + "contest/", {"reason": "Nobody can post."})
    with acting_in(house.tenant):
        entry = HistoryEntry.objects.get(subject_id=incident.pk, verb="severity_contested")
    assert entry.data["reason"] == "Nobody can post."


def test_a_contact_solves_reopens_and_staff_close(client_of, house, incident, reload):
    contact, agent = client_of(house.big.contact), client_of(house.agent)
    contact.post(page_of(incident) + "solved/", {"resolution": "A restart helped."})
    assert (reload(incident).state, reload(incident).resolution) == ("resolved", "A restart helped.")
    contact.post(page_of(incident) + "reopen/", {"reason": "It came back."})
    assert reload(incident).state == "open"
    agent.post(page_of(incident) + "resolve/", {"resolution": "Fixed in 1.1."})
    agent.post(page_of(incident) + "close/", {})
    assert reload(incident).state == "closed"
    refused = contact.post(page_of(incident) + "reopen/", {"reason": "Again."})
    assert refused.status_code == 403
    assert "Again." in refused.content.decode()
    assert reload(incident).state == "closed"


def test_solving_twice_says_that_it_is_solved(client_of, house, incident, reload):
    client = client_of(house.agent)
    client.post(page_of(incident) + "resolve/", {"resolution": "Fixed."})
    response = client.post(page_of(incident) + "resolve/", {"resolution": "Fixed again."})
    assert response.status_code == 422
    assert reload(incident).resolution == "Fixed."


def test_cover_is_refused_with_the_sentence_and_given_when_there_is_a_contract(
    client_of, house, log, reload, acting_in
):
    with acting_in(house.tenant):
        house.big.contract.lines.filter(product=house.ledger).delete()
    incident = log()
    client = client_of(house.lead)
    refused = client.post(page_of(incident) + "cover/", {})
    assert refused.status_code == 422
    assert "doesn’t cover it" in refused.content.decode()
    with acting_in(house.tenant):
        house.big.contract.lines.create(
            tenant=house.tenant, account=house.big.account, product=house.ledger, contract=house.big.contract
        )
    client.post(page_of(incident) + "cover/", {})
    covered = reload(incident)
    assert (covered.coverage_check, covered.due_at is not None) == (False, True)


def test_following_and_leaving_again(client_of, house, incident, acting_in):
    client = client_of(house.big.admin)
    client.post(page_of(incident) + "follow/")
    with acting_in(house.tenant):
        assert Follower.objects.filter(incident=incident, person=house.big.admin).exists()
    assert client.post(page_of(incident) + "unfollow/").headers["Location"] == page_of(incident)
    with acting_in(house.tenant):
        assert not Follower.objects.filter(incident=incident).exists()


def test_a_colleague_who_is_added_sees_the_incident_and_leaves_to_the_list(client_of, house, incident):
    colleague = client_of(house.big.colleague)
    assert colleague.get(page_of(incident)).status_code == 404
    client_of(house.big.contact).post(page_of(incident) + "followers/", {"follower": house.big.colleague.pk})
    assert colleague.get(page_of(incident)).status_code == 200
    assert colleague.post(page_of(incident) + "unfollow/").headers["Location"] == "/incidents/"
    assert colleague.get(page_of(incident)).status_code == 404


@pytest.mark.parametrize("foreign", ["other account", "other tenant", "staff"])
def test_a_contact_adds_people_of_the_own_company_only(client_of, house, cast, incident, acting_in, foreign):
    who = {
        "other account": house.small.contact,
        "other tenant": cast.rival.big.contact,
        "staff": house.agent,
    }[foreign]
    response = client_of(house.big.contact).post(page_of(incident) + "followers/", {"follower": who.pk})
    assert response.status_code == 422
    with acting_in(house.tenant):
        assert not Follower.objects.filter(incident=incident).exists()
