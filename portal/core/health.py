"""Whether this server lives (``/healthz``) and whether it can do its work (``/readyz``)."""

import logging
import time
from collections.abc import Callable
from functools import partial

from celery import current_app
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.core import heartbeats

log = logging.getLogger(__name__)

BEAT_EVERY = 10.0
"""Seconds between two signs of life from beat; the schedule in ``portal.config.celery`` uses it."""
_BEAT_LATE = 60.0
_BEAT_KEPT = 24 * 60 * 60
_BEAT_KEY = "health:beat"
_BROKER_PATIENCE = 2.0


class _NotReady(Exception):
    """Says in a few words what is wrong."""


def note_beat() -> None:
    """Store that beat's task has just run."""
    cache.set(_BEAT_KEY, time.time(), timeout=_BEAT_KEPT)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, broker, beat and what is watched, each with its state; 503 when one of them fails."""
    report = {}
    ready = True
    checks: dict[str, Callable[[], str]] = dict(_CHECKS)
    checks.update({one.name: partial(_heartbeat, one) for one in heartbeats.watched()})
    for name, check in checks.items():
        try:
            report[name] = check()
        except Exception as error:
            log.warning("%s is not ready: %s", name, error)
            report[name] = str(error) if isinstance(error, _NotReady) else "not reachable"
            ready = False
    return JsonResponse({"ready": ready, **report}, status=200 if ready else 503)


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _broker() -> str:
    with current_app.connection_for_read(connect_timeout=_BROKER_PATIENCE) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=_BROKER_PATIENCE)
    return "ok"


def _beat() -> str:
    seen = cache.get(_BEAT_KEY)
    if seen is None:
        raise _NotReady("never seen")
    age = max(0.0, time.time() - seen)
    if age > _BEAT_LATE:
        raise _NotReady(f"{age:.0f} s ago")
    return f"{age:.0f} s ago"


def _heartbeat(watched: heartbeats.Watched) -> str:
    beat = heartbeats.beats().get(watched.name)
    if beat is None:
        raise _NotReady("never seen")
    ago = f"{beat.age.total_seconds():.0f} s ago"
    if beat.age > watched.late:
        raise _NotReady(ago)
    return ago


_CHECKS: dict[str, Callable[[], str]] = {"database": _database, "broker": _broker, "beat": _beat}
