"""Whatever dies, each step of each clock alerts once: nothing lost, nothing twice.

Real sweeps, workers and beats on servers of their own. The last two tests measure a sweep that is broken on
purpose, so that the measurement is known to see what it looks for.
"""

import json
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import redis
from django.db import connection
from django.utils import timezone

from incidents.models import Alert
from tests.cast import House, find_cast, make_cast
from tests.pages.running import wait_for
from tests.runtime.faults import PROCESSES, Site, soon
from tests.runtime.measured import ONCE, inside, log_due, verdict

pytestmark = pytest.mark.processes

LOCKED = (
    "incidents_score",
    "core_historyentry",
    "incidents_alert",
    "notifications_notification",
    "notifications_delivery",
    "incidents_clock",
)
"""What a sweep writes, in this order: it is killed while it waits to write into each of them."""
# Looks and then writes, without holding what it looked at.
WITHOUT_CLAIM = """
def careless(tenant_id, ids, now):
    clocks = list(Clock.objects.filter(tenant_id=tenant_id, pk__in=ids, alert_at__lte=now))
    time.sleep(1)
    return clocks
sweep._claimed = careless
"""
# Takes work in a transaction of its own, and does it afterwards.
WITHOUT_ONE_TRANSACTION = """
def forgetful(tenant_id, ids, now):
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        Clock.objects.filter(tenant_id=tenant_id, pk__in=ids).update(alert_at=None)
    print("taken", flush=True)
    time.sleep(60)
sweep._alert = forgetful
"""


@pytest.fixture(scope="module")
def site(django_db_blocker: Any) -> Iterator[Site]:
    # Not in pytest's folder: another run closes that one to the user of the database's server.
    with TemporaryDirectory(prefix="portal-faults-") as folder:
        Path(folder).chmod(0o755)
        site = Site(Path(folder) / "var")
        try:
            site.start()
            with django_db_blocker.unblock(), site.connected():
                make_cast()
                yield site
        finally:
            site.end()


@pytest.fixture
def house(site: Site) -> House:
    cast = find_cast()
    assert cast is not None
    return cast.acme


@pytest.fixture
def quiet(site: Site) -> Site:
    """Nothing works in it."""
    site.kill(*PROCESSES)
    return site


@pytest.fixture
def working(site: Site) -> Site:
    """With a worker, a beat and a web server, which stay for the next test."""
    site.start_portal()
    return site


def _at(seconds: float) -> datetime:
    """So many seconds from now."""
    return (timezone.now() + timedelta(seconds=seconds)).replace(microsecond=0)


def _raised(house: House, logged: Sequence[int]) -> int:
    with inside(house):
        return Alert.objects.filter(clock__incident__in=logged, percent=100).count()


def _late(house: House, logged: Sequence[int]) -> int:
    """How many of the steps were seen late. The three before the breach always are: nobody looked."""
    with inside(house):
        return Alert.objects.filter(clock__incident__in=logged, late=True).count()


def _silence(report: str) -> int:
    """For how many seconds the sweep has stood still, as ``/readyz`` says."""
    return int(json.loads(report)["alerts"].removesuffix(" s ago"))


def _all_come(house: House, logged: Sequence[int]) -> bool:
    return soon(lambda: _raised(house, logged) == len(logged))


def test_a_sweep_that_is_killed_anywhere_leaves_all_to_the_next(quiet: Site, house: House) -> None:
    due_at = _at(-5)
    logged = log_due(house, 200, due_at)
    sweepers = [quiet.sweeper() for _ in LOCKED]
    for table, sweeper in zip(LOCKED, sweepers, strict=True):
        sweeper.wait_until_ready()
        with quiet.nobody_writes(table) as waits:
            sweeper.go()
            backend = wait_for(waits, f"a sweep that writes into {table}")
            sweeper.kill()
        quiet.wait_until_gone(backend)
        assert _raised(house, logged) == 0
    last = quiet.sweeper()
    last.wait_until_ready()
    last.go()
    assert last.handled() == 200
    assert verdict(house, logged, due_at) == ONCE
    quiet.manage("check_invariants")


def test_sweeps_at_once_alert_once_what_is_due_in_the_same_second(quiet: Site, house: House) -> None:
    due_at = _at(-5)
    logged = log_due(house, 500, due_at)
    sweepers = [quiet.sweeper(batch=20) for _ in range(3)]
    for sweeper in sweepers:
        sweeper.wait_until_ready()
    with quiet.nobody_writes("incidents_alert") as waits:
        for sweeper in sweepers:
            sweeper.go()
        wait_for(waits, "a sweep that holds clocks which the others find as well")
    assert sum(sweeper.handled() for sweeper in sweepers) == 500
    assert verdict(house, logged, due_at) == ONCE
    quiet.manage("check_invariants")


