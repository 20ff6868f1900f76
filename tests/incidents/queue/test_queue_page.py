"""The queue as staff see it: order, views, filters, pages, and what it costs."""

import re

import pytest

from incidents.actions import NewIncident, assign, log_incident, reply, take_next
from incidents.enums import Kind
from incidents.models import Incident
from plans.enums import Severity
from portal.core.history import history_of
from tests.statements import statements_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def logged(cast, acting_as):
    """Logs an incident for a company's contact."""

    def log(company, severity=Severity.MINOR, title="It stops", house=cast.acme):
        with acting_as(company.contact):
            return log_incident(
                person=company.contact,
                incident=NewIncident(
                    kind=Kind.DEFECT,
                    severity=severity,
                    product=house.ledger,
                    title=title,
                    description="It stops at night.",
                ),
            )

    return log


def references(response):
    return re.findall(r'<a href="/incidents/([A-Z0-9-]+)/" data-item>', response.content.decode())


def test_severity_comes_first_then_plan_priority_then_age(cast, client_of, logged):
    small_minor = logged(cast.acme.small)
    big_minor = logged(cast.acme.big)
    small_major = logged(cast.acme.small, Severity.MAJOR)
    response = client_of(cast.acme.agent).get("/queue/")
    assert references(response) == [small_major.reference, big_minor.reference, small_minor.reference]


def test_four_statements_for_one_row_and_for_three(cast, client_of, logged):
    client = client_of(cast.acme.agent)
    logged(cast.acme.big)
    client.get("/queue/")
    one = statements_of(client, "/queue/")
    logged(cast.acme.big)
    logged(cast.acme.small)
    three = statements_of(client, "/queue/")
    assert (len(one), len(three)) == (4, 4)


def test_what_waits_for_the_customer_leaves_the_to_do_view(cast, client_of, logged, acting_as):
    incident = logged(cast.acme.big)
    with acting_as(cast.acme.agent):
        reply(person=cast.acme.agent, incident=incident, body="Which version?", waiting=True)
    client = client_of(cast.acme.agent)
    assert references(client.get("/queue/")) == []
    assert references(client.get("/queue/?view=waiting")) == [incident.reference]


def test_each_view_shows_its_own(cast, client_of, logged, acting_as):
    mine, free = logged(cast.acme.big), logged(cast.acme.small)
    with acting_as(cast.acme.agent):
        assign(person=cast.acme.agent, incident=mine, assignee=cast.acme.agent)
    client = client_of(cast.acme.agent)
    assert references(client.get("/queue/?view=mine")) == [mine.reference]
    assert references(client.get("/queue/?view=unassigned")) == [free.reference]
    assert references(client.get("/queue/?view=coverage-check")) == []


def test_filters_narrow_and_unknown_values_do_not(cast, client_of, logged):
    minor, major = logged(cast.acme.big), logged(cast.acme.small, Severity.MAJOR)
    client = client_of(cast.acme.agent)
    assert references(client.get("/queue/?severity=2")) == [major.reference]
    assert references(client.get("/queue/?severity=seven")) == [major.reference, minor.reference]
    assert references(client.get(f"/queue/?product={cast.acme.store.pk}")) == []
    assert references(client.get(f"/queue/?q={minor.reference[:4].lower()}")) == [minor.reference]


def test_pages_go_on_where_the_last_one_ended(cast, client_of, logged, monkeypatch):
    monkeypatch.setattr("incidents.queries.queue_page.__kwdefaults__", {"cursor": "", "size": 2})
    all_of_them = [logged(cast.acme.big).reference for _ in range(5)]
    client, seen, url = client_of(cast.acme.agent), [], "/queue/"
    for _ in range(3):
        response = client.get(url)
        seen.append(references(response))
        url = "/queue/" + response.context["next_url"]
    assert seen == [all_of_them[:2], all_of_them[2:4], all_of_them[4:]]
    assert response.context["next_url"] == ""


def test_a_cursor_that_nobody_made_is_refused_with_a_sentence(cast, client_of):
    response = client_of(cast.acme.agent).get("/queue/?after=rubbish")
    assert response.status_code == 400
    assert b"Start from the first page" in response.content


def test_take_next_leads_to_the_most_urgent_incident(cast, client_of, logged):
    logged(cast.acme.small)
    urgent = logged(cast.acme.small, Severity.CRITICAL)
    response = client_of(cast.acme.agent).post("/queue/next/")
    assert (response.status_code, response.headers["Location"]) == (302, f"/incidents/{urgent.reference}/")


def test_taking_is_noted_as_assigning_to_oneself_is(cast, logged, acting_as):
    taken, assigned = logged(cast.acme.big), logged(cast.acme.big)
    agent = cast.acme.agent
    with acting_as(agent):
        assert take_next(person=agent) == taken
        assign(person=agent, incident=assigned, assignee=agent)
        notes = [
            history_of(incident)
            .filter(verb="assigned")
            .values("account_id", "actor_id", "actor_name", "internal", "data")
            .get()
            for incident in (taken, assigned)
        ]
    assert notes[0] == notes[1]


def test_take_next_says_when_nothing_is_left(cast, client_of):
    response = client_of(cast.acme.agent).post("/queue/next/", follow=True)
    assert "Nothing waits for you" in response.content.decode()


def test_why_here_names_severity_plan_and_due_time(cast, client_of, logged):
    incident = logged(cast.acme.big, Severity.MAJOR)
    text = client_of(cast.acme.agent).get(f"/queue/why/{incident.reference}/").content.decode()
    assert "Severity 2" in text
    assert "Xtreme Elite has Plan Priority Queuing" in text
    assert "Its response is due" in text


def test_the_queue_is_not_for_contacts_nor_for_nobody(cast, client_of, logged):
    logged(cast.acme.big)
    assert client_of(cast.acme.big.contact).get("/queue/").status_code == 404
    assert client_of(None).get("/queue/").status_code == 302
    assert client_of(cast.acme.big.contact).post("/queue/next/").status_code == 404


def test_another_tenants_staff_see_their_own_queue_only(cast, client_of, logged, acting_as):
    incident = logged(cast.acme.big)
    client = client_of(cast.rival.agent)
    assert references(client.get("/queue/")) == []
    assert client.get(f"/queue/why/{incident.reference}/").status_code == 404
    with acting_as(cast.rival.agent):
        assert take_next(person=cast.rival.agent) is None
    with acting_as(cast.acme.agent):
        assert Incident.objects.get(pk=incident.pk).assignee_id is None


def test_the_staff_home_shows_the_persons_own_work(cast, client_of, logged, acting_as):
    mine, other = logged(cast.acme.big), logged(cast.acme.small)
    with acting_as(cast.acme.agent):
        assign(person=cast.acme.agent, incident=mine, assignee=cast.acme.agent)
    page = client_of(cast.acme.agent).get("/").content.decode()
    assert mine.reference in page
    assert other.reference not in page
