"""A real worker that is killed right after the mail server took a digest: the second try is the same mail."""

import json
import signal
from collections.abc import Callable
from typing import Any

import pytest

from notifications.message_ids import message_id_of
from notifications.models import Delivery, Digest
from notifications.tasks import deliver_due
from portal.core.tenancy import EVERY_ACCOUNT, acting
from tests.cast import find_cast, make_cast
from tests.notifications.conftest import LONG_AGO
from tests.notifications.test_several_workers import hear, say, worker_of

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


def test_what_a_killed_worker_had_handed_over_leaves_again_as_the_same_mail(
    tell: Callable[..., int], want: Callable[..., None]
) -> None:
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
        worker = worker_of(WORKER)
        try:
            heard.append(json.loads(hear(worker)))
            if killed:
                worker.send_signal(signal.SIGKILL)
            else:
                say(worker)
                assert hear(worker) == "done"
        finally:
            worker.kill()
            worker.wait()
    with acting(tenant_id=agent.tenant_id, account_id=EVERY_ACCOUNT):
        [digest] = Digest.objects.all()
        states = list(Delivery.objects.values_list("state", flat=True))
    assert heard == [[message_id_of(digest.pk), 2]] * 2
    assert (digest.state, digest.attempts, states) == ("sent", 2, ["sent", "sent"])
