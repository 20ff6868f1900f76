"""Clocks come to their steps while a critical solution is told: how much later is anybody alerted?

One process is the worker of the queue ``prompt``: it sweeps every three seconds, and goes on with telling in
between. Two others send mail, at the pace of a mail server. The same sweeps without the critical solution are
what it is compared with.
"""

import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from statistics import quantiles
from typing import Any
from uuid import UUID

from django.db import connections

from bench import forked
from bench.alerts import KINDS, come_to_a_step, delays_of, sweep_until_all_are_alerted
from bench.figures import Failed, Figure, at_most
from knowledge.critical.fanout import tell_due
from notifications.delivery import deliver_batch
from notifications.message_ids import id_in
from notifications.transport import Mail

CLOCKS, SPREAD = 1_000, 15.0
"""So many within so many seconds, once without and once with the critical solution; fewer where there are."""
PROCESSES = 2
PACE = 0.001
"""Seconds that the mail server takes for a mail."""
_LATER = 1.0
_IDLE = 0.05
_ALERTED = """
SELECT delivery.id, extract(epoch FROM told.created_at)::float8
FROM notifications_notification told
JOIN notifications_delivery delivery ON delivery.notification_id = told.id
WHERE told.kind = ANY(%s) AND told.created_at >= to_timestamp(%s)
"""
_RUNNING = "SELECT count(*) FROM incidents_clock WHERE state = 'running'"
_WAITING = "SELECT count(*) FROM notifications_delivery WHERE in_bulk AND state IN ('queued', 'sending')"
_TELLING = "SELECT count(*) FROM critical_notice WHERE state = 'telling'"


class _Paced:
    """When each mail was taken, by the id of its delivery."""

    def __init__(self) -> None:
        self.taken: dict[UUID | None, float] = {}

    def send(self, mail: Mail) -> None:
        time.sleep(PACE)
        self.taken[id_in(mail.message_id)] = time.time()


def measure(press: Callable[[], None]) -> list[Figure]:
    """:param press: tells customers of a critical solution."""
    ends = forked.start(PROCESSES, _mail)
    with connections["floor"].cursor() as owner:
        owner.execute(_RUNNING)
        clocks = min(CLOCKS, owner.fetchone()[0] // 2)
        alone, told_alone = _alerts(owner, time.sleep, clocks=clocks)
        press()
        owner.execute(_TELLING)
        [told_at_the_start] = owner.fetchone()
        beside, told_beside = _alerts(owner, _go_on_telling, clocks=clocks, skip=clocks)
        owner.execute(_WAITING)
        [waiting] = owner.fetchone()
    if not told_at_the_start or not waiting:
        raise Failed("The critical solution was told before all clocks had come to their steps.")
    taken = _stop_mailing(ends)
    mailed_alone, mailed_beside = _mailed(told_alone, taken), _mailed(told_beside, taken)
    name = "an alert while a critical solution is told"
    return [
        at_most(f"{name}, raised later than otherwise, p99", _p99(beside) - _p99(alone), "s", _LATER),
        at_most(f"{name}, mailed later than otherwise, p99", mailed_beside - mailed_alone, "s", _LATER),
    ]


def _alerts(
    owner: Any, between: Callable[[float], object], *, clocks: int, skip: int = 0
) -> tuple[list[float], dict[UUID, float]]:
    """The seconds from due to raised, and when each mail about them was stored."""
    began = time.time()
    come_to_a_step(owner, clocks=clocks, spread=SPREAD, skip=skip)
    sweep_until_all_are_alerted(owner, between)
    owner.execute(_ALERTED, [list(KINDS), began])
    stored = dict(owner.fetchall())
    return [delay for delay, _right in delays_of(owner)], stored


def _go_on_telling(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not tell_due():
            time.sleep(_IDLE)


def _stop_mailing(ends: list[Connection]) -> dict[UUID | None, float]:
    taken: dict[UUID | None, float] = {}
    for end in ends:
        end.send("stop")
    for end in ends:
        taken |= end.recv()
    return taken


def _mail(end: Connection) -> None:
    transport = _Paced()
    while not end.poll():
        if not deliver_batch(transport):
            time.sleep(_IDLE)
    end.send(transport.taken)
    end.close()


def _mailed(told: dict[UUID, float], taken: dict[UUID | None, float]) -> float:
    """The seconds from stored to handed over, p99."""
    return _p99([taken[pk] - at for pk, at in told.items() if pk in taken])


def _p99(seconds: list[float]) -> float:
    if len(seconds) < 2:
        raise Failed("Nobody was alerted.")
    return quantiles(seconds, n=100)[98]
