from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.events import NEWS
from notifications.webhooks.actions import forget_old_calls, tell_webhooks, tell_webhooks_many
from notifications.webhooks.enums import WebhookState
from notifications.webhooks.events import Occurrence
from notifications.webhooks.models import Call, Webhook
from notifications.webhooks.tasks import call_due, forget_calls
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership
from tests.cast import Cast
from tests.notifications.webhooks.conftest import HAPPENED, Kept

Hook = Callable[..., Webhook]
Happen = Callable[..., int]


@pytest.fixture
def pager(cast: Cast, hook: Hook) -> Webhook:
    return hook(cast.acme.tenant, "https://pager.example/")


def test_each_webhook_that_asks_for_the_event_gets_one_call(
    cast: Cast, pager: Webhook, hook: Hook, happen: Happen, kept: type[Kept]
) -> None:
    chat = hook(cast.acme.tenant, "https://chat.example/")
    others = [
        hook(cast.acme.tenant, "https://a.example/", events=["tests.other"]),
        hook(cast.acme.tenant, "https://b.example/", state=WebhookState.OFF),
        hook(cast.acme.tenant, "https://c.example/", state=WebhookState.FAILED),
        hook(cast.rival.tenant, "https://d.example/"),
    ]
    assert happen(cast.acme.tenant) == 2
    assert [len(kept.calls(one)) for one in (pager, chat, *others)] == [1, 1, 0, 0, 0, 0]
    [call] = kept.calls(pager)
    assert (call.event, call.key, call.data, call.state) == (HAPPENED, "event", {"words": "hé"}, "queued")


def test_the_same_event_again_changes_nothing(
    cast: Cast, pager: Webhook, happen: Happen, kept: type[Kept]
) -> None:
    happen(cast.acme.tenant)
    before = kept.calls(pager)
    assert happen(cast.acme.tenant) == 0
    assert kept.calls(pager) == before
    assert happen(cast.acme.tenant, key="another") == 1


def test_a_contact_s_event_reaches_webhooks_that_the_contact_cannot_see(
    cast: Cast, pager: Webhook, kept: type[Kept], acting_as: Callable[[Membership], Any]
) -> None:
    with acting_as(cast.acme.big.contact):
        assert tell_webhooks(tenant=cast.acme.tenant, event=HAPPENED, key="theirs", data={}) == 1
        assert (Webhook.objects.count(), Call.objects.count()) == (0, 0)
    assert [call.key for call in kept.calls(pager)] == ["theirs"]


def test_history_is_not_told(cast: Cast, pager: Webhook, happen: Happen, kept: type[Kept]) -> None:
    assert happen(cast.acme.tenant, at=timezone.now() - NEWS) == 0
    assert kept.calls(pager) == []


def test_an_unknown_event_is_refused_and_nothing_is_stored(
    cast: Cast, pager: Webhook, kept: type[Kept]
) -> None:
    told = [Occurrence(event=code, key="k", data={}) for code in (HAPPENED, "tests.unheard_of")]
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT), pytest.raises(LookupError):
        tell_webhooks_many(tenant=cast.acme.tenant, occurrences=told)
    assert kept.calls(pager) == []


def test_telling_costs_one_statement_for_one_event_and_for_three(cast: Cast, pager: Webhook) -> None:
    for number in (1, 3):
        told = [Occurrence(event=HAPPENED, key=f"{number}.{n}", data={}) for n in range(number)]
        with (
            acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT),
            CaptureQueriesContext(connection) as statements,
        ):
            assert tell_webhooks_many(tenant=cast.acme.tenant, occurrences=told) == number
        assert len(statements) == 1


def test_a_worker_is_woken_after_the_commit_where_there_is_something_to_call(
    cast: Cast,
    pager: Webhook,
    happen: Happen,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(Celery, "send_task", lambda self, name, **options: woken.append(name))
    with django_capture_on_commit_callbacks(execute=True):
        happen(cast.acme.tenant, key="first")
        happen(cast.acme.tenant, key="second")
        happen(cast.rival.tenant)
        assert woken == []
    assert woken == [call_due.name]


def test_what_fails_with_its_cause_is_not_told(
    cast: Cast, pager: Webhook, happen: Happen, kept: type[Kept]
) -> None:
    def cause() -> None:
        with transaction.atomic():
            happen(cast.acme.tenant)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        cause()
    assert kept.calls(pager) == []


def test_old_calls_are_forgotten_and_newer_ones_stay(
    cast: Cast, pager: Webhook, happen: Happen, kept: type[Kept]
) -> None:
    happen(cast.acme.tenant, key="old")
    happen(cast.acme.tenant, key="new")
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        Call.objects.filter(key="old").update(at=timezone.now() - timedelta(days=31))
        Call.objects.filter(key="new").update(at=timezone.now() - timedelta(days=29))
    with acting(tenant_id=cast.rival.tenant.pk, account_id=EVERY_ACCOUNT):
        assert forget_old_calls(tenant_id=cast.acme.tenant.pk) == 0
    forget_calls()
    assert [call.key for call in kept.calls(pager)] == ["new"]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"url": "https://pager.example/", "events": [HAPPENED]}, "webhook_address_once"),
        ({"url": "https://other.example/", "events": []}, "webhook_asks_for_something"),
    ],
)
def test_the_database_refuses_a_bad_webhook(
    cast: Cast, pager: Webhook, hook: Hook, fields: dict[str, Any], name: str
) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        hook(cast.acme.tenant, **fields)


def test_the_database_refuses_a_second_call_for_one_event(cast: Cast, pager: Webhook, happen: Happen) -> None:
    happen(cast.acme.tenant)
    with (
        pytest.raises(IntegrityError, match="called_once"),
        acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT),
    ):
        Call.objects.create(tenant=cast.acme.tenant, webhook=pager, event=HAPPENED, key="event")


def test_a_call_cannot_belong_to_another_tenant_s_webhook(cast: Cast, pager: Webhook) -> None:
    with (
        acting(tenant_id=cast.rival.tenant.pk, account_id=EVERY_ACCOUNT),
        connection.cursor() as cursor,
    ):
        call = Call.objects.create(tenant=cast.rival.tenant, webhook_id=pager.pk, event=HAPPENED, key="k")
        with pytest.raises(IntegrityError, match="webhooks_call_webhook_in_tenant"), transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        call.delete()
