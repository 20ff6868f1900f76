"""Two at once, in real transactions: two sweeps never alert twice, and nobody waits in a circle."""

from threading import Event, Thread

import pytest
from django.db import connection, transaction

from incidents import actions
from incidents.actions import NewIncident, log_incident
from incidents.alerts import sweep as sweeping
from incidents.alerts.sweep import alert_due
from incidents.enums import Kind
from incidents.models import Alert, Clock, Incident, Score
from notifications.models import Notification
from plans.enums import Severity
from portal.core.history import HistoryEntry
from portal.core.tenancy import EVERY_ACCOUNT, acting
from tests.cast import find_cast, make_cast
from tests.incidents.actions.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house():
    return (find_cast() or make_cast()).acme


@pytest.fixture
def due(house):
    """``due(3)``: so many incidents whose first response is due; and when all of them are."""

    def make(count):
        with _inside(house):
            logged = [
                log_incident(
                    person=house.small.contact,
                    incident=NewIncident(
                        kind=Kind.DEFECT,
                        severity=Severity.MAJOR,
                        product=house.ledger,
                        title=f"Run {number}",
                        description="It stops.",
                    ),
                )
                for number in range(count)
            ]
            clocks = Clock.objects.filter(incident__in=logged)
            when = max(clocks.values_list("due_at", flat=True))
            clocks.update(alert_at="2026-03-02T10:00Z")
        return logged, when

    return make


def _inside(house):
    return acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT)


def _counts(house):
    with _inside(house):
        return (
            sorted(Alert.objects.values_list("percent", flat=True)),
            Score.objects.count(),
            HistoryEntry.objects.filter(verb="breached").count(),
            Notification.objects.filter(kind="incidents.missed").count(),
        )


def test_sweeps_at_once_never_alert_twice(house, due, monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 3)
    _logged, when = due(12)
    results = at_once(4, lambda number: alert_due(lambda: when))
    alert_due(lambda: when)
    assert all(isinstance(result, int) for result in results), results
    assert _counts(house) == (sorted([50, 75, 100] * 12), 12, 12, 12)


def test_a_sweep_leaves_what_another_holds_and_takes_the_rest(house, due):
    [held, free], when = due(2)
    holding, done = Event(), Event()

    def hold():
        with _inside(house):
            list(Clock.objects.select_for_update(no_key=True).filter(incident=held))
            holding.set()
            done.wait(30)
        connection.close()

    other = Thread(target=hold)
    other.start()
    holding.wait(30)
    try:
        assert alert_due(lambda: when) == 1
    finally:
        done.set()
        other.join()
    with _inside(house):
        assert set(Alert.objects.values_list("clock__incident_id", flat=True)) == {free.pk}
    assert alert_due(lambda: when) == 1


def test_actions_and_sweeps_at_once_end_without_a_deadlock(house, due):
    logged, when = due(6)

    def act(number):
        if number % 2:
            return alert_due(lambda: when)
        for incident in logged:
            with _inside(house):
                actions.reply(
                    person=house.agent, incident=Incident.objects.get(pk=incident.pk), body="A word", at=when
                )
        return 0

    results = at_once(4, act)
    assert all(isinstance(result, int) for result in results), results
    with _inside(house):
        met = Clock.objects.filter(kind="first_response", state="met").count()
        scores = Score.objects.filter(kind="first_response").count()
    assert (met, scores) == (6, 6)


def test_an_answer_that_comes_while_the_sweep_works_waits_and_finds_the_breach(house, due, monkeypatch):
    [incident], when = due(1)
    swept, answered = Event(), Event()
    tell = sweeping._tell

    def tell_slowly(*args):
        swept.set()
        assert not answered.wait(0.5), "the answer did not wait for the clock"
        tell(*args)

    monkeypatch.setattr(sweeping, "_tell", tell_slowly)

    def answer():
        swept.wait(30)
        with _inside(house):
            actions.reply(person=house.agent, incident=incident, body="A word", at=when)
        answered.set()
        connection.close()

    other = Thread(target=answer)
    other.start()
    assert alert_due(lambda: when) == 1
    other.join()
    with _inside(house):
        clock = Clock.objects.get(incident=incident, kind="first_response")
        assert (clock.state, clock.broken, clock.alerted, clock.alert_at) == ("met", True, 100, None)
        assert list(Score.objects.filter(clock=clock).values_list("kept", flat=True)) == [False]


def test_a_worker_that_is_killed_leaves_all_to_the_next(house, due, monkeypatch):
    """Its connection goes in the middle of the transaction, as with a killed process."""
    _logged, when = due(2)

    def die(*args):
        connection.close()
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(sweeping, "_keep", die)
        with pytest.raises(SystemExit), transaction.atomic():
            alert_due(lambda: when)
    connection.close()
    assert _counts(house) == ([], 0, 0, 0)
    assert alert_due(lambda: when) == 2
    assert _counts(house) == (sorted([50, 75, 100] * 2), 2, 2, 2)
