"""An event of the tests' own, webhooks in both tenants, and a receiver that can be told to misbehave."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from notifications.webhooks import events
from notifications.webhooks.actions import tell_webhooks
from notifications.webhooks.events import HookEvent
from notifications.webhooks.models import Call, Webhook
from notifications.webhooks.signing import new_secret, seal
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Tenant

HAPPENED = "tests.happened"
SHARED = "tests.shared"
"""For accounts as well."""


@pytest.fixture(autouse=True)
def _events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_events", {})
    events.register(
        HookEvent(HAPPENED, "Something happened"),
        HookEvent("tests.other", "Something else"),
        HookEvent(SHARED, "Something of an account happened", for_accounts=True),
    )


class Heard(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes


class Receiver(ThreadingHTTPServer):
    """Keeps what it hears. ``status`` is what it answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[Heard] = []
        self.status = 200
        self.before_answer: Callable[[], object] = lambda: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(Heard(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.server.before_answer()
        self.send_response(self.server.status)
        if 300 <= self.server.status < 400:
            self.send_header("Location", f"{self.server.url}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_ALLOW_LOCAL = True
    with Receiver() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def hook() -> Callable[..., Webhook]:
    """``hook(tenant, url, …)``: a webhook that asks for the tests' event."""

    def hook(tenant: Tenant, url: str, **how: Any) -> Webhook:
        how = {"name": "Pager", "events": [HAPPENED], "secret": seal(new_secret()), **how}
        with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
            return Webhook.objects.create(tenant=tenant, url=url, **how)

    return hook


@pytest.fixture
def happen() -> Callable[..., int]:
    """``happen(tenant, …)``: the tests' event happens there."""

    def happen(tenant: Tenant, key: str = "event", **how: Any) -> int:
        how = {"event": HAPPENED, "data": {"words": "hé"}, **how}
        with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
            return tell_webhooks(tenant=tenant, key=key, **how)

    return happen


class Kept:
    """What is stored, read as the tenant."""

    @staticmethod
    def calls(webhook: Webhook) -> list[Call]:
        with acting(tenant_id=webhook.tenant_id, account_id=EVERY_ACCOUNT):
            return list(Call.objects.filter(webhook=webhook).order_by("at", "id"))

    @staticmethod
    def facts(webhook: Webhook) -> list[tuple[str, int, int | None, str]]:
        return [(c.state, c.attempts, c.status, c.trouble) for c in Kept.calls(webhook)]

    @staticmethod
    def webhook(webhook: Webhook) -> Webhook:
        with acting(tenant_id=webhook.tenant_id, account_id=EVERY_ACCOUNT):
            return Webhook.objects.get(pk=webhook.pk)

    @staticmethod
    def change(webhook: Webhook, **fields: Any) -> None:
        with acting(tenant_id=webhook.tenant_id, account_id=EVERY_ACCOUNT):
            Webhook.objects.filter(pk=webhook.pk).update(**fields)

    @staticmethod
    def make_due(webhook: Webhook, **fields: Any) -> None:
        """As if waits and leases were over."""
        with acting(tenant_id=webhook.tenant_id, account_id=EVERY_ACCOUNT):
            Call.objects.filter(webhook=webhook).update(due_at=timezone.now(), **fields)


@pytest.fixture
def kept() -> type[Kept]:
    return Kept
