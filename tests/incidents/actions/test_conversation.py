"""Replies, notes, waiting: what counts as a response, and who is told."""

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from incidents.actions import add_follower, add_note, assign, close, follow, reply, resolve, unfollow
from incidents.enums import State
from incidents.models import Incident, Message
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.history import history_of
from tests.incidents.clocks_of import first_response

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("here")]


def now(incident):
    return Incident.objects.get(pk=incident.pk)


def test_the_first_public_message_of_staff_is_the_first_response(cast, log, story):
    incident = log()
    message = reply(person=cast.acme.agent, incident=incident, body="Which version?")
    after = now(incident)
    clock = first_response(incident)
    assert (clock.state, clock.ended_at, clock.due_at) == ("met", message.created_at, incident.due_at)
    assert (after.due_at, after.due_clock_id) == (None, None)
    assert (after.state, after.assignee_id) == (State.OPEN, cast.acme.agent.pk)
    assert story(incident) == [
        ("logged", "Big Contact"), ("first_response", "The Agent"), ("assigned", "The Agent"),
        ("state", "The Agent"),
    ]  # fmt: skip


def test_the_second_message_of_staff_moves_nothing(cast, log):
    incident = log()
    first = reply(person=cast.acme.agent, incident=incident, body="Which version?")
    reply(person=cast.acme.other_agent, incident=incident, body="And which database?")
    after = now(incident)
    assert (first_response(incident).ended_at, after.assignee_id) == (first.created_at, cast.acme.agent.pk)


def test_notes_changes_and_the_customers_own_words_are_no_response(cast, log):
    incident = log()
    add_note(person=cast.acme.agent, incident=incident, body="Looks like the cache.")
    assign(person=cast.acme.lead, incident=incident, assignee=cast.acme.agent)
    reply(person=cast.acme.big.contact, incident=incident, body="It is urgent.")
    after = now(incident)
    assert first_response(incident).state == "running"
    assert after.due_at == incident.due_at


def test_waiting_comes_only_with_a_message_and_only_from_staff(cast, log, story):
    incident = log()
    reply(person=cast.acme.big.contact, incident=incident, body="Hello?", waiting=True)
    assert now(incident).state == State.NEW
    with pytest.raises(Refused, match="Write a message"):
        reply(person=cast.acme.agent, incident=incident, body="  ", waiting=True)
    assert now(incident).state == State.NEW
    message = reply(person=cast.acme.agent, incident=incident, body="Which version?", waiting=True)
    after = now(incident)
    assert (after.state, after.waiting_since) == (State.WAITING, message.created_at)
    assert list(Incident.objects.to_do()) == []


def test_any_message_of_the_customer_resumes(cast, log, story):
    incident = log()
    reply(person=cast.acme.agent, incident=incident, body="Which version?", waiting=True)
    reply(person=cast.acme.big.contact, incident=incident, body="1.0")
    after = now(incident)
    assert (after.state, after.waiting_since) == (State.OPEN, None)
    assert story(incident)[-1] == ("state", "Big Contact")


def test_the_customers_message_reopens_what_is_resolved_without_a_second_first_response(cast, log, story):
    incident = log()
    reply(person=cast.acme.agent, incident=incident, body="Restart it.")
    met = first_response(incident).ended_at
    resolve(person=cast.acme.agent, incident=incident, resolution="Restarted.")
    reply(person=cast.acme.big.contact, incident=incident, body="Again.")
    after = now(incident)
    assert (after.state, after.resolved_at, after.due_clock.kind) == (State.OPEN, None, "next_response")
    reply(person=cast.acme.agent, incident=incident, body="Patched.")
    assert first_response(incident).ended_at == met
    assert [verb for verb, _who in story(incident)].count("first_response") == 1


def test_a_closed_incident_refuses_replies_from_everybody(cast, log):
    incident = log()
    resolve(person=cast.acme.agent, incident=incident, resolution="Restarted.")
    close(person=cast.acme.agent, incident=incident)
    for person in (cast.acme.big.contact, cast.acme.agent):
        with pytest.raises(Refused, match="BIG-1 is closed") as refused:
            reply(person=person, incident=incident, body="More.")
        assert refused.value.code == "closed"
    assert Message.objects.count() == 0


