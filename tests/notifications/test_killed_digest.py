"""A real worker that is killed right after the mail server took a digest: the second try is the same mail."""

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

from notifications.message_ids import message_id_of
from notifications.models import Delivery, Digest
from portal.core.tenancy import EVERY_ACCOUNT, acting
from tests.cast import find_cast, make_cast
from tests.notifications.conftest import LONG_AGO
from tests.notifications.test_several_workers import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

WORKER = """
import json, os, sys
import django
django.setup()
from notifications import kinds
from notifications.delivery import deliver_batch
from notifications.kinds import Kind, one_by_one
from tests.notifications.conftest import GREETINGS

kinds.register(Kind(
    code="tests.greeted", title=lambda data: data["words"], template="tests/greeted", icon="smile",
    still_right_many=one_by_one(lambda told: True), topic=GREETINGS,
))

class Server:
    def send(self, mail):
        print(json.dumps([mail.message_id, mail.letter.text.count("* ")]), flush=True)
        sys.stdin.readline()

deliver_batch(Server())
print("done", flush=True)
"""


def _worker() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER],
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


def _hear(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout is not None
    return worker.stdout.readline().strip()


def test_what_a_killed_worker_had_handed_over_leaves_again_as_the_same_mail(
    tell: Callable[..., int], want: Callable[..., None]
) -> None:
    from notifications.tasks import deliver_due

    cast = find_cast() or make_cast()
    agent = cast.acme.agent
    want(agent, "daily")
    tell(agent, key="one")
    tell(agent, key="two")
    deliver_due()
    heard: list[Any] = []
    for killed in (True, False):
        with acting(tenant_id=agent.tenant_id, account_id=EVERY_ACCOUNT):
            Digest.objects.update(due_at=LONG_AGO)
        worker = _worker()
        try:
            heard.append(json.loads(_hear(worker)))
            if killed:
                worker.send_signal(signal.SIGKILL)
            else:
                assert worker.stdin is not None
                worker.stdin.write("\n")
                worker.stdin.flush()
                assert _hear(worker) == "done"
        finally:
            worker.kill()
            worker.wait()
    with acting(tenant_id=agent.tenant_id, account_id=EVERY_ACCOUNT):
        [digest] = Digest.objects.all()
        states = list(Delivery.objects.values_list("state", flat=True))
    assert heard == [[message_id_of(digest.pk), 2]] * 2
    assert (digest.state, digest.attempts, states) == ("sent", 2, ["sent", "sent"])
