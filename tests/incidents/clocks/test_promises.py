"""What the clocks promise, by its sentences: those that the tables of the page don't show."""

import pytest

from incidents import actions
from incidents.clocks.replay import replay
from incidents.models import AlertStep, Clock, Score
from incidents.sentences import sentence_of
from notifications.models import Notification
from plans.memory import forget
from portal.core.errors import Refused
from portal.core.history import history_of
from tests.incidents.clocks.conftest import at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _replays(cast, here):
    """Whatever a test does, its clocks follow from their segments."""
    yield
    assert list(replay(cast.acme.tenant, ended=True)) == []


def _scores(kind):
    return list(Score.objects.filter(kind=kind).order_by("id").values_list("kept", "decided_at"))


def test_an_automatic_message_is_no_response(story):
    story.log("Mon 2 Mar 09:00", 2)
    assert Notification.objects.filter(kind="incidents.logged", recipient=story.company.contact).exists()
    assert story.stands("first_response") == ("running", "Mon 2 Mar 13:00", None)


def test_notes_assignments_and_states_are_no_response(story):
    story.log("Mon 2 Mar 09:00", 2)
    story.note("Mon 2 Mar 09:10")
    agent, lead = story.house.agent, story.house.lead
    actions.assign(person=lead, incident=story.incident, assignee=agent, at=at("Mon 2 Mar 09:20"))
    actions.assign(person=lead, incident=story.incident, assignee=None, at=at("Mon 2 Mar 09:30"))
    assert story.now().state == "open"
    assert story.stands("first_response") == ("running", "Mon 2 Mar 13:00", None)
    assert Score.objects.count() == 0


def test_while_the_first_response_is_due_no_other_answer_is(story, promise):
    promise("update", {2: 300})
    story.log("Mon 2 Mar 09:00", 2)
    story.write("Mon 2 Mar 10:00")
    story.write("Mon 2 Mar 11:00")
    assert set(Clock.objects.values_list("kind", flat=True)) == {"first_response"}


def test_waiting_never_pauses_the_update(story, promise):
    promise("update", {2: 300})
    promise("resolution", {2: 1200})
    story.log("Mon 2 Mar 09:00", 2)
    story.answer("Mon 2 Mar 10:00", waiting=True)
    assert story.stands("resolution")[0] == "paused"
    assert story.stands("update") == ("running", "Mon 2 Mar 15:00", None)


def test_whatever_the_customer_writes_lets_the_resolution_run_again(story, promise):
    promise("resolution", {2: 1200})
    story.log("Mon 2 Mar 09:00", 2)
    story.answer("Mon 2 Mar 10:00", waiting=True)
    story.write("Mon 2 Mar 12:00")
    assert story.stands("resolution") == ("running", "Wed 4 Mar 11:00", None)
    assert story.now().state == "open"


def test_a_call_or_answer_without_a_word_never_makes_it_wait(story, promise):
    promise("resolution", {2: 1200})
    story.log("Mon 2 Mar 09:00", 2)
    for say in (actions.reply, actions.log_call):
        more = {"called_at": at("Mon 2 Mar 09:30")} if say is actions.log_call else {}
        given = {"person": story.house.agent, "incident": story.incident, "body": "  ", "waiting": True}
        with pytest.raises(Refused, match="Write a message first"):
            say(**given, **more, at=at("Mon 2 Mar 10:00"))
    assert story.stands("resolution")[0] == "running"


@pytest.mark.parametrize("severity", [1, 3])
def test_what_was_met_stays_met_whatever_the_severity_becomes(story, severity):
    story.log("Mon 2 Mar 09:00", 2)
    story.answer("Mon 2 Mar 10:00")
    met = story.stands("first_response")
    story.severity("Mon 2 Mar 11:00", severity)
    assert story.stands("first_response") == met == ("met", "Mon 2 Mar 10:00", True)
    assert Clock.objects.filter(kind="first_response").count() == 1


