"""Taking, assigning, severity, resolving, reopening, closing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from entitlements.actions import cancel_contract
from incidents import actions
from incidents.actions import (
    assign,
    change_severity,
    close,
    contest_severity,
    reopen,
    reply,
    resolve,
    take_next,
)
from incidents.enums import State
from incidents.models import AgentProduct, Incident, TeamProduct
from plans.enums import Severity
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.history import history_of
from portal.identity.models import Membership, Team, User
from tests.incidents.clocks_of import first_response

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("here")]


def now(incident):
    return Incident.objects.get(pk=incident.pk)


def last(incident):
    entry = history_of(incident).last()
    return entry.verb, entry.actor_name, entry.data


def test_take_next_gives_the_most_urgent_one_and_makes_it_the_agents(cast, log):
    log(cast.acme.small.contact)
    urgent = log(cast.acme.small.contact, severity=Severity.CRITICAL)
    taken = take_next(person=cast.acme.agent)
    assert (taken, taken.assignee_id, taken.state) == (urgent, cast.acme.agent.pk, State.OPEN)
    assert last(urgent) == ("assigned", "The Agent", {"to": "The Agent"})
    assert taken.revision == urgent.revision + 1


def test_take_next_keeps_to_the_agents_team(cast, log):
    other = Team.objects.create(tenant=cast.acme.tenant, name="Second line")
    TeamProduct.objects.create(tenant=cast.acme.tenant, team=other, product=cast.acme.ledger)
    log(severity=Severity.CRITICAL)
    of_no_team = log(product=cast.acme.store)
    assert take_next(person=cast.acme.agent) == of_no_team
    assert take_next(person=cast.acme.agent) is None
    Membership.objects.filter(pk=cast.acme.agent.pk).update(team=None)
    cast.acme.agent.refresh_from_db()
    assert take_next(person=cast.acme.agent).severity == Severity.CRITICAL


def test_take_next_keeps_to_the_agents_languages(cast, log):
    User.objects.filter(pk=cast.acme.big.contact.user_id).update(language="ko")
    cast.acme.big.contact.user.refresh_from_db()
    log(severity=Severity.CRITICAL)
    english = log(cast.acme.small.contact)
    cast.acme.agent.languages = ["en", "fr"]
    assert take_next(person=cast.acme.agent) == english
    assert take_next(person=cast.acme.agent) is None


def test_take_next_keeps_to_the_agents_products(cast, log):
    log(severity=Severity.CRITICAL)
    store = log(product=cast.acme.store)
    AgentProduct.objects.create(tenant=cast.acme.tenant, person=cast.acme.agent, product=cast.acme.store)
    assert take_next(person=cast.acme.agent) == store
    assert take_next(person=cast.acme.agent) is None


def test_take_next_leaves_what_waits_is_solved_or_somebodys(cast, log):
    waiting, solved, taken = log(), log(), log()
    reply(person=cast.acme.agent, incident=waiting, body="Which version?", waiting=True)
    assign(person=cast.acme.lead, incident=waiting, assignee=None)
    resolve(person=cast.acme.agent, incident=solved, resolution="Restarted.")
    assign(person=cast.acme.lead, incident=taken, assignee=cast.acme.other_agent)
    assert take_next(person=cast.acme.agent) is None


@pytest.mark.parametrize("role", ["csm", "admin"])
def test_only_agents_and_leads_take(cast, log, role):
    log()
    with pytest.raises(NotAllowed):
        take_next(person=getattr(cast.acme, role))
    with pytest.raises(NotAllowed):
        take_next(person=cast.acme.big.contact)


def test_assigning_tells_the_colleague_and_opens_it(cast, log, told):
    incident = assign(person=cast.acme.lead, incident=log(), assignee=cast.acme.agent)
    assert (incident.assignee_id, incident.state) == (cast.acme.agent.pk, State.OPEN)
    assert told("assigned") == {"The Agent"}
    assert last(incident) == ("assigned", "The Lead", {"to": "The Agent"})


def test_assigning_to_oneself_tells_nobody_and_back_to_the_queue_neither(cast, log, told):
    incident = assign(person=cast.acme.agent, incident=log(), assignee=cast.acme.agent)
    assign(person=cast.acme.agent, incident=incident, assignee=None)
    assert told("assigned") == set()
    assert now(incident).assignee_id is None


def test_contacts_neither_assign_nor_are_assigned(cast, log):
    incident = log()
    with pytest.raises(NotAllowed):
        assign(person=cast.acme.big.contact, incident=incident, assignee=cast.acme.agent)
    with pytest.raises(Refused, match="can't be given incidents"):
        assign(person=cast.acme.lead, incident=incident, assignee=cast.acme.big.contact)
    assert now(incident).assignee_id is None


def test_what_is_solved_is_given_to_nobody(cast, log):
    incident = log()
    resolve(person=cast.acme.agent, incident=incident, resolution="Patched.")
    with pytest.raises(Refused, match="Reopen it before"):
        assign(person=cast.acme.lead, incident=incident, assignee=cast.acme.other_agent)
    assert now(incident).assignee_id is None


def test_a_new_severity_keeps_the_start_and_swaps_the_target(cast, log, told):
    start = cast.acme.big.contract.created_at
    incident = log(cast.acme.small.contact, severity=Severity.MINOR, at=start)
    twin = log(cast.acme.small.contact, severity=Severity.MAJOR, at=start)
    at = timezone.now()
    changed = change_severity(
        person=cast.acme.agent,
        incident=incident,
        severity=Severity.MAJOR,
        reason="It blocks the close.",
        at=at,
    )
    assert first_response(incident).started_at == start
    assert changed.due_at == first_response(incident).due_at == max(twin.due_at, at) != incident.due_at
    assert last(incident) == (
        "severity", "The Agent", {"before": 3, "after": 2, "reason": "It blocks the close."},
    )  # fmt: skip
    assert told("severity") == {"Sma Contact", "The Lead"}


def test_a_first_response_that_was_met_stays_met(cast, log):
    incident = log(severity=Severity.MINOR)
    reply(person=cast.acme.agent, incident=incident, body="Which version?")
    met = first_response(incident)
    changed = change_severity(person=cast.acme.agent, incident=incident, severity=1, reason="Down.")
    after = first_response(incident)
    assert (after.state, after.ended_at, after.due_at, after.minutes) == (
        "met", met.ended_at, met.due_at, met.minutes,
    )  # fmt: skip
    assert changed.due_at is None


def test_a_severity_changes_only_with_a_reason_by_staff_while_unsolved(cast, log):
    incident = log()
    with pytest.raises(Refused) as refused:
        change_severity(person=cast.acme.agent, incident=incident, severity=4, reason=" ")
    assert refused.value.code == "reason_missing"
    with pytest.raises(NotAllowed):
        change_severity(person=cast.acme.big.contact, incident=incident, severity=1, reason="Now.")
    with pytest.raises(Refused, match="already"):
        change_severity(person=cast.acme.agent, incident=incident, severity=2, reason="Same.")
    assert (now(incident).severity, now(incident).revision) == (2, 0)


def test_what_was_logged_under_cover_keeps_a_target_when_the_contract_ends(cast, log):
    incident = log(cast.acme.small.contact, severity=Severity.MINOR)
    cancel_contract(contract=cast.acme.small.contract, actor=cast.acme.admin)
    changed = change_severity(person=cast.acme.agent, incident=incident, severity=2, reason="Blocked.")
    assert changed.due_at is not None
    assert changed.contract_line_id == incident.contract_line_id


def test_a_contact_contests_a_severity_and_the_leads_hear_why(cast, log, told):
    incident = log()
    contest_severity(person=cast.acme.big.contact, incident=incident, reason="We can't ship.")
    assert now(incident).severity == Severity.MAJOR
    assert told("severity_contested") == {"The Lead"}
    assert last(incident) == (
        "severity_contested", "Big Contact", {"severity": 2, "reason": "We can't ship."},
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        contest_severity(person=cast.acme.agent, incident=incident, reason="Me too.")
    with pytest.raises(Refused):
        contest_severity(person=cast.acme.big.contact, incident=incident, reason="")


def test_a_resolution_says_how_and_tells_the_customer(cast, log, told):
    incident = log()
    with pytest.raises(Refused) as refused:
        resolve(person=cast.acme.agent, incident=incident, resolution="")
    assert refused.value.code == "resolution_missing"
    resolved = resolve(person=cast.acme.agent, incident=incident, resolution="Restarted.")
    assert (resolved.state, resolved.resolution, resolved.due_at) == (State.RESOLVED, "Restarted.", None)
    assert resolved.resolved_at is not None
    assert "Big Contact" in told("resolved")
    assert "The Agent" not in told("resolved")
    with pytest.raises(Refused, match="resolved already"):
        resolve(person=cast.acme.agent, incident=resolved, resolution="Again.")


def test_a_contacts_own_resolution_is_no_first_response(cast, log):
    incident = resolve(person=cast.acme.big.contact, incident=log(), resolution="It went away.")
    assert (incident.state, incident.due_at) == (State.RESOLVED, None)
    assert first_response(incident).state == "paused"


def test_reopening_needs_a_reason_and_brings_the_old_due_time_back_if_nobody_had_answered(cast, log):
    incident, by = log(), {"person": cast.acme.big.contact, "at": timezone.now()}
    resolve(**by, incident=incident, resolution="It went away.")
    with pytest.raises(Refused):
        reopen(**by, incident=incident, reason=" ")
    opened = reopen(**by, incident=incident, reason="It is back.")
    assert (opened.state, opened.resolved_at) == (State.OPEN, None)
    assert opened.due_at == incident.due_at
    assert first_response(incident).state == "running"
    assert last(incident)[:2] == ("reopened", "Big Contact")


def test_only_staff_close_only_what_is_resolved_and_only_staff_reopen_it_then(cast, log):
    incident = log()
    with pytest.raises(Refused, match="Only a resolved"):
        close(person=cast.acme.agent, incident=incident)
    resolve(person=cast.acme.agent, incident=incident, resolution="Restarted.")
    with pytest.raises(NotAllowed):
        close(person=cast.acme.big.contact, incident=incident)
    closed = close(person=cast.acme.agent, incident=incident)
    assert (closed.state, last(incident)[0]) == (State.CLOSED, "closed")
    with pytest.raises(NotAllowed):
        reopen(person=cast.acme.big.contact, incident=closed, reason="Again.")
    assert reopen(person=cast.acme.agent, incident=closed, reason="Again.").closed_at is None


CHANGES = {
    "assign": lambda person, incident, **k: assign(person=person, incident=incident, assignee=person, **k),
    "severity": lambda person, incident, **k: change_severity(
        person=person, incident=incident, severity=1, reason="Down.", **k
    ),
    "resolve": lambda person, incident, **k: resolve(
        person=person, incident=incident, resolution="Restarted.", **k
    ),
    "contest": lambda person, incident, **k: contest_severity(
        person=person, incident=incident, reason="We can't ship.", **k
    ),
    "reopen": lambda person, incident, **k: reopen(person=person, incident=incident, reason="Back.", **k),
    "close": lambda person, incident, **k: close(person=person, incident=incident, **k),
    "cover": lambda person, incident, **k: actions.put_under_cover(person=person, incident=incident, **k),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_stale_form_is_a_conflict_and_changes_nothing(cast, log, name):
    incident = log()
    reply(person=cast.acme.agent, incident=incident, body="Which version?")
    before = Incident.objects.values().get(pk=incident.pk)
    person = cast.acme.big.contact if name == "contest" else cast.acme.lead
    with pytest.raises(Conflict) as conflict:
        CHANGES[name](person, incident, revision=incident.revision)
    assert conflict.value.code == "stale"
    assert Incident.objects.values().get(pk=incident.pk) == before


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("stranger", ["contact of another account", "agent of another tenant"])
def test_a_stranger_finds_nothing_to_change(cast, log, acting_as, name, stranger):
    incident = log()
    before = Incident.objects.values().get(pk=incident.pk)
    person = cast.rival.lead if stranger.startswith("agent") else cast.acme.small.contact
    with acting_as(person), pytest.raises((Incident.DoesNotExist, NotAllowed)):
        CHANGES[name](person, incident)
    assert Incident.objects.values().get(pk=incident.pk) == before
    assert [entry.verb for entry in history_of(incident)] == ["logged"]


def test_every_change_is_told_to_have_happened_when_it_did(cast, log):
    at = log().created_at - timedelta(days=3)
    incident = log(at=at)
    resolve(person=cast.acme.agent, incident=incident, resolution="Restarted.", at=at + timedelta(hours=1))
    assert [entry.at for entry in history_of(incident)] == [at, *[at + timedelta(hours=1)] * 2]
