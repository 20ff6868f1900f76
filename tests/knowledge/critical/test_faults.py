"""Whatever dies while a critical solution is told, every contact is told once: real processes, killed.

The last test breaks the fan-out on purpose, so that the measurement is known to see what it looks for.
"""

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from knowledge.critical import actions as critical
from knowledge.critical.enums import NoticeState
from knowledge.critical.invariants import INVARIANTS
from knowledge.critical.models import Loop, Notice, Recipient, Registration
from knowledge.critical.queries import published_text
from notifications.delivery import deliver_batch
from notifications.models import Delivery, Notification
from notifications.transport import SmtpTransport
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership, User
from tests.cast import House, find_cast, make_cast
from tests.knowledge.critical.conftest import make_solution
from tests.notifications.conftest import MailServer, mail_server  # noqa: F401  a fixture
from tests.notifications.test_several_workers import hear, say, worker_of
from tests.pages.running import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

PEOPLE = 60
# A worker that tells batch by batch, each when it is told to. Lines between may make it bad.
BEGIN = """
import sys, time
import django
django.setup()
from knowledge.critical import fanout
fanout.SLICE = 0
"""
TELL = """
print("ready", flush=True)
while sys.stdin.readline():
    print(fanout.tell_due(people=21, accounts=1), flush=True)
"""
# Notes where it ended in a transaction of its own, and tells afterwards.
FORGETFUL = """
from django.utils import timezone
from portal.core.tenancy import EVERY_ACCOUNT, acting
def forgetful(tenant_id, pk, people, accounts, *, at):
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        notice = fanout.Notice.objects.get(pk=pk)
        batch = fanout._following(notice, people, accounts)
        fanout._move_on(notice, batch, len(batch.registered), at, last=False)
    print("moved on", flush=True)
    time.sleep(60)
fanout._next_batch = forgetful
"""
LOCKED = ("critical_loop", "critical_recipient", "notifications_notification")
"""What a batch writes, in this order: a worker is killed while it waits to write into each of them."""


class Worker:
    def __init__(self, bad: str = "") -> None:
        self.process = worker_of(BEGIN + bad + TELL)
        assert self.says() == "ready"

    def go(self) -> None:
        say(self.process)

    def says(self) -> str:
        return hear(self.process)

    def tell(self) -> int:
        self.go()
        return int(self.says())

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


@pytest.fixture
def workers() -> Iterator[Callable[..., Worker]]:
    made: list[Worker] = []

    def make(bad: str = "") -> Worker:
        made.append(Worker(bad))
        return made[-1]

    yield make
    for worker in made:
        if worker.process.poll() is None:
            worker.kill()


@pytest.fixture
def house(db: None) -> House:
    return (find_cast() or make_cast()).acme


def inside(house: House) -> Any:
    return acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT)


@pytest.fixture
def registered(house: House) -> list[int]:
    """Sixty contacts of the large account."""
    with inside(house):
        users = User.objects.bulk_create(
            User(email=f"p{number}@big.example", name=f"Person {number}") for number in range(PEOPLE)
        )
        account = house.big.account
        people = Membership.objects.bulk_create(
            Membership(tenant=house.tenant, user=user, account=account, role="customer") for user in users
        )
        Registration.objects.bulk_create(
            Registration(tenant=house.tenant, account=account, person=person, product=house.ledger)
            for person in people
        )
    return [person.pk for person in people]


@pytest.fixture
def notice(house: House, registered: list[int]) -> Notice:
    with inside(house):
        solution = make_solution(house)
        text = published_text(solution)
        assert text is not None
        return critical.tell_customers(person=house.lead, solution=solution, seen=text.pk)


@contextmanager
def nobody_writes(as_owner: Callable[[], Any], table: str) -> Iterator[Callable[[], int | None]]:
    """Whoever writes into the table waits until the block ends; the function tells who waits."""
    with as_owner() as cursor:
        cursor.execute(f"BEGIN; LOCK TABLE {table} IN SHARE MODE")

        def waits() -> int | None:
            cursor.execute("SELECT pid FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table])
            found = cursor.fetchone()
            return found[0] if found else None

        yield waits
        cursor.execute("ROLLBACK")


def wait_until_gone(as_owner: Callable[[], Any], backend: int) -> None:
    def gone() -> bool:
        with as_owner() as cursor:
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [backend])
            return cursor.fetchone() is None

    wait_for(gone, "the end of a dead client's transaction")


