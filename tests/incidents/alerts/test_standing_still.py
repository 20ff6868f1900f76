"""The dead man's switch: if the sweep has not run for a minute, monitors and staff are told."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.alerts.sweep import HEARTBEAT, alert_due
from portal.core import heartbeats
from portal.core.models import Heartbeat
from portal.core.tasks import note_beat

pytestmark = pytest.mark.django_db

BANNER = "Alerts have been standing still since"


@pytest.fixture
def last_seen():
    """``last_seen(61)``: the sweep has last run so many seconds ago."""

    def set_back(seconds):
        at = timezone.now() - timedelta(seconds=seconds)
        Heartbeat.objects.update_or_create(name=HEARTBEAT, defaults={"at": at})
        heartbeats.forget()
        return at

    return set_back


@pytest.mark.parametrize(("age", "status"), [(55, 200), (65, 503)])
def test_readyz_says_when_the_sweep_has_not_run_for_a_minute(client, last_seen, age, status):
    note_beat()
    last_seen(age)
    answer = client.get("/readyz")
    assert answer.status_code == status
    assert answer.json()["alerts"].endswith("s ago")


def test_readyz_says_when_the_sweep_has_never_run(client):
    note_beat()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["alerts"]) == (503, "never seen")


def test_each_sweep_shows_that_it_ran(client, last_seen):
    note_beat()
    last_seen(300)
    alert_due()
    assert client.get("/readyz").json()["ready"] is True


def test_the_notes_survive_a_cache_that_is_emptied(client, last_seen):
    last_seen(300)
    cache.clear()
    assert client.get("/readyz").json()["alerts"].endswith("s ago")


def test_staff_see_a_banner_while_alerts_stand_still_and_customers_do_not(cast, client_of, last_seen):
    last_seen(65)
    for person in cast.acme.staff:
        heartbeats.forget()
        assert BANNER in client_of(person).get("/").content.decode()
    assert BANNER not in client_of(cast.acme.small.contact).get("/").content.decode()


def test_the_banner_goes_when_the_sweep_is_back(cast, client_of, last_seen):
    last_seen(65)
    client = client_of(cast.acme.agent)
    assert BANNER in client.get("/").content.decode()
    alert_due()
    heartbeats._memory.asked = float("-inf")
    assert BANNER not in client.get("/").content.decode()


def test_there_is_no_banner_while_the_sweep_runs_or_before_it_ever_did(cast, client_of, last_seen):
    client = client_of(cast.acme.agent)
    heartbeats.forget()
    assert BANNER not in client.get("/").content.decode()
    last_seen(55)
    assert BANNER not in client.get("/").content.decode()


def test_most_pages_ask_nothing(cast, client_of, last_seen):
    last_seen(5)
    client = client_of(cast.acme.agent)
    client.get("/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/")
    assert [one["sql"] for one in captured.captured_queries if "heartbeat" in one["sql"]] == []


def test_a_process_that_remembers_a_good_answer_still_notices_that_time_goes_on(last_seen, monkeypatch):
    last_seen(55)
    assert heartbeats.notices() == []
    asked = heartbeats._memory.asked
    monkeypatch.setattr(heartbeats, "monotonic", lambda: asked + 8)
    assert len(heartbeats.notices()) == 1


def test_noting_costs_a_statement_only_now_and_then(django_assert_num_queries):
    heartbeats.note(HEARTBEAT)
    with django_assert_num_queries(0):
        heartbeats.note(HEARTBEAT)


def test_a_note_never_goes_back(last_seen):
    Heartbeat.objects.create(name=HEARTBEAT, at=timezone.now() + timedelta(seconds=30))
    heartbeats.note(HEARTBEAT)
    assert Heartbeat.objects.get(name=HEARTBEAT).at > timezone.now()
