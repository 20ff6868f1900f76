"""Calls that are noted afterwards: they answer what was due then, and mend nothing that is broken."""

import pytest

from incidents import actions
from incidents.clocks.replay import replay
from incidents.enums import State
from incidents.models import Clock, ClockSegment, Message, Score
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.history import history_of
from tests.incidents.clocks.conftest import at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _replays(cast, here):
    """Whatever a test does, its clocks follow from their segments."""
    yield
    assert list(replay(cast.acme.tenant, ended=True)) == []


def test_a_call_is_the_first_response_from_when_it_was(story):
    story.log("Mon 2 Mar 09:00", 2)
    message = story.call("Mon 2 Mar 09:30", noted="Mon 2 Mar 12:00")
    assert (message.channel, message.internal, message.created_at) == ("phone", False, at("Mon 2 Mar 09:30"))
    assert story.stands("first_response") == ("met", "Mon 2 Mar 09:30", True)
    assert Score.objects.get().decided_at == at("Mon 2 Mar 09:30")
    assert (story.now().state, story.now().assignee_id) == (State.OPEN, story.house.agent.pk)


def test_the_history_shows_when_the_call_was_and_when_it_was_noted(story):
    story.log("Mon 2 Mar 09:00", 2)
    story.call("Mon 2 Mar 09:30", noted="Mon 2 Mar 12:00")
    entry = history_of(story.incident).get(verb="call")
    assert (entry.at, entry.data["called_at"]) == (at("Mon 2 Mar 12:00"), at("Mon 2 Mar 09:30").isoformat())


@pytest.mark.parametrize(
    ("called", "noted", "code"),
    [
        ("Mon 2 Mar 08:59", "Mon 2 Mar 10:00", "call_before_incident"),
        ("Mon 2 Mar 10:01", "Mon 2 Mar 10:00", "call_in_future"),
        ("Mon 2 Mar 09:30", "Tue 3 Mar 09:31", "call_too_old"),
    ],
)
def test_a_time_at_which_no_call_can_have_been_is_refused(story, called, noted, code):
    story.log("Mon 2 Mar 09:00", 2)
    with pytest.raises(Refused) as refused:
        story.call(called, noted=noted)
    assert (refused.value.code, refused.value.field) == (code, "called_at")
    assert Message.objects.count() == 0
    assert story.clock("first_response").state == "running"


def test_a_call_that_is_exactly_a_day_old_is_taken(story):
    story.log("Mon 2 Mar 09:00", 2)
    story.call("Mon 2 Mar 09:30", noted="Tue 3 Mar 09:30")
    assert story.stands("first_response") == ("met", "Mon 2 Mar 09:30", True)


def test_a_promise_that_was_scored_as_broken_stays_broken_whatever_is_noted(story):
    """The due time passed on Monday at 13:00, and the change of severity on the way scored it."""
    story.log("Mon 2 Mar 09:00", 2)
    story.severity("Mon 2 Mar 14:00", 1)
    story.call("Mon 2 Mar 12:00", noted="Mon 2 Mar 15:00")
    assert [score.kept for score in Score.objects.filter(kind="first_response")] == [False]
    clock = story.clock("first_response")
    assert (clock.state, clock.broken, clock.ended_at >= clock.due_at) == ("met", True, True)


def test_a_late_call_is_late_by_its_own_time(story):
    story.log("Mon 2 Mar 09:00", 2)
    story.call("Mon 2 Mar 13:01", noted="Mon 2 Mar 13:30")
    assert story.stands("first_response") == ("met", "Mon 2 Mar 13:01", False)


def test_a_call_answers_no_message_that_came_after_it(story):
    story.log("Mon 2 Mar 09:00", 2)
    story.answer("Mon 2 Mar 09:30")
    story.write("Mon 2 Mar 11:00")
    story.call("Mon 2 Mar 10:00", noted="Mon 2 Mar 12:00")
    assert story.stands("next_response") == ("running", "Tue 3 Mar 09:00", None)


def test_what_the_customer_asks_between_the_call_and_its_note_is_due_from_then(story):
    story.log("Mon 2 Mar 09:00", 2)
    story.write("Mon 2 Mar 10:30")
    story.write("Mon 2 Mar 11:30")
    story.call("Mon 2 Mar 10:00", noted="Mon 2 Mar 12:00")
    assert story.stands("first_response") == ("met", "Mon 2 Mar 10:00", True)
    clock = story.clock("next_response")
    assert (clock.state, clock.started_at) == ("running", at("Mon 2 Mar 10:30"))


def test_a_message_that_was_answered_after_the_call_is_not_due_again(story):
    story.log("Mon 2 Mar 09:00", 2)
    story.write("Mon 2 Mar 10:30")
    story.answer("Mon 2 Mar 11:00")
    story.call("Mon 2 Mar 10:00", noted="Mon 2 Mar 12:00")
    assert story.stands("first_response") == ("met", "Mon 2 Mar 11:00", True)
    assert story.stands("next_response") == ("none", "", None)


