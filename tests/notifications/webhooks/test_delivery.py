import json
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from notifications.models import Notification
from notifications.tasks import deliver_due
from notifications.webhooks import delivery, outgoing, store
from notifications.webhooks.actions import FAILING_FOR, renew_secret
from notifications.webhooks.delivery import LEASE, MAX_ATTEMPTS, WAITS, call_batch, message_id
from notifications.webhooks.enums import CallTrouble, WebhookState
from notifications.webhooks.models import Webhook
from notifications.webhooks.outgoing import Unsent
from notifications.webhooks.signing import seal, signature_header, unseal
from notifications.webhooks.tasks import call_due
from portal.core.tenancy import EVERY_ACCOUNT, acting
from tests.cast import Cast
from tests.notifications.webhooks.conftest import Heard, Kept, Receiver

Hook = Callable[..., Webhook]
Happen = Callable[..., int]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def _signatures(heard: Heard) -> list[str]:
    return heard.headers["webhook-signature"].split(" ")


def _expected(heard: Heard, secret: str) -> str:
    return signature_header(
        [secret],
        message_id=heard.headers["webhook-id"],
        timestamp=int(heard.headers["webhook-timestamp"]),
        body=heard.body,
    )


def test_a_call_arrives_signed_and_is_marked(
    cast: Cast, hook: Hook, happen: Happen, receiver: Receiver, kept: type[Kept]
) -> None:
    webhook = hook(cast.acme.tenant, receiver.url, secret=seal(SECRET))
    happen(cast.acme.tenant)
    call_due()
    [heard], [call] = receiver.heard, kept.calls(webhook)
    assert json.loads(heard.body) == {
        "type": "tests.happened",
        "timestamp": call.at.isoformat(),
        "data": {"words": "hé"},
    }
    assert heard.headers["webhook-id"] == message_id(call.pk)
    assert abs(int(heard.headers["webhook-timestamp"]) - time.time()) < 60
    assert heard.headers["content-type"] == "application/json"
    assert _signatures(heard) == [_expected(heard, SECRET)]
    assert kept.facts(webhook) == [("sent", 1, 200, "")]
    call_due()
    assert len(receiver.heard) == 1


def test_while_a_renewed_secret_is_young_both_sign(
    cast: Cast, hook: Hook, happen: Happen, receiver: Receiver, kept: type[Kept]
) -> None:
    webhook = hook(cast.acme.tenant, receiver.url, secret=seal(SECRET))
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        new = renew_secret(webhook=webhook, actor=cast.acme.admin)
    until = kept.webhook(webhook).old_secret_until
    assert until is not None
    assert abs(until - timezone.now() - timedelta(hours=24)) < timedelta(minutes=1)
    happen(cast.acme.tenant, key="first")
    call_due()
    kept.change(webhook, old_secret_until=timezone.now())
    happen(cast.acme.tenant, key="second")
    call_due()
    first, second = receiver.heard
    assert _signatures(first) == [_expected(first, new), _expected(first, SECRET)]
    assert _signatures(second) == [_expected(second, new)]