def test_a_target_that_is_over_when_it_is_set_is_due_at_once_and_broken_once(story):
    """Severity 1 promises an hour; two are gone."""
    story.log("Mon 2 Mar 09:00", 2)
    story.severity("Mon 2 Mar 11:00", 1)
    clock = story.clock("first_response")
    assert (clock.due_at, clock.broken) == (at("Mon 2 Mar 11:00"), False)
    story.severity("Mon 2 Mar 11:30", 2)
    story.answer("Mon 2 Mar 12:00")
    assert _scores("first_response") == [(False, at("Mon 2 Mar 11:00"))]


def test_reopening_never_starts_a_second_first_response(story):
    story.log("Mon 2 Mar 09:00", 2)
    story.answer("Mon 2 Mar 10:00")
    for day in ("Tue 3 Mar", "Wed 4 Mar"):
        story.resolve(f"{day} 10:00")
        story.reopen(f"{day} 11:00")
    assert Clock.objects.filter(kind="first_response").count() == 1
    assert story.stands("next_response") == ("running", "Thu 5 Mar 09:00", None)


def test_reopened_before_any_answer_the_first_response_goes_on(story):
    """An hour of it was used when its customer marked it as solved, and three are left."""
    story.log("Mon 2 Mar 09:00", 2)
    story.solve("Mon 2 Mar 10:00")
    assert story.stands("first_response")[0] == "paused"
    story.reopen("Tue 3 Mar 10:00")
    assert story.stands("first_response") == ("running", "Tue 3 Mar 13:00", None)
    assert set(Clock.objects.values_list("kind", "round")) == {("first_response", 1)}


def test_what_is_scored_is_never_scored_again(story):
    story.log("Mon 2 Mar 09:00", 2)
    story.severity("Mon 2 Mar 14:00", 3)
    story.answer("Mon 2 Mar 14:30")
    assert _scores("first_response") == [(False, at("Mon 2 Mar 13:00"))]
    assert story.clock("first_response").broken


def test_a_clock_that_its_severity_no_longer_has_ends_without_a_score(story, promise):
    promise("update", {2: 300})
    story.log("Mon 2 Mar 09:00", 2)
    story.answer("Mon 2 Mar 10:00")
    story.severity("Mon 2 Mar 11:00", 3)
    assert story.stands("update") == ("stopped", "Mon 2 Mar 11:00", None)


def test_what_is_broken_is_scored_under_the_severity_it_was_promised_for(story):
    """The sweep may not have seen it yet when the severity is changed."""
    story.log("Mon 2 Mar 16:00", 2)
    story.severity("Tue 3 Mar 11:00", 3)
    [score] = Score.objects.filter(incident=story.incident)
    assert (score.kept, score.severity) == (False, 2)


def test_another_severity_with_the_same_target_has_the_steps_of_its_own(cast, story, promise):
    promise("resolution", {3: 600, 4: 600})
    AlertStep.objects.filter(percent__lt=100).delete()
    AlertStep.objects.create(tenant=cast.acme.tenant, percent=60, severities=[4], audiences=["lead"])
    forget(cast.acme.tenant.pk)
    story.log("Mon 2 Mar 08:00", 3)
    assert story.clock("resolution").alert_at == at("Mon 2 Mar 18:00")
    story.severity("Mon 2 Mar 09:00", 4)
    clock = story.clock("resolution")
    assert (clock.alert_at, clock.due_at) == (at("Mon 2 Mar 14:00"), at("Mon 2 Mar 18:00"))


def test_a_late_answer_before_the_sweep_says_in_the_history_that_the_promise_was_broken(story):
    story.log("Mon 2 Mar 16:00", 2)
    story.answer("Tue 3 Mar 11:00")
    story.write("Tue 3 Mar 12:00")
    story.answer("Tue 3 Mar 13:00")
    lines = [entry for entry in history_of(story.incident) if entry.verb == "breached"]
    assert [(line.data["promise"], line.data["commitment_at"], line.actor_name) for line in lines] == [
        ("first_response", None, "")
    ]
    assert sentence_of(lines[0]).text.endswith("and the promise was not kept.")
