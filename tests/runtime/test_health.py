"""What the two health addresses answer."""

import threading
import time

import pytest
from django.core.cache import cache
from django.core.cache.backends.dummy import DummyCache
from django.db import connection

from incidents.alerts.sweep import HEARTBEAT
from portal.config.celery import app
from portal.core import health, heartbeats
from portal.core.tasks import note_beat

FINE = {"database": "ok", "cache": "ok", "broker": "ok"}


@pytest.fixture(autouse=True)
def _alerts_run(db):
    heartbeats.note(HEARTBEAT)


def test_alive_asks_nothing_of_the_database(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "alive\n")


def test_ready_when_database_broker_and_beat_are(client, db):
    note_beat()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "database": "ok",
        "cache": "ok",
        "broker": "ok",
        "beat": "0 s ago",
        "alerts": "0 s ago",
    }


def test_not_ready_before_beat_was_ever_seen(client, db):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "database": "ok",
        "cache": "ok",
        "broker": "ok",
        "beat": "never seen",
        "alerts": "0 s ago",
    }


@pytest.mark.parametrize(("age", "status"), [(59, 200), (62, 503)])
def test_beat_may_be_silent_for_a_minute(client, db, age, status):
    cache.set(health._BEAT_KEY, time.time() - age)
    answer = client.get("/readyz")
    assert answer.status_code == status
    assert answer.json()["beat"] in {f"{age} s ago", f"{age + 1} s ago"}


def test_not_ready_without_the_database(client, db, monkeypatch):
    note_beat()

    def refuse():
        raise ConnectionError("no way there")

    with monkeypatch.context() as without:
        without.setattr(connection, "cursor", refuse)
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "database": "not reachable",
        "cache": "ok",
        "broker": "ok",
        "beat": "0 s ago",
        "alerts": "not reachable",
    }


def test_not_ready_without_the_cache(client, db, monkeypatch):
    monkeypatch.setattr(health, "cache", DummyCache("", {}))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        **FINE,
        "cache": "not reachable",
        "beat": "not known",
        "alerts": "0 s ago",
    }


def test_not_ready_without_the_broker(client, db, monkeypatch):
    note_beat()
    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app.conf, "broker_read_url", "redis://127.0.0.1:1/0")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        **FINE,
        "broker": "not reachable",
        "beat": answer.json()["beat"],
        "alerts": "0 s ago",
    }


def test_a_broker_that_keeps_silent_is_not_waited_for(client, db, monkeypatch):
    note_beat()
    silent = threading.Event()
    monkeypatch.setattr(health, "_ask_broker", lambda: silent.wait(30))
    started = time.monotonic()
    answer = client.get("/readyz")
    silent.set()
    assert time.monotonic() - started < 4
    assert answer.json()["broker"] == "not reachable"


def test_answers_are_never_stored(client, db):
    for path in ("/healthz", "/readyz"):
        assert "no-store" in client.get(path).headers["Cache-Control"]


def test_beat_shows_itself_often_enough_to_be_missed_in_time():
    entry = app.conf.beat_schedule["note-beat"]
    assert entry["task"] == note_beat.name
    assert entry["schedule"] * 3 <= health._BEAT_LATE