def test_what_happened_to_a_clock_since_the_call_stays_in_its_order(story):
    story.log("Mon 2 Mar 09:00", 3)
    story.severity("Mon 2 Mar 11:00", 2)
    story.call("Mon 2 Mar 10:00", noted="Mon 2 Mar 12:00")
    assert story.stands("first_response") == ("met", "Mon 2 Mar 11:00", True)
    segments = ClockSegment.objects.filter(clock=story.clock("first_response")).order_by("id")
    assert [segment.reason for segment in segments] == ["started", "severity", "met"]
    times = [segment.at for segment in segments]
    assert times == sorted(times)


def test_an_incident_that_was_reopened_since_the_call_waits_for_an_answer(story):
    story.log("Mon 2 Mar 09:00", 2)
    story.solve("Mon 2 Mar 10:30")
    story.reopen("Mon 2 Mar 11:00")
    story.call("Mon 2 Mar 10:00", noted="Mon 2 Mar 12:00")
    assert story.clock("first_response").state == "met"
    clock = story.clock("next_response")
    assert (clock.state, clock.started_at) == ("running", at("Mon 2 Mar 11:00"))


def test_waiting_begins_when_the_call_is_noted(story, promise):
    """A pause that began before the customer could read what is needed would move the due time for free."""
    promise("resolution", {2: 1200})
    story.log("Mon 2 Mar 09:00", 2)
    story.call("Mon 2 Mar 10:00", noted="Mon 2 Mar 14:00", waiting=True)
    resolution = story.clock("resolution")
    assert (resolution.state, resolution.paused_at) == ("paused", at("Mon 2 Mar 14:00"))
    assert (story.now().state, story.now().waiting_since) == (State.WAITING, at("Mon 2 Mar 14:00"))


def test_no_waiting_for_a_customer_who_has_written_since_the_call(story):
    story.log("Mon 2 Mar 09:00", 2)
    story.write("Mon 2 Mar 11:00")
    with pytest.raises(Refused, match="has written since this call") as refused:
        story.call("Mon 2 Mar 10:00", noted="Mon 2 Mar 12:00", waiting=True)
    assert refused.value.field == "waiting"
    assert story.clock("first_response").state == "running"


def test_a_call_ends_a_round_of_updates_and_the_rhythm_is_kept(story, promise):
    promise("update", {2: 300})
    story.log("Mon 2 Mar 09:00", 2)
    story.answer("Mon 2 Mar 09:30")
    story.call("Mon 2 Mar 12:00", noted="Mon 2 Mar 13:00")
    rounds = Clock.objects.filter(kind="update").order_by("round")
    assert [(one.state, one.started_at, one.ended_at) for one in rounds] == [
        ("met", at("Mon 2 Mar 09:30"), at("Mon 2 Mar 12:00")),
        ("running", at("Mon 2 Mar 14:30"), None),
    ]


def test_the_first_update_follows_the_call_that_was_the_first_response(story, promise):
    promise("update", {2: 300})
    story.log("Mon 2 Mar 09:00", 2)
    story.call("Mon 2 Mar 10:00", noted="Mon 2 Mar 12:00")
    assert story.clock("update").started_at == at("Mon 2 Mar 10:00")


def test_calls_are_for_staff_and_say_something(story):
    story.log("Mon 2 Mar 09:00", 2)
    given = {"incident": story.incident, "called_at": at("Mon 2 Mar 10:00"), "at": at("Mon 2 Mar 10:00")}
    with pytest.raises(NotAllowed):
        actions.log_call(person=story.company.contact, body="I called", **given)
    with pytest.raises(Refused, match="Write a message first"):
        actions.log_call(person=story.house.agent, body=" ", **given)
    assert Message.objects.count() == 0


def test_a_closed_incident_takes_no_call(story):
    story.log("Mon 2 Mar 09:00", 2)
    story.resolve("Mon 2 Mar 10:00")
    story.close("Mon 2 Mar 11:00")
    with pytest.raises(Refused, match="is closed"):
        story.call("Mon 2 Mar 12:00")
    assert Message.objects.count() == 0


def test_a_call_that_is_sent_twice_is_one_call(story):
    story.log("Mon 2 Mar 09:00", 2)
    first = story.call("Mon 2 Mar 10:00", key="a")
    assert story.call("Mon 2 Mar 10:00", noted="Mon 2 Mar 10:01", key="a") == first
    with pytest.raises(Conflict, match="different content"):
        story.call("Mon 2 Mar 10:01", noted="Mon 2 Mar 10:02", key="a")
    assert Message.objects.count() == 1