def test_killed_on_the_way_it_is_called_again_under_the_same_id(
    cast: Cast, hook: Hook, happen: Happen, receiver: Receiver, kept: type[Kept]
) -> None:
    webhook = hook(cast.acme.tenant, receiver.url)
    happen(cast.acme.tenant)

    class Killed(BaseException):
        """As the kernel does it: nothing is marked."""

    def arrives_and_dies(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        outgoing.post(url, body, headers)
        raise Killed

    with pytest.raises(Killed):
        call_batch(arrives_and_dies)
    call_due()
    assert (len(receiver.heard), kept.facts(webhook)) == (1, [("sending", 1, None, "")])
    kept.make_due(webhook)
    call_due()
    first, second = receiver.heard
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert kept.facts(webhook) == [("sent", 2, 200, "")]


def test_who_comes_back_after_the_lease_was_given_away_changes_nothing(
    cast: Cast, hook: Hook, happen: Happen, kept: type[Kept]
) -> None:
    webhook = hook(cast.acme.tenant, "https://pager.example/")
    happen(cast.acme.tenant)
    store.claim(5, 5, LEASE)
    [late] = kept.calls(webhook)
    kept.make_due(webhook)
    store.claim(5, 5, LEASE)
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        store.mark(cast.acme.tenant.pk, [store.Outcome(late.pk, late.attempts, delivery.DeliveryState.SENT)])
    assert kept.facts(webhook) == [("sending", 2, None, "")]


@pytest.mark.parametrize(
    ("status", "trouble"), [(500, "refused"), (404, "refused"), (302, "redirected"), (199, "refused")]
)
def test_what_is_no_success_is_tried_again_later(
    cast: Cast, hook: Hook, happen: Happen, kept: type[Kept], status: int, trouble: str
) -> None:
    webhook = hook(cast.acme.tenant, "https://pager.example/")
    happen(cast.acme.tenant)
    call_batch(lambda *_: status)
    assert kept.facts(webhook) == [("queued", 1, status, trouble)]
    [call] = kept.calls(webhook)
    assert abs(call.due_at - timezone.now() - WAITS[0]) < timedelta(seconds=4)


def test_a_redirect_is_not_followed(
    cast: Cast, hook: Hook, happen: Happen, receiver: Receiver, kept: type[Kept]
) -> None:
    webhook = hook(cast.acme.tenant, receiver.url)
    receiver.status = 308
    happen(cast.acme.tenant)
    call_due()
    assert [heard.path for heard in receiver.heard] == ["/hook"]
    assert kept.facts(webhook) == [("queued", 1, 308, "redirected")]


def test_the_waits_grow_and_at_last_it_is_given_up(
    cast: Cast, hook: Hook, happen: Happen, kept: type[Kept]
) -> None:
    webhook = hook(cast.acme.tenant, "https://pager.example/")
    happen(cast.acme.tenant)
    for attempt, wait in enumerate(WAITS, start=1):
        call_batch(lambda *_: 500)
        assert kept.facts(webhook) == [("queued", attempt, 500, "refused")]
        assert abs(kept.calls(webhook)[0].due_at - timezone.now() - wait) < timedelta(seconds=4)
        kept.make_due(webhook)
    call_batch(lambda *_: 500)
    assert kept.facts(webhook) == [("failed", MAX_ATTEMPTS, 500, "refused")]
    assert sum(WAITS, timedelta()) > FAILING_FOR


def test_a_call_that_kills_its_worker_each_time_ends(
    cast: Cast, hook: Hook, happen: Happen, kept: type[Kept]
) -> None:
    webhook = hook(cast.acme.tenant, "https://pager.example/")
    happen(cast.acme.tenant)
    kept.make_due(webhook, attempts=MAX_ATTEMPTS)
    call_batch(lambda *_: 200)
    assert kept.facts(webhook) == [("failed", MAX_ATTEMPTS + 1, None, "given_up")]


def test_where_nobody_answers_the_other_calls_wait_uncounted(
    cast: Cast, hook: Hook, happen: Happen, kept: type[Kept]
) -> None:
    def nobody(*_: Any) -> int:
        raise Unsent(CallTrouble.UNREACHABLE)

    down = hook(cast.acme.tenant, "https://pager.example/")
    up = hook(cast.rival.tenant, "https://pager.example/up")
    for tenant in (cast.acme.tenant, cast.rival.tenant):
        for key in ("first", "second", "third"):
            happen(tenant, key=key)
    call_batch(lambda url, *_: 200 if url.endswith("up") else nobody())
    assert sorted(kept.facts(down)) == [
        ("queued", 0, None, "unreachable"),
        ("queued", 0, None, "unreachable"),
        ("queued", 1, None, "unreachable"),
    ]
    assert kept.facts(up) == [("sent", 1, 200, "")] * 3


def test_a_webhook_with_a_call_on_its_way_is_left_alone(
    cast: Cast, hook: Hook, happen: Happen, kept: type[Kept]
) -> None:
    slow, other = (hook(cast.acme.tenant, f"https://{name}.example/") for name in ("slow", "other"))
    happen(cast.acme.tenant, key="first")
    [(_, first)] = store.claim(5, 5, LEASE).items()
    assert set(first) == {kept.calls(slow)[0].pk, kept.calls(other)[0].pk}
    happen(cast.acme.tenant, key="second")
    assert store.claim(5, 5, LEASE) == {}
    kept.make_due(slow, state="sent")
    happen(cast.acme.tenant, key="third")
    [(_, third)] = store.claim(5, 5, LEASE).items()
    assert set(third) == {call.pk for call in kept.calls(slow) if call.key == "third"}


def test_a_lane_stops_in_time_and_what_is_left_is_not_counted(
    cast: Cast, hook: Hook, happen: Happen, kept: type[Kept], monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = hook(cast.acme.tenant, "https://pager.example/")
    for key in ("first", "second"):
        happen(cast.acme.tenant, key=key)
    monkeypatch.setattr(delivery, "LANE_SECONDS", 0.01)

    def slow(*_: Any) -> int:
        time.sleep(0.02)
        return 200

    call_batch(slow)
    assert sorted(kept.facts(webhook)) == [("queued", 0, None, ""), ("sent", 1, 200, "")]


@pytest.mark.parametrize(
    ("fields", "trouble"),
    [
        ({"state": WebhookState.OFF}, "switched_off"),
        ({"state": WebhookState.FAILED}, "switched_off"),
        ({"events": ["tests.other"]}, "not_chosen"),
    ],
)
def test_what_is_no_longer_wanted_is_dropped(
    cast: Cast, hook: Hook, happen: Happen, kept: type[Kept], fields: dict[str, Any], trouble: str
) -> None:
    webhook = hook(cast.acme.tenant, "https://pager.example/")
    happen(cast.acme.tenant)
    kept.change(webhook, **fields)
    call_batch(lambda *_: 200)
    assert kept.facts(webhook) == [("dropped", 1, None, trouble)]


def test_a_secret_that_cannot_be_read_sends_nothing_unsigned(
    cast: Cast, hook: Hook, happen: Happen, receiver: Receiver, kept: type[Kept]
) -> None:
    webhook = hook(cast.acme.tenant, receiver.url, secret="sealed by a key long gone")
    happen(cast.acme.tenant)
    call_due()
    assert (receiver.heard, kept.facts(webhook)) == ([], [("failed", 1, None, "secret_lost")])


def test_a_private_address_is_refused_when_it_is_called(
    cast: Cast, hook: Hook, happen: Happen, receiver: Receiver, kept: type[Kept], settings: Any
) -> None:
    """It may have been registered when it was allowed, or its name may lead here only now."""
    settings.WEBHOOKS_ALLOW_LOCAL = False
    webhook = hook(cast.acme.tenant, f"https://localhost:{receiver.server_port}/")
    happen(cast.acme.tenant)
    call_due()
    assert (receiver.heard, kept.facts(webhook)) == ([], [("queued", 1, None, "not_allowed")])


def _told(cast: Cast) -> list[tuple[int, str]]:
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        return list(Notification.objects.values_list("recipient_id", "kind"))


def test_after_two_days_of_failures_it_is_switched_off_and_admins_are_told_once(
    cast: Cast, hook: Hook, happen: Happen, kept: type[Kept]
) -> None:
    webhook = hook(cast.acme.tenant, "https://pager.example/")
    happen(cast.acme.tenant, key="first")
    call_batch(lambda *_: 500)
    since = kept.webhook(webhook).failing_since
    assert since is not None
    kept.make_due(webhook)
    call_batch(lambda *_: 500)
    assert (kept.webhook(webhook).failing_since, kept.webhook(webhook).state) == (since, "on")
    for _ in range(2):
        kept.change(webhook, failing_since=since - FAILING_FOR)
        kept.make_due(webhook, state="queued")
        call_batch(lambda *_: 500)
    assert kept.webhook(webhook).state == "failed"
    assert _told(cast) == [(cast.acme.admin.pk, "webhooks.failed")]
    deliver_due()
    [letter] = mail.outbox
    assert letter.subject == "The webhook “Pager” was switched off"
    assert "No call of the webhook “Pager” to pager.example has succeeded since" in letter.body


def test_one_success_ends_the_row_of_failures(
    cast: Cast, hook: Hook, happen: Happen, kept: type[Kept]
) -> None:
    webhook = hook(cast.acme.tenant, "https://pager.example/", failing_since=timezone.now() - FAILING_FOR)
    happen(cast.acme.tenant)
    call_batch(lambda *_: 204)
    assert (kept.webhook(webhook).failing_since, kept.webhook(webhook).state) == (None, "on")


def test_a_receiver_that_is_gone_for_good_is_called_no_more(
    cast: Cast, hook: Hook, happen: Happen, kept: type[Kept]
) -> None:
    webhook = hook(cast.acme.tenant, "https://pager.example/")
    happen(cast.acme.tenant)
    call_batch(lambda *_: 410)
    assert kept.facts(webhook) == [("failed", 1, 410, "gone")]
    assert kept.webhook(webhook).state == "failed"


def test_no_secret_is_logged(
    cast: Cast,
    hook: Hook,
    happen: Happen,
    receiver: Receiver,
    kept: type[Kept],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(*_: Any) -> int:
        raise ZeroDivisionError

    webhook = hook(cast.acme.tenant, receiver.url)
    happen(cast.acme.tenant)
    call_batch(fails)
    assert kept.facts(webhook) == [("queued", 1, None, "not_made")]
    assert f"Call {kept.calls(webhook)[0].pk} could not be made" in caplog.text
    assert unseal(webhook.secret) not in caplog.text


def test_the_door_of_the_sweep_is_open_to_the_portal_alone(cast: Cast, as_owner: Callable[[], Any]) -> None:
    with as_owner() as cursor:
        cursor.execute(
            "SELECT grantee FROM information_schema.routine_privileges"
            " WHERE routine_name = 'webhooks_claim' AND grantee <> 'portal_owner'"
        )
        assert cursor.fetchall() == [("portal_app",)]


def test_the_sweep_tells_ids_and_the_rows_stay_behind_their_wall(
    cast: Cast, hook: Hook, happen: Happen
) -> None:
    hook(cast.acme.tenant, "https://pager.example/")
    happen(cast.acme.tenant)
    claimed = store.claim(5, 5, LEASE)
    with acting(tenant_id=cast.rival.tenant.pk, account_id=EVERY_ACCOUNT):
        assert store.load(cast.acme.tenant.pk, claimed[cast.acme.tenant.pk]) == []