def test_a_dead_sweep_is_seen_and_the_next_alerts_all_late(quiet: Site, house: House) -> None:
    due_at = _at(-600)
    logged = log_due(house, 200, due_at)
    with quiet.owner() as cursor:
        cursor.execute("UPDATE core_heartbeat SET at = at - interval '10 minutes'")
    quiet.start_web()
    status, report = quiet.ask("/readyz")
    assert (status, json.loads(report)["ready"]) == (503, False)
    assert _silence(report) >= 600
    quiet.start_portal()
    assert _all_come(house, logged)
    assert _silence(quiet.ask("/readyz")[1]) < 60
    assert verdict(house, logged, due_at) == ONCE
    assert _late(house, logged) == 4 * len(logged)
    quiet.manage("check_invariants")


def test_a_worker_that_is_killed_in_its_sweep_leaves_all_to_another(working: Site, house: House) -> None:
    due_at = _at(1)
    with working.nobody_writes("incidents_alert") as waits:
        logged = log_due(house, 100, due_at)
        backend = wait_for(waits, "the sweep of a worker")
        working.kill("worker")
    working.wait_until_gone(backend)
    assert _raised(house, logged) == 0
    working.start_worker()
    assert _all_come(house, logged)
    assert verdict(house, logged, due_at) == ONCE
    working.manage("check_invariants")


def test_two_beats_and_two_workers_alert_once(working: Site, house: House) -> None:
    working.start_worker("another worker")
    working.start_beat("another beat")
    due_at = _at(6)
    logged = log_due(house, 500, due_at)
    assert _all_come(house, logged)
    working.kill("another beat", "another worker")
    assert verdict(house, logged, due_at) == ONCE
    assert _late(house, logged) == 3 * len(logged)
    working.manage("check_invariants")


def test_redis_is_emptied_and_killed_while_promises_fall_due(working: Site, house: House) -> None:
    wait_for(lambda: working.ask("/readyz")[0] == 200, "readiness")
    server = redis.Redis.from_url(working.valkey.cache_url)
    due_at = _at(3)
    logged = log_due(house, 100, due_at)
    while timezone.now() < due_at:
        server.flushall()
        time.sleep(0.5)
    assert _all_come(house, logged)
    assert verdict(house, logged, due_at) == ONCE

    working.kill("Valkey")
    due_at = _at(2)
    logged = log_due(house, 100, due_at)
    assert not soon(lambda: _raised(house, logged) > 0, within=5)
    assert [working.ask(path)[0] for path in ("/healthz", "/account/login/")] == [200, 200]
    working.start_valkey()

    def all_come_at_last() -> bool:
        working.restart_the_dead()
        return _raised(house, logged) == len(logged)

    assert soon(all_come_at_last)
    assert verdict(house, logged, due_at) == ONCE
    working.manage("check_invariants")


def test_postgresql_is_stopped_and_started_under_a_worker(working: Site, house: House) -> None:
    due_at = _at(4)
    logged = log_due(house, 100, due_at)
    connection.close()
    working.stop("PostgreSQL")
    wait_for(lambda: timezone.now() > due_at, "the due time")
    assert working.ask("/healthz")[0] == 200
    assert working.ask("/readyz")[0] == 503
    back = timezone.now()
    working.start_postgres()
    assert _all_come(house, logged)
    with inside(house):
        assert not Alert.objects.filter(clock__incident__in=logged, raised_at__lt=back)
    assert working.ask("/account/login/")[0] == 200
    assert verdict(house, logged, due_at) == ONCE
    working.manage("check_invariants")


def test_the_measurement_sees_what_two_careless_sweeps_do_twice(quiet: Site, house: House) -> None:
    due_at = _at(-5)
    logged = log_due(house, 20, due_at)
    sweepers = [quiet.sweeper(bad=WITHOUT_CLAIM) for _ in range(2)]
    for sweeper in sweepers:
        sweeper.wait_until_ready()
    for sweeper in sweepers:
        sweeper.go()
    handled = [sweeper.handled() for sweeper in sweepers]
    assert handled == [20, 20]
    assert verdict(house, logged, due_at) == ({}, {"line": 20})  # constraints keep the rest from it


def test_the_measurement_sees_what_a_forgetful_sweep_loses(quiet: Site, house: House) -> None:
    due_at = _at(-120)
    logged = log_due(house, 20, due_at)
    killed = quiet.sweeper(bad=WITHOUT_ONE_TRANSACTION)
    killed.wait_until_ready()
    killed.go()
    assert killed.says() == "taken"
    killed.kill()
    next_one = quiet.sweeper()
    next_one.wait_until_ready()
    next_one.go()
    assert next_one.handled() == 0
    everything = {"alert": 80, "score": 20, "line": 20, "notification": 80, "mail": 80}
    assert verdict(house, logged, due_at) == (everything, {})
    with pytest.raises(AssertionError, match="20  promises overdue for more than a minute"):
        quiet.manage("check_invariants")
