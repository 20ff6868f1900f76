"""State is checked again at the moment of sending, and the words are in the reader's language and zone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from incidents import actions
from incidents.models import Follower
from notifications.delivery import deliver_batch
from notifications.kinds import kind_of
from notifications.models import Delivery, Notification
from tests.incidents.clocks.conftest import at

pytestmark = pytest.mark.django_db


class Letters:
    def __init__(self):
        self.sent = []

    def send(self, mail):
        self.sent.append((mail.name, mail.letter))


@pytest.fixture
def letters(monkeypatch):
    """``letters()``: what leaves now, as (name, letter). March 2026 is no history here."""
    monkeypatch.setattr("notifications.actions.tell.NEWS", timedelta(days=36500))

    def deliver():
        transport = Letters()
        Delivery.objects.exclude(notification__kind__in=KINDS).delete()
        deliver_batch(transport)
        return transport.sent

    return deliver


KINDS = [f"incidents.{kind}" for kind in ("due", "breached", "late", "missed", "committed")]


@pytest.fixture
def owed(cast, story, sweep):
    """An incident whose first response is due on Monday at 14:00."""
    story.log("Mon 2 Mar 10:00", 2)
    return story


def test_what_still_stands_is_sent(owed, sweep, letters):
    sweep("Mon 2 Mar 14:00")
    names = sorted(name for name, _letter in letters())
    assert names == ["Other Agent", "Sma Contact", "The Agent", "The Lead"]


@pytest.mark.parametrize("then", ["met", "resolved", "changed", "solved"])
def test_a_met_changed_or_paused_clock_sends_nothing(owed, sweep, letters, then):
    sweep("Mon 2 Mar 12:00")
    when = "Mon 2 Mar 12:01"
    {
        "met": lambda: owed.answer(when),
        "resolved": lambda: owed.resolve(when),
        "changed": lambda: owed.severity(when, 3),
        "solved": lambda: owed.solve(when),
    }[then]()
    assert letters() == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {"dropped"}


def test_a_paused_resolution_sends_nothing(story, promise, sweep, letters):
    promise("resolution", {2: 240})
    story.log("Mon 2 Mar 10:00", 2)
    story.answer("Mon 2 Mar 10:30")
    sweep("Mon 2 Mar 12:00")
    assert Notification.objects.filter(kind="incidents.due").exists()
    story.answer("Mon 2 Mar 12:01", waiting=True)
    assert letters() == []


def test_who_lost_sight_of_the_incident_gets_nothing(cast, owed, sweep, letters):
    follower = cast.acme.small.colleague
    actions.add_follower(person=cast.acme.small.contact, incident=owed.incident, follower=follower)
    sweep("Mon 2 Mar 14:00")
    Follower.objects.filter(person=follower).delete()
    assert "Sma Colleague" not in {name for name, _letter in letters()}


@pytest.mark.parametrize("kind", ["due", "missed", "committed"])
def test_checking_costs_the_same_for_one_and_for_three(cast, story, sweep, kind):
    for _ in range(3):
        story.log("Mon 2 Mar 10:00", 2)
    sweep("Mon 2 Mar 12:00")
    sweep("Mon 2 Mar 14:00")
    actions.commit_to(
        person=cast.acme.lead, incident=story.incident, by=at("Mon 2 Mar 18:00"), at=at("Mon 2 Mar 14:30")
    )
    told = list(Notification.objects.filter(kind=f"incidents.{kind}").select_related("recipient__tenant"))
    costs = []
    for some in (told[:1], told[:3]):
        with CaptureQueriesContext(connection) as captured:
            kind_of(f"incidents.{kind}").still_right_many(some)
        costs.append(len(captured))
    assert costs == [2, 2]


def test_a_letter_says_what_was_promised_that_it_was_not_kept_and_until_when_now(owed, sweep, letters):
    sweep("Mon 2 Mar 14:00")
    [letter] = [letter for name, letter in letters() if name == "Sma Contact"]
    reference = owed.incident.reference
    with timezone.override("UTC"):
        text = " ".join(letter.text.split())
    assert f"For {reference}, “Posting run stops”, we had promised you: First response by" in text
    assert "we have not kept our promise. We are sorry." in text
    assert "We now commit to" in text
    assert letter.subject.startswith(f"{reference}: we have not kept our promise. First response was due ")


def test_times_are_in_the_readers_zone_and_language(cast, owed, sweep, letters):
    for person, zone in ((cast.acme.lead, "Asia/Seoul"), (cast.acme.agent, "Europe/Berlin")):
        person.user.time_zone = zone
        person.user.save(update_fields=["time_zone"])
    sweep("Mon 2 Mar 14:00")
    texts = {name: " ".join(letter.text.split()) for name, letter in letters()}
    assert "Mon, 2 Mar 2026 22:00 KST" in texts["The Lead"]
    assert "Mon, 2 Mar 2026 14:00 CET" in texts["The Agent"]


def test_an_early_alert_names_the_percent_and_the_due_time(owed, sweep, letters):
    sweep("Mon 2 Mar 13:00")
    letter = dict(letters())["The Lead"]
    assert letter.subject.startswith(
        f"{owed.incident.reference}: 75 % of the time is gone. First response is due "
    )
    assert "This alert comes late" not in letter.text


def test_an_alert_after_an_outage_says_that_it_is_late(owed, sweep, letters):
    sweep("Mon 2 Mar 13:30")
    assert "This alert comes late: alerts were standing still." in dict(letters())["The Lead"].text


def test_a_line_of_the_history_reads_as_a_sentence(client_of, cast, owed, sweep):
    sweep("Mon 2 Mar 14:00")
    for person in (cast.acme.agent, cast.acme.small.contact):
        page = client_of(person).get(f"/incidents/{owed.incident.reference}/").content.decode()
        assert "and the promise was not kept. The new commitment is" in page


def test_titles_are_written_in_every_language(owed, sweep):
    sweep("Mon 2 Mar 14:00")
    told = Notification.objects.filter(kind__in=KINDS).first()
    with translation.override("sv"):
        assert owed.incident.reference in kind_of(told.kind).title(told.data)
