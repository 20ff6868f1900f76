"""Ten thousand clocks come to a step within a minute: are all alerted, none twice, and how soon?

The rest of the database stays as it is, with nothing else due. What is measured is one process that runs
the sweep as a worker does, again and again three seconds after its last beginning.
"""

import time
from collections.abc import Callable
from datetime import datetime
from statistics import quantiles
from typing import Any

from celery import current_app
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bench.figures import Failed, Figure, at_most
from incidents.alerts.sweep import HEARTBEAT, alert_due
from portal.core import heartbeats

CLOCKS = 10_000
SPREAD = 60
"""Seconds within which all of them come to their step; where there are fewer, at the same rate."""
EVERY = 3.0
PATIENCE = 180.0
KINDS = ("incidents.due", "incidents.breached", "incidents.missed")
"""What people are told of them."""
_ALERT_TIME = 10
_IDLE_TIME = 5
_IDLE_ROUNDS = 50

# As if each ran around the clock, since so long ago that it comes to a step within the minute: one of three
# to 50 %, the others to the breach, which costs most.
_PREPARE = """
DROP TABLE IF EXISTS chosen;
UPDATE incidents_clock SET alert_at = NULL WHERE alert_at IS NOT NULL;
CREATE TEMP TABLE chosen AS
SELECT clock.id, clock.tenant_id, calendar.id AS calendar_id,
       CASE WHEN number %% 3 = 0 THEN 50 ELSE 100 END AS percent,
       statement_timestamp() + interval '1 second' * (5 + number * %(spread)s / %(clocks)s) AS at
FROM (SELECT id, tenant_id, row_number() OVER (ORDER BY id DESC) AS number FROM incidents_clock
      WHERE state = 'running' ORDER BY id DESC LIMIT %(clocks)s OFFSET %(skip)s) AS clock
JOIN LATERAL (SELECT id FROM plans_calendar calendar
              WHERE calendar.tenant_id = clock.tenant_id AND calendar.code = '24x7'
              ORDER BY id LIMIT 1) AS calendar ON true;
UPDATE incidents_clock AS clock
   SET minutes = 480, calendar_id = chosen.calendar_id, alert_at = chosen.at, broken = false,
       alerted = CASE chosen.percent WHEN 50 THEN 0 ELSE 90 END,
       started_at = chosen.at - interval '480 minutes' * chosen.percent / 100,
       due_at = chosen.at + interval '480 minutes' * (100 - chosen.percent) / 100
  FROM chosen WHERE clock.id = chosen.id;
DELETE FROM notifications_delivery AS delivery USING notifications_notification AS told
 WHERE delivery.notification_id = told.id AND told.kind = ANY(%(kinds)s);
DELETE FROM notifications_notification WHERE kind = ANY(%(kinds)s);
DELETE FROM incidents_alert AS alert USING chosen WHERE alert.clock_id = chosen.id;
DELETE FROM incidents_clocksegment AS segment USING chosen
 WHERE segment.clock_id = chosen.id AND segment.tenant_id = chosen.tenant_id AND segment.reason <> 'started';
UPDATE incidents_clocksegment AS segment
   SET minutes = 480, calendar_id = chosen.calendar_id, at = clock.started_at
  FROM chosen JOIN incidents_clock clock ON clock.id = chosen.id
 WHERE segment.clock_id = chosen.id AND segment.tenant_id = chosen.tenant_id;
"""
_CHOSEN = "SELECT count(*), extract(epoch FROM max(at) - min(at))::float8, max(at) FROM chosen"
_LEFT = "SELECT count(*) FROM incidents_clock JOIN chosen USING (id) WHERE alert_at <= chosen.at"
_DELAYS = """
SELECT extract(epoch FROM alert.raised_at - chosen.at)::float8, alert.percent = chosen.percent AND NOT folded
FROM incidents_alert alert JOIN chosen ON chosen.id = alert.clock_id
"""
_TOLD = """
SELECT count(*), count(DISTINCT key || ':' || recipient_id) FROM notifications_notification
WHERE kind = ANY(%s)
"""


def measure() -> list[Figure]:
    current_app.conf.broker_url = "memory://"
    reverse("incidents:incident", args=["ABC-1"])  # the addresses are read once, before the clock starts
    with connections["floor"].cursor() as owner:  # who may set times back
        count, seconds, last = come_to_a_step(owner, clocks=CLOCKS, spread=SPREAD)
        ended = sweep_until_all_are_alerted(owner)
        delays = delays_of(owner)
        owner.execute(_TOLD, [list(KINDS)])
        told, told_once = owner.fetchone()
    right = [delay for delay, is_right in delays if is_right]
    if len(right) < 2 or not told:
        raise Failed("Nothing was alerted, or nobody was told.")
    name = f"alerts, {count:,} clocks come to a step within {seconds:.0f} s"
    return [
        at_most(f"{name}, not alerted", count - len(right), "clocks", 0),
        at_most(f"{name}, alerted twice or wrongly", len(delays) - len(right), "alerts", 0),
        at_most(f"{name}, told twice", told - told_once, "notifications", 0),
        at_most(f"{name}, p99 from due to raised", quantiles(right, n=100)[98], "s", _ALERT_TIME),
        at_most(f"{name}, the last one committed", (ended - last).total_seconds(), "s", _ALERT_TIME),
        at_most("alerts, a sweep with nothing due, in the database", _idle(), "ms", _IDLE_TIME),
    ]


def come_to_a_step(owner: Any, *, clocks: int, spread: float, skip: int = 0) -> tuple[int, float, datetime]:
    """Set that many of the clocks that run so that they come to a step within ``spread`` seconds from five
    seconds on, as if nothing had been alerted yet. Returns how many there are, within how many seconds, and
    when the last does.

    :param skip: so many others come before them.
    """
    values = {"clocks": clocks, "spread": float(spread), "skip": skip, "kinds": list(KINDS)}
    owner.execute(_PREPARE, values)
    owner.execute(_CHOSEN)
    found: tuple[int, float, datetime] = owner.fetchone()
    return found


def delays_of(owner: Any) -> list[tuple[float, bool]]:
    """Of each alert the seconds from due to raised, and whether it is of the right step."""
    owner.execute(_DELAYS)
    return list(owner.fetchall())


def sweep_until_all_are_alerted(owner: Any, between: Callable[[float], object] = time.sleep) -> datetime:
    """As beat and one worker do; when the last was committed.

    :param between: what the worker does until the next sweep is asked for, in so many seconds.
    """
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        started = time.monotonic()
        alert_due()
        owner.execute(_LEFT)
        [left] = owner.fetchone()
        if not left:
            return timezone.now()
        between(max(0.0, EVERY - (time.monotonic() - started)))
    return timezone.now()


def _idle() -> float:
    """The median milliseconds of database time of a sweep that finds nothing."""
    heartbeats.note(HEARTBEAT)
    times = []
    for _ in range(_IDLE_ROUNDS):
        with CaptureQueriesContext(connection) as captured:
            if alert_due():
                raise Failed("Something was due in an idle sweep.")
        times.append(1000 * sum(float(query["time"]) for query in captured.captured_queries))
    return sorted(times)[len(times) // 2]
