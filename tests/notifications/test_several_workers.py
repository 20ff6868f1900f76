"""Real processes on one database: each delivery is claimed by one of them, whoever dies."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from notifications.models import Delivery
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership, User
from tests.cast import Cast, find_cast, make_cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

ROWS = 120
WORKER = """
import json, sys, time
import django
django.setup()
from datetime import timedelta
from notifications import outbox
claimed = []
print("ready", flush=True)
sys.stdin.readline()
while batch := outbox.claim(7, timedelta(minutes=5)):
    claimed += [str(pk) for ids in batch.values() for pk in ids]
    time.sleep(0.002)
print(json.dumps(claimed), flush=True)
sys.stdin.readline()
"""


def database_url() -> str:
    """The address of the test database, for a process of its own."""
    database = connection.settings_dict
    host = f"{database['HOST']}:{database['PORT']}" if database["HOST"].strip("/") == database["HOST"] else ""
    query = "" if host else f"?host={database['HOST']}&port={database['PORT']}"
    return f"postgres://{database['USER']}:{database['PASSWORD']}@{host}/{database['NAME']}{query}"


def worker_of(script: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(settings.BASE_DIR),
        env={
            **os.environ,
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "portal.config.settings",
        },
    )


def say(worker: subprocess.Popen[str]) -> None:
    assert worker.stdin is not None
    worker.stdin.write("\n")
    worker.stdin.flush()


def hear(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout is not None
    return worker.stdout.readline().strip()


@pytest.fixture
def waiting(tell: Callable[..., int]) -> Any:
    """Many deliveries that are due, in both tenants."""
    cast = find_cast() or make_cast()
    users = User.objects.bulk_create(
        User(email=f"crowd{number}@example.com", name=f"Crowd {number}") for number in range(ROWS // 2)
    )
    for house in cast.houses:
        with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT):
            people = Membership.objects.bulk_create(
                Membership(tenant=house.tenant, user=user, account=house.big.account, role="customer")
                for user in users
            )
        tell(*people)
    return cast


def _states(cast: Cast) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for house in cast.houses:
        with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT):
            found += Delivery.objects.values_list("state", "attempts")
    return found


def test_two_workers_claim_disjoint_sets_and_leave_none(waiting: Cast) -> None:
    workers = [worker_of(WORKER), worker_of(WORKER)]
    try:
        assert [hear(worker) for worker in workers] == ["ready", "ready"]
        for worker in workers:
            say(worker)
        first, second = (set(json.loads(hear(worker))) for worker in workers)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert first & second == set()
    assert (len(first | second), bool(first), bool(second)) == (ROWS, True, True)
    assert _states(waiting) == [("sending", 1)] * ROWS


def test_what_a_killed_worker_had_claimed_is_claimed_again_after_its_lease(waiting: Cast) -> None:
    killed = worker_of(WORKER)
    assert hear(killed) == "ready"
    say(killed)
    claimed = set(json.loads(hear(killed)))
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert len(claimed) == ROWS
    for house in waiting.houses:
        with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT):
            Delivery.objects.update(due_at=timezone.now())
    another = worker_of(WORKER)
    try:
        assert hear(another) == "ready"
        say(another)
        assert set(json.loads(hear(another))) == claimed
    finally:
        another.kill()
        another.wait()
    assert _states(waiting) == [("sending", 2)] * ROWS
