"""Waking a worker after the commit. What is due is a row, so nothing depends on it but seconds."""

import logging
from collections.abc import Callable
from functools import cache, partial

from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def wake_after_commit(task: str) -> None:
    """Once for each transaction, however much is told in it."""
    waker = waker_of(task)
    if not any(waker in entry for entry in connection.run_on_commit):
        transaction.on_commit(waker)


@cache
def waker_of(task: str) -> Callable[[], None]:
    """Always the same for a task, so that it can be found among what waits for the commit."""
    return partial(_wake, task)


def _wake(task: str) -> None:
    """Ask a worker to start now. Without a broker the periodic sweep finds what is due."""
    try:
        current_app.send_task(task, retry=False, expires=60, ignore_result=True)
    except (OperationalError, OSError) as error:
        log.warning("No worker was woken, the sweep will deliver: %s", type(error).__name__)