def test_a_reply_tells_both_sides_but_never_who_wrote_it(cast, log, told):
    incident = log()
    assign(person=cast.acme.lead, incident=incident, assignee=cast.acme.agent)
    follow(person=cast.acme.big.admin, incident=incident)
    reply(person=cast.acme.agent, incident=incident, body="Which version?")
    assert told("reply") == {"Big Contact", "Big Admin"}
    reply(person=cast.acme.big.contact, incident=incident, body="1.0")
    assert told("reply") == {"Big Contact", "Big Admin", "The Agent"}


def test_while_nobody_has_it_a_customers_reply_tells_the_leads(cast, log, told):
    reply(person=cast.acme.big.contact, incident=log(), body="Hello?")
    assert told("reply") == {"The Lead"}


def test_who_unfollows_is_told_no_more(cast, log, told):
    incident = log()
    follow(person=cast.acme.big.admin, incident=incident)
    unfollow(person=cast.acme.big.admin, incident=incident)
    reply(person=cast.acme.agent, incident=incident, body="Which version?")
    assert told("reply") == {"Big Contact"}


def test_an_internal_note_tells_only_whom_it_mentions(cast, log, told):
    incident = log()
    mentions = [cast.acme.lead, cast.acme.agent, cast.acme.big.colleague]
    note = add_note(person=cast.acme.agent, incident=incident, body="See the log.", mentions=mentions)
    assert (note.internal, sorted(note.mentions)) == (True, sorted([cast.acme.lead.pk, cast.acme.agent.pk]))
    assert told("mention") == {"The Lead"}
    assert told("reply") == set()
    with pytest.raises(NotAllowed):
        add_note(person=cast.acme.big.contact, incident=incident, body="Mine.")


def test_a_colleague_who_is_added_sees_it_from_then_on(cast, log, acting_as):
    incident, colleague = log(), cast.acme.big.colleague
    assert not Incident.objects.visible_to(colleague).exists()
    add_follower(person=cast.acme.big.contact, incident=incident, follower=colleague)
    assert Incident.objects.visible_to(colleague).get() == incident
    assert history_of(incident).last().verb == "follower"


def test_a_reply_sent_twice_is_one_message(cast, log):
    incident = log()
    first = reply(person=cast.acme.agent, incident=incident, body="Which version?", key="k")
    assert reply(person=cast.acme.agent, incident=incident, body="Which version?", key="k") == first
    with pytest.raises(Conflict):
        reply(person=cast.acme.agent, incident=incident, body="Which one?", key="k")
    assert Message.objects.count() == 1


def test_what_was_said_stays_as_it_was_said(cast, log):
    message = reply(person=cast.acme.agent, incident=log(), body="Which version?")
    for attempt in (
        lambda: Message.objects.filter(pk=message.pk).update(body="Nothing."),
        lambda: Message.objects.filter(pk=message.pk).delete(),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            attempt()
    assert Message.objects.get().body == "Which version?"


def test_the_database_takes_no_internal_note_from_a_contact(cast, log):
    incident = log()
    with pytest.raises(IntegrityError, match="only_staff_write_internal_notes"), transaction.atomic():
        Message.objects.create(
            tenant=cast.acme.tenant, account_id=incident.account_id, incident=incident,
            author=cast.acme.big.contact, by_staff=False, internal=True, body="Mine.",
        )  # fmt: skip


@pytest.mark.parametrize("who", ["small.contact", "rival"])
def test_strangers_find_no_incident_to_write_to(cast, log, acting_as, who):
    incident = log()
    stranger = cast.rival.agent if who == "rival" else cast.acme.small.contact
    with acting_as(stranger), pytest.raises(Incident.DoesNotExist):
        reply(person=stranger, incident=incident, body="Mine.")
    assert Message.objects.count() == 0
    assert now(incident).revision == incident.revision
