"""The broker only wakes a worker sooner: once for a transaction, and never at the cost of a request."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import Celery, current_app
from django.db import transaction

from notifications.models import Delivery
from notifications.tasks import deliver_due
from portal.core.waking import waker_of
from portal.identity.models import Membership
from tests.cast import Cast

Tell = Callable[..., int]


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(Celery, "send_task", lambda self, name, **options: names.append(name))
    return names


@pytest.fixture
def no_broker() -> Iterator[None]:
    """Nobody listens where the broker should be."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    before = current_app.conf.broker_url
    current_app.conf.broker_url = f"redis://127.0.0.1:{port}/0"
    pool, current_app.amqp._producer_pool = current_app.amqp._producer_pool, None
    current_app._pool = None
    try:
        yield
    finally:
        current_app.conf.broker_url = before
        current_app.amqp._producer_pool = pool
        current_app._pool = None


def test_a_worker_is_woken_once_after_commit(
    cast: Cast, tell: Tell, woken: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tell(cast.acme.agent, key="first")
        tell(cast.acme.lead, key="second")
        assert woken == []
    assert woken == [deliver_due.name]


def test_the_worker_is_still_woken_when_only_the_first_step_was_undone(
    cast: Cast, tell: Tell, woken: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    class Undone(Exception):
        pass

    def tell_and_fail() -> None:
        with transaction.atomic():
            tell(cast.acme.agent, key="first")
            raise Undone

    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(Undone):
            tell_and_fail()
        tell(cast.acme.lead, key="second")
    assert woken == [deliver_due.name]


def test_nobody_is_woken_where_no_mail_leaves(
    cast: Cast, tell: Tell, woken: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tell(cast.acme.agent, mail=False)
    assert woken == []


def test_without_a_broker_telling_works_and_the_sweep_delivers(
    cast: Cast,
    tell: Tell,
    no_broker: None,
    delivery_of: Callable[[Membership], Delivery],
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        tell(cast.acme.agent)
    assert callbacks == [waker_of(deliver_due.name)]
    assert "No worker was woken, the sweep will do the work: OperationalError" in caplog.text
    deliver_due()
    assert delivery_of(cast.acme.agent).state == "sent"
