"""Whether this server lives (``/healthz``) and whether it can do its work (``/readyz``)."""

import logging
import time
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread

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
_CACHE_KEY = "health:cache"
_CACHE_KEPT = 10
_BROKER_PATIENCE = 1.5


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
    """Database, cache, broker, beat and what is watched, each with its state; 503 when one fails."""
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
    """Asked in a thread: a broker that is silent would hold up the answer for longer than anybody waits."""
    answers: SimpleQueue[Exception | None] = SimpleQueue()
    Thread(target=lambda: answers.put(_ask_broker()), name="asks the broker", daemon=True).start()
    try:
        error = answers.get(timeout=_BROKER_PATIENCE)
    except Empty:
        raise _NotReady("not reachable") from None
    if error is not None:
        raise error
    return "ok"


def _ask_broker() -> Exception | None:
    limits = {"socket_timeout": _BROKER_PATIENCE}
    try:
        with current_app.connection_for_read(
            connect_timeout=_BROKER_PATIENCE, transport_options=limits
        ) as broker:
            broker.ensure_connection(
                max_retries=1, interval_start=0, interval_step=0, timeout=_BROKER_PATIENCE
            )
    except Exception as error:
        return error
    return None


def _cache() -> str:
    if not _remembers():
        raise _NotReady("not reachable")
    return "ok"


def _remembers() -> bool:
    """A cache that is away takes everything and has nothing."""
    cache.set(_CACHE_KEY, True, timeout=_CACHE_KEPT)
    return bool(cache.get(_CACHE_KEY))


def _beat() -> str:
    seen = cache.get(_BEAT_KEY)
    if seen is None:
        raise _NotReady("never seen" if _remembers() else "not known")
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


_CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "cache": _cache,
    "broker": _broker,
    "beat": _beat,
}