def finish(worker: Worker, house: House, notice: Notice) -> None:
    for _batch in range(20):
        worker.tell()
        with inside(house):
            notice.refresh_from_db()
        if notice.state == NoticeState.TOLD:
            return
    raise AssertionError("The notice is never told.")


def told(notice: Notice) -> Counter[str]:
    """How many rows there are of each kind; people who have several are counted by themselves."""
    found = Counter(
        recipients=Recipient.objects.filter(notice=notice).count(),
        notifications=Notification.objects.filter(kind="critical.solution").count(),
        mails=Delivery.objects.filter(notification__kind="critical.solution").count(),
        counted=sum(Loop.objects.filter(notice=notice).values_list("told", flat=True)),
    )
    people = Counter(
        Notification.objects.filter(kind="critical.solution").values_list("recipient", flat=True)
    )
    return found + Counter(twice=sum(number > 1 for number in people.values()))


ONCE = Counter(recipients=PEOPLE, notifications=PEOPLE, mails=PEOPLE, counted=PEOPLE)


def broken(house: House) -> set[str]:
    return {name for name, count in INVARIANTS.items() if count(house.tenant)}


def test_workers_that_are_killed_in_the_middle_leave_all_to_the_next(
    house: House, notice: Notice, as_owner: Callable[[], Any], workers: Callable[..., Worker]
) -> None:
    told_before_each = []
    for number, table in enumerate(LOCKED):
        worker = workers()
        if number:
            assert worker.tell() == 20
        with nobody_writes(as_owner, table) as waits:
            worker.go()
            backend = wait_for(waits, f"a worker that writes into {table}")
            worker.kill()
        wait_until_gone(as_owner, backend)
        with inside(house):
            told_before_each.append(Recipient.objects.filter(notice=notice).count())
    assert told_before_each == [0, 20, 40]
    finish(workers(), house, notice)
    with inside(house):
        assert notice.told == PEOPLE
        assert told(notice) == ONCE
        assert broken(house) == set()


def test_several_workers_at_once_tell_everybody_once(
    house: House, notice: Notice, workers: Callable[..., Worker]
) -> None:
    some = [workers() for _ in range(3)]
    for _round in range(8):
        for worker in some:
            worker.go()
        for worker in some:
            worker.says()
    with inside(house):
        assert told(notice) == ONCE
        assert broken(house) == set()


def test_the_button_pressed_at_once_by_five_makes_one_notice(house: House, registered: list[int]) -> None:
    with inside(house):
        solution = make_solution(house)
        text = published_text(solution)
        assert text is not None
    start, made = threading.Barrier(5), []

    def press() -> None:
        start.wait()
        try:
            with inside(house):
                made.append(critical.tell_customers(person=house.lead, solution=solution, seen=text.pk).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with inside(house):
        assert made == [Notice.objects.get().pk] * 5


def test_mail_waits_while_the_server_is_away_and_then_reaches_each_once(
    house: House,
    notice: Notice,
    workers: Callable[..., Worker],
    mail_server: MailServer,  # noqa: F811
    settings: Any,
) -> None:
    finish(workers(), house, notice)
    there = settings.EMAIL_PORT
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.EMAIL_PORT = closed.getsockname()[1]
    with SmtpTransport() as transport:
        while deliver_batch(transport):
            pass
    with inside(house):
        mails = Delivery.objects.filter(notification__kind="critical.solution")
        assert set(mails.values_list("state", "attempts", "error")) == {("queued", 0, "unreachable")}
        mails.update(due_at=notice.published_at)
    settings.EMAIL_PORT = there
    for _time in range(2):
        with SmtpTransport() as transport:
            while deliver_batch(transport):
                pass
    addresses = Counter(mail.rcpt_tos[0] for mail in mail_server.accepted)
    assert addresses == {f"p{number}@big.example": 1 for number in range(PEOPLE)}
    with inside(house):
        assert set(mails.values_list("state", flat=True)) == {"sent"}


def test_the_measurement_sees_what_a_forgetful_worker_loses(
    house: House, notice: Notice, workers: Callable[..., Worker]
) -> None:
    killed = workers(bad=FORGETFUL)
    killed.go()
    assert killed.says() == "moved on"
    killed.kill()
    finish(workers(), house, notice)
    with inside(house):
        assert ONCE - told(notice) == Counter(recipients=20, notifications=20, mails=20, counted=20)
        assert broken(house) == {
            "critical solutions told to another number of people than there are recipients"
        }
