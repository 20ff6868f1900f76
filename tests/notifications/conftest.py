"""A kind of the tests' own, a mail server that can be told to misbehave, and short ways to tell."""

import socket
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.utils.translation import gettext, gettext_lazy

from notifications import kinds
from notifications.actions import choose, notify, set_mail_hours
from notifications.enums import Channel, Choice
from notifications.hours import Quiet
from notifications.kinds import Kind, one_by_one
from notifications.models import Delivery, Notification
from notifications.topics import Topic
from notifications.wishes import EIGHT
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership, Tenant

GREETINGS = Topic(
    code="greetings",
    label=gettext_lazy("Yes"),
    help=gettext_lazy("No"),
    position=5,
)
"""Its words are in every language without being the tests' own."""


class Right:
    """What the test kind answers when it is asked whether the receiver may still see."""

    answer: bool | Exception = True

    def __call__(self, notification: Notification) -> bool:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def right() -> Right:
    return Right()


@pytest.fixture(autouse=True)
def _greeted(settings: Any, monkeypatch: pytest.MonkeyPatch, right: Right) -> None:
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    greeted = Kind(
        code="tests.greeted",
        title=lambda data: f"{gettext('Yes')}: {data['words']}",
        template="tests/greeted",
        icon="smile",
        still_right_many=one_by_one(right),
        topic=GREETINGS,
        urgent=lambda data: bool(data.get("urgent")),
    )
    kinds.register(greeted, replace(greeted, code="tests.greeted_all", in_bulk=True))
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [*templates[0]["DIRS"], Path(__file__).parent / "templates"]
    settings.TEMPLATES = templates


LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
"""Due by the database's clock, wherever a time machine has taken the portal's."""
DATA = {"words": "hello", "at": "2026-01-31T23:30:00+00:00", "said": "One line\nanother"}


@pytest.fixture
def tell() -> Callable[..., int]:
    """``tell(person, …)``: the tenant's portal tells people of one event."""

    def tell(*people: Membership, key: str = "event", url: str = "/plan/", **how: Any) -> int:
        tenant: Tenant = people[0].tenant
        how = {"kind": "tests.greeted", "data": DATA, **how}
        with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
            return notify(tenant=tenant, key=key, recipients=people, url=url, **how)

    return tell


@pytest.fixture
def delivery_of() -> Callable[[Membership], Delivery]:
    """The only delivery to a person."""

    def delivery_of(person: Membership) -> Delivery:
        with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
            return Delivery.objects.get(tenant_id=person.tenant_id, notification__recipient=person)

    return delivery_of


@pytest.fixture
def want(acting_as: Callable[[Membership], Any]) -> Callable[..., None]:
    """``want(person, "daily", portal="off", digest_at=…, quiet=…)``: of greetings, as on their page."""

    def want(
        person: Membership,
        mail: str = "",
        *,
        portal: str = "",
        digest_at: time = EIGHT,
        quiet: Quiet | None = None,
        topic: str = GREETINGS.code,
    ) -> None:
        chosen = {Channel.MAIL: mail, Channel.PORTAL: portal}
        with acting_as(person):
            choose(
                person=person,
                choices={(topic, channel): Choice(how) for channel, how in chosen.items() if how},
            )
            if digest_at != EIGHT or quiet is not None:
                set_mail_hours(person=person, digest_at=digest_at, quiet=quiet)

    return want


class MailServer:
    """Keeps what it accepts. ``answers`` maps an address to what is said to it instead."""

    def __init__(self) -> None:
        self.accepted: list[Envelope] = []
        self.answers: dict[str, str] = {}
        self.connections = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.accepted.append(envelope)
        return "250 OK"


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    server = MailServer()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_HOST_USER = ""
    try:
        yield server
    finally:
        controller.stop()


@pytest.fixture
def no_mail_server(settings: Any) -> None:
    """Nobody listens on the port of the mail server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = 9
