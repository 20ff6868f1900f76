"""Programs work incidents by the actions of the pages; a change from a stale reading is refused."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from incidents.actions import resolve
from incidents.enums import State
from incidents.models import Clock, Follower, Incident
from portal.core.history import history_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def verbs(acting_in):
    """What the history of an incident says, oldest first."""

    def read(incident):
        with acting_in(incident.tenant):
            return [entry.verb for entry in history_of(incident)]

    return read


@pytest.fixture
def agent(program, cast):
    return program(cast.acme.agent)


def test_an_agent_takes_answers_and_resolves(cast, agent, incident, verbs):
    path = f"incidents/{incident.reference}/"
    taken = agent.post(f"{path}take/", {"revision": 0}).json()
    assert (taken["assignee"]["id"], taken["state"], taken["revision"]) == (cast.acme.agent.pk, "open", 1)
    written = agent.post(f"{path}messages/", {"body": "Which step?", "waiting": True})
    assert (written.status_code, written.json()["by_staff"]) == (201, True)
    waiting = agent.get(path).json()
    assert (waiting["state"], waiting["due_at"]) == ("waiting", None)
    assert [(clock["state"], clock["ended_at"]) for clock in waiting["clocks"]] == [
        ("met", waiting["waiting_since"])
    ]
    resolved = agent.post(f"{path}resolve/", {"resolution": "Restarted."}).json()
    assert (resolved["state"], resolved["resolution"]) == ("resolved", "Restarted.")
    closed = agent.post(f"{path}close/").json()
    assert (closed["state"], closed["closed_at"] > closed["resolved_at"]) == ("closed", True)
    assert verbs(incident) == ["logged", "assigned", "first_response", "state", "resolved", "closed"]


def test_a_contact_contests_solves_and_reopens(cast, program, incident, verbs):
    contact, path = program(cast.acme.big.contact), f"incidents/{incident.reference}/"
    answers = [
        contact.post(f"{path}contest/", {"reason": "Nobody can post."}),
        contact.post(f"{path}resolve/", {"resolution": "It runs again."}),
        contact.post(f"{path}reopen/", {"reason": "It stopped again."}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [answer.json()["state"] for answer in answers] == ["new", "resolved", "open"]
    assert verbs(incident) == ["logged", "severity_contested", "resolved", "reopened"]


@pytest.fixture
def overdue(incident, acting_in):
    """The first response was due an hour ago, and is not given."""
    with acting_in(incident.tenant):
        Clock.objects.filter(incident=incident).update(
            due_at=timezone.now() - timedelta(hours=1), broken=True
        )
    return f"incidents/{incident.reference}/"


def test_a_lead_commits_to_another_time_after_a_breach(cast, program, incident, overdue, verbs):
    by = (timezone.now() + timedelta(hours=3)).replace(microsecond=0)
    lead = program(cast.acme.lead)
    answer = lead.post(f"{overdue}commitment/", {"by": by.isoformat(), "revision": 0})
    assert answer.status_code == 200
    [clock] = answer.json()["clocks"]
    assert datetime.fromisoformat(clock["commitment_at"]) == by
    assert verbs(incident) == ["logged", "committed"]


@pytest.mark.parametrize(
    ("who", "hours", "status", "code"),
    [("agent", 3, 403, "not_allowed"), ("contact", 3, 403, "not_allowed"), ("lead", -1, 422, "not_ahead")],
)
def test_a_commitment_that_cannot_be_is_refused(
    cast, program, incident, overdue, verbs, who, hours, status, code
):
    person = cast.acme.big.contact if who == "contact" else getattr(cast.acme, who)
    by = timezone.now() + timedelta(hours=hours)
    answer = program(person).post(f"{overdue}commitment/", {"by": by.isoformat()})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert verbs(incident) == ["logged"]


def test_staff_assign_to_a_colleague_and_give_back(cast, agent, incident):
    path = f"incidents/{incident.reference}/assign/"
    given = agent.post(path, {"assignee": cast.acme.other_agent.pk, "team": cast.acme.team.pk}).json()
    assert (given["assignee"]["name"], given["team"]) == (cast.acme.other_agent.name, cast.acme.team.pk)
    assert agent.post(path, {"assignee": None}).json()["assignee"] is None


def test_a_severity_is_changed_with_a_reason(agent, incident):
    path = f"incidents/{incident.reference}/severity/"
    without = agent.post(path, {"severity": 1})
    assert (without.status_code, list(without.json()["fields"])) == (400, ["reason"])
    changed = agent.post(path, {"severity": 1, "reason": "All sites."}).json()
    assert (changed["severity"], changed["due_at"] < incident.due_at.isoformat()) == (1, True)


def test_cover_is_refused_in_words_while_there_is_none(cast, program, incident, acting_in):
    with acting_in(cast.acme.tenant):
        Incident.objects.filter(pk=incident.pk).update(coverage_check=True)
        type(cast.acme.big.contract).objects.filter(pk=cast.acme.big.contract.pk).update(
            starts_on="2020-01-01", ends_on="2020-12-31"
        )
    answer = program(cast.acme.lead).post(f"incidents/{incident.reference}/cover/")
    assert (answer.status_code, answer.json()["code"]) == (422, "contract_expired")
    assert "C-BIG" in answer.json()["message"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("take", {}),
        ("assign", {"assignee": None}),
        ("severity", {"severity": 1, "reason": "All sites."}),
        ("resolve", {"resolution": "Restarted."}),
    ],
)
def test_a_stale_change_answers_with_the_present_state(agent, incident, verbs, name, body):
    agent.post(f"incidents/{incident.reference}/severity/", {"severity": 3, "reason": "One site."})
    before = verbs(incident)
    stale = agent.post(f"incidents/{incident.reference}/{name}/", {**body, "revision": 0})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert stale.json()["current"] == agent.get(f"incidents/{incident.reference}/").json()
    assert stale.json()["current"]["severity"] == 3
    assert verbs(incident) == before


@pytest.mark.parametrize("name", ["close", "reopen"])
def test_a_stale_end_answers_with_the_present_state(cast, agent, incident, acting_in, verbs, name):
    with acting_in(cast.acme.tenant):
        resolve(person=cast.acme.agent, incident=incident, resolution="Restarted.")
    body = {"revision": 0, **({"reason": "No."} if name == "reopen" else {})}
    stale = agent.post(f"incidents/{incident.reference}/{name}/", body)
    assert (stale.status_code, stale.json()["current"]["state"]) == (409, State.RESOLVED)
    assert verbs(incident) == ["logged", "first_response", "resolved"]


def test_people_of_another_tenant_or_account_cannot_be_named(cast, agent, incident):
    path = f"incidents/{incident.reference}/"
    foreign, contact = cast.rival.agent.pk, cast.acme.big.contact.pk
    for pk in (foreign, contact, 2**62):
        answer = agent.post(f"{path}assign/", {"assignee": pk})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["assignee"])
    answer = agent.post(f"{path}assign/", {"assignee": None, "team": cast.rival.team.pk})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["team"])
    for pk in (cast.acme.small.contact.pk, cast.rival.big.contact.pk):
        answer = agent.post(f"{path}followers/", {"person": pk})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["person"])


def test_people_follow_and_are_followed(cast, program, incident, acting_in):
    contact, path = program(cast.acme.big.contact), f"incidents/{incident.reference}/"
    colleague = cast.acme.big.colleague
    assert contact.post(f"{path}followers/", {"person": colleague.pk}).status_code == 204
    assert contact.get(f"{path}followers/").json()["results"] == [
        {"id": colleague.pk, "name": colleague.name}
    ]
    assert program(colleague).get(path).status_code == 200
    assert program(colleague).post(f"{path}unfollow/").status_code == 204
    assert program(colleague).get(path).status_code == 404
    assert program(cast.acme.agent).post(f"{path}follow/").status_code == 204
    with acting_in(cast.acme.tenant):
        assert [one.person_id for one in Follower.objects.all()] == [cast.acme.agent.pk]


def test_the_why_opens_into_the_coverage_that_was_counted(agent, incident):
    why = agent.get(f"incidents/{incident.reference}/why/").json()
    detail = agent.get(f"incidents/{incident.reference}/").json()
    assert (why["due_at"], why["started_at"]) == (detail["due_at"], detail["created_at"])
    assert [(part["state"], part["reason"], part["by"]) for part in why["segments"]] == [
        ("running", "started", "Big Contact")
    ]
    assert (why["time_zone"], why["spans"][-1]["end"]) == ("Europe/Berlin", why["due_at"])
