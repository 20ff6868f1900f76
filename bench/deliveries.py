"""How fast notifications are stored, claimed, checked, written and handed over by two processes.

The transport takes the finished letters and sends nothing; everything before it is the portal's own.
"""

import uuid
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median
from time import monotonic

from celery import current_app
from django.db import connections
from django.template import engines
from django.urls import reverse
from django.utils import timezone

from bench import forked
from bench.figures import Figure, at_least
from incidents.topics import FOLLOWED
from notifications.actions import notify
from notifications.delivery import deliver_batch
from notifications.kinds import Kind, one_by_one, register
from notifications.transport import Mail
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership, Tenant

PROCESSES = 2
ROUNDS = 3
EVENTS = 20
PEOPLE = 500
"""Told of one event, as by a critical solution; the tenant may have fewer."""
BAR = 5_000
_KIND = "bench.told"


class NullTransport:
    """Keeps the ids of what it was given."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def send(self, mail: Mail) -> None:
        self.taken.append(mail.message_id)


def measure() -> list[Figure]:
    register(
        Kind(
            code=_KIND,
            title=lambda data: f"{data['reference']}: {data['title']}",
            template="bench/told",
            icon="bell",
            still_right_many=one_by_one(lambda notification: True),
            topic=FOLLOWED,
        )
    )
    engines["django"].engine.dirs.append(Path(__file__).parent / "letters")  # type: ignore[attr-defined]
    current_app.conf.broker_url = "memory://"
    reverse("notifications:list")  # the addresses are read once, before the clock starts
    tenant, people = _audience()
    rows = PROCESSES * EVENTS * len(people)
    rounds = []
    for _ in range(ROUNDS):
        seconds, taken = _round(tenant, people)
        # Nothing counts as fast that is lost or handed over twice.
        rounds.append(rows / seconds if len(taken) == len(set(taken)) == rows else 0.0)
    name = f"notification rows stored and handed over, {PROCESSES} processes, {len(people)} people an event"
    return [at_least(name, median(rounds), "rows/s", BAR)]


def _audience() -> tuple[Tenant, list[Membership]]:
    """The tenant with most people, and some of them."""
    found: list[tuple[Tenant, list[Membership]]] = []
    for tenant in Tenant.objects.all():
        with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
            found.append((tenant, list(Membership.objects.filter(tenant=tenant, removed_at=None)[:PEOPLE])))
    return max(found, key=lambda pair: len(pair[1]))


def _round(tenant: Tenant, people: list[Membership]) -> tuple[float, list[str]]:
    """The seconds until the last process has finished, and the ids of what was handed over."""
    start = forked.CONTEXT.Barrier(PROCESSES + 1)
    ends = forked.start(PROCESSES, _work, tenant, people, start)
    start.wait()
    began = monotonic()
    results: list[tuple[float, list[str]]] = [end.recv() for end in ends]
    return max(finished for finished, _ in results) - began, [pk for _, taken in results for pk in taken]


def _work(end: Connection, tenant: Tenant, people: list[Membership], start: Barrier) -> None:
    transport = NullTransport()
    mine = uuid.uuid4().hex
    connections["default"].ensure_connection()
    start.wait()
    for event in range(EVENTS):
        with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
            notify(
                tenant=tenant,
                kind=_KIND,
                key=f"{mine}:{event}",
                recipients=people,
                url=f"/incidents/KL-{event}/",
                data={
                    "reference": f"KL-{event}",
                    "title": "Posting fails after the update",
                    "by": "Robin",
                    "at": timezone.now(),
                    "said": "We have found the cause.\nThe patch will be ready tonight.",
                },
            )
    while deliver_batch(transport):
        pass
    end.send((monotonic(), transport.taken))
    end.close()
