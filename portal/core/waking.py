"""Waking a worker after the commit. What is due is a row that a sweep finds, so nothing depends on it but
seconds; and nobody waits for it, least of all while the broker is away."""

import logging
import os
from collections.abc import Callable
from functools import cache, partial
from queue import SimpleQueue
from threading import Lock, Thread
from time import sleep

from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

PAUSE = 0.1
"""Seconds between two messages of a process. Under load many transactions share one: a message costs as
much as all that the transaction has written."""


def wake_after_commit(task: str) -> None:
    """Ask a worker to start the task now; once for each transaction, however much is told in it."""
    waker = waker_of(task)
    if not any(waker in entry for entry in connection.run_on_commit):
        transaction.on_commit(waker)


@cache
def waker_of(task: str) -> Callable[[], None]:
    """Always the same for a task, so that it can be found among what waits for the commit."""
    return partial(_wake, task)


def _wake(task: str) -> None:
    _messenger.hand_over(task)


class _Messenger:
    """Carries names of tasks to the broker, in a thread of its own: the broker may be slow to refuse, or
    silent. While it is away each name waits once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: set[str] = set()
        self._names: SimpleQueue[str] = SimpleQueue()
        self._thread: Thread | None = None

    def hand_over(self, task: str) -> None:
        with self._lock:
            if task in self._waiting:
                return
            self._waiting.add(task)
            self._names.put(task)
            if self._thread is None:
                self._thread = Thread(target=self._carry, name="wakes workers", daemon=True)
                self._thread.start()

    def _carry(self) -> None:
        while True:
            task = self._names.get()
            with self._lock:
                self._waiting.discard(task)
            send(task)
            sleep(PAUSE)


def send(task: str) -> None:
    try:
        current_app.send_task(task, retry=False, expires=60, ignore_result=True)
    except (OperationalError, OSError) as error:
        log.warning("No worker was woken, the sweep will do the work: %s", type(error).__name__)


_messenger = _Messenger()


def _start_afresh() -> None:
    """A forked process has none of its parent's threads."""
    global _messenger
    _messenger = _Messenger()


os.register_at_fork(after_in_child=_start_afresh)
