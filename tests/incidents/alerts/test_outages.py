"""The sweep was dead, or dies in the middle: everything once, and late where it is late."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from incidents.alerts import sweep as sweeping
from incidents.alerts.sweep import alert_due
from incidents.models import Alert, Clock, Incident, Score
from notifications.models import Notification
from portal.core.history import history_of
from tests.incidents.clocks.conftest import at

pytestmark = pytest.mark.django_db


def test_the_first_sweep_after_an_outage_alerts_everything_once_and_marks_it_late(story, sweep, told, alerts):
    story.log("Mon 2 Mar 10:00", 2)
    assert sweep("Mon 2 Mar 15:00") == 1
    assert alerts() == [(50, True, True), (75, True, True), (100, False, True)]
    assert [kind for kind, name in told() if name == "The Lead"] == ["breached"]
    assert ("missed", "Sma Contact") in told()
    assert sweep("Mon 2 Mar 15:00") == 0
    assert sweep("Mon 2 Mar 16:00") == 1
    assert alerts()[-1] == (150, False, False)


@pytest.mark.parametrize(("seconds", "late"), [(60, False), (61, True)])
def test_more_than_a_minute_is_late(story, seconds, late):
    story.log("Mon 2 Mar 10:00", 2)
    alert_due(lambda: at("Mon 2 Mar 12:00") + timedelta(seconds=seconds))
    alert = Alert.objects.get()
    assert (alert.due_at, alert.late) == (at("Mon 2 Mar 12:00"), late)


def test_a_breach_seen_late_promises_no_time_that_is_over(story, sweep):
    story.log("Mon 2 Mar 10:00", 2)
    sweep("Tue 3 Mar 09:00")
    clock = story.clock("first_response")
    assert clock.commitment_at == at("Tue 3 Mar 11:00")


def test_who_is_alerted_late_reads_so(story, sweep):
    story.log("Mon 2 Mar 10:00", 2)
    sweep("Mon 2 Mar 12:30")
    assert {one.data["late"] for one in Notification.objects.filter(kind="incidents.due")} == {True}


def test_what_was_answered_during_the_outage_is_not_alerted(story, sweep, told):
    story.log("Mon 2 Mar 10:00", 2)
    story.answer("Mon 2 Mar 14:30")
    assert (sweep("Mon 2 Mar 15:00"), told()) == (0, set())
    assert [score.kept for score in Score.objects.filter(kind="first_response")] == [False]


def test_a_sweep_that_is_killed_in_the_middle_has_done_nothing_and_the_next_does_all(
    story, sweep, told, alerts, monkeypatch
):
    incident = story.log("Mon 2 Mar 10:00", 2)
    with monkeypatch.context() as dying:
        dying.setattr(sweeping, "_keep", _die)
        with pytest.raises(OperationalError):
            sweep("Mon 2 Mar 14:00")
    assert (alerts(), told(), Score.objects.count()) == ([], set(), 0)
    assert [line.verb for line in history_of(incident)] == ["logged"]
    assert sweep("Mon 2 Mar 14:00") == 1
    assert [percent for percent, _folded, _late in alerts()] == [50, 75, 100]
    assert [line.verb for line in history_of(incident)] == ["logged", "breached"]


def _die(*args):
    raise OperationalError("the connection was closed")


def test_one_clock_that_cannot_be_alerted_does_not_hold_up_the_others(story, sweep, monkeypatch, caplog):
    bad, *good = [story.log("Mon 2 Mar 10:00", 2) for _ in range(5)]
    raise_alerts = sweeping.raise_alerts

    def fail_for_one(clock, *args):
        if clock.incident_id == bad.pk:
            raise ValueError("no such calendar")
        return raise_alerts(clock, *args)

    monkeypatch.setattr(sweeping, "raise_alerts", fail_for_one)
    assert sweep("Mon 2 Mar 12:00") == 4
    alerted = set(Alert.objects.values_list("clock__incident_id", flat=True))
    assert alerted == {one.pk for one in good}
    assert "could not be alerted" in caplog.text


def test_more_than_a_batch_is_alerted_in_one_run(story, sweep, monkeypatch, alerts):
    monkeypatch.setattr(sweeping, "BATCH", 2)
    for _ in range(5):
        story.log("Mon 2 Mar 10:00", 2)
    assert sweep("Mon 2 Mar 12:00") == 5
    assert len(alerts()) == 5


def test_a_sweep_stops_after_a_while_and_the_next_goes_on(story, sweep, monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 1)
    monkeypatch.setattr(sweeping, "RUNS_FOR", 0)
    story.log("Mon 2 Mar 10:00", 2)
    assert sweep("Mon 2 Mar 12:00") == 0
    monkeypatch.setattr(sweeping, "RUNS_FOR", 20)
    assert sweep("Mon 2 Mar 12:00") == 1


def test_an_alert_time_that_no_step_stands_behind_is_put_right_in_silence(story, sweep, told):
    story.log("Mon 2 Mar 10:00", 2)
    Clock.objects.update(alert_at=at("Mon 2 Mar 10:30"))
    assert sweep("Mon 2 Mar 11:00") == 1
    assert (story.clock("first_response").alert_at, told()) == (at("Mon 2 Mar 12:00"), set())


def test_the_sweep_leaves_the_incident_itself_alone(story, sweep):
    incident = story.log("Mon 2 Mar 10:00", 2)
    sweep("Mon 2 Mar 14:00")
    assert Incident.objects.get(pk=incident.pk).revision == incident.revision
