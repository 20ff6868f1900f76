"""A real process is killed while it waits for the receiver's answer."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal

from notifications.webhooks.models import Webhook
from notifications.webhooks.tasks import call_due
from tests.cast import find_cast, make_cast
from tests.notifications.test_several_workers import database_url
from tests.notifications.webhooks.conftest import Kept, Receiver

WORKER = """
import django
django.setup()
from notifications.webhooks.tasks import call_due
call_due()
"""


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_call_whose_worker_was_killed_is_made_again_under_the_same_id(
    hook: Callable[..., Webhook], happen: Callable[..., int], receiver: Receiver, kept: type[Kept]
) -> None:
    tenant = (find_cast() or make_cast()).acme.tenant
    webhook = hook(tenant, receiver.url)
    happen(tenant)
    arrived, answer = threading.Event(), threading.Event()
    receiver.before_answer = lambda: (arrived.set(), answer.wait(30))
    worker = _worker()
    try:
        assert arrived.wait(30)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    finally:
        answer.set()
        worker.kill()
    assert kept.facts(webhook) == [("sending", 1, None, "")]
    call_due()
    assert len(receiver.heard) == 1  # its lease still holds
    kept.make_due(webhook)
    call_due()
    first, second = receiver.heard
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert kept.facts(webhook) == [("sent", 2, 200, "")]


def _worker() -> subprocess.Popen[Any]:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "portal.config.settings",
        "WEBHOOKS_ALLOW_LOCAL": "1",
    }
    return subprocess.Popen([sys.executable, "-c", WORKER], cwd=Path(portal.BASE_DIR), env=environment)
