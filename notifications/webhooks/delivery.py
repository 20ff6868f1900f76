"""The way of stored calls to their receivers.

Each webhook is a lane: its calls go one after the other, lanes go beside each other in threads that
never touch the database. A batch is claimed and committed, prepared in each tenant's scope, called with
no transaction open, and marked lane by lane. Whoever dies on the way leaves rows in ``sending``; their
lease runs out and somebody else makes the same calls, under the same ids.
"""

import json
import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from notifications.enums import DeliveryState
from notifications.webhooks import outgoing, store
from notifications.webhooks.actions import note_health
from notifications.webhooks.enums import CallTrouble, WebhookState
from notifications.webhooks.events import TEST, may_be_told
from notifications.webhooks.models import Call, Webhook
from notifications.webhooks.outgoing import Unsent
from notifications.webhooks.signing import Unreadable, signature_header, unseal
from notifications.webhooks.store import Outcome
from portal.core.tenancy import EVERY_ACCOUNT, acting

log = logging.getLogger(__name__)

LANES = 16
CALLS = 20
LEASE = timedelta(minutes=3)
LANE_SECONDS = 20.0
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
)
"""How long to wait after the first, the second … attempt; after the last comes one more, and no other."""
MAX_ATTEMPTS = len(WAITS) + 1
RECEIVER_BACK_IN = timedelta(minutes=1)
_GONE = 410

Post = Callable[[str, bytes, Mapping[str, str]], int]


class _Ready(NamedTuple):
    call_id: uuid.UUID
    attempt: int
    url: str
    body: bytes
    secrets: tuple[str, ...]


class _Lane(NamedTuple):
    tenant_id: int
    webhook_id: int
    ready: list[_Ready]


def call_batch(post: Post = outgoing.post, *, lease: timedelta = LEASE) -> int:
    """Claim what is due and call.

    :returns: how many were claimed; none means that nothing is due.
    """
    claimed = store.claim(LANES, CALLS, lease)
    lanes = [lane for tenant_id, ids in claimed.items() for lane in _prepare(tenant_id, ids)]
    if lanes:
        with ThreadPoolExecutor(len(lanes)) as threads:
            running = {threads.submit(_run, lane.ready, post): lane for lane in lanes}
            for ended in as_completed(running):
                lane = running[ended]
                with acting(tenant_id=lane.tenant_id, account_id=EVERY_ACCOUNT):
                    store.mark(lane.tenant_id, ended.result())
                    note_health(tenant_id=lane.tenant_id, webhook_id=lane.webhook_id, outcomes=ended.result())
    return sum(map(len, claimed.values()))


def message_id(call_id: uuid.UUID) -> str:
    return f"msg_{call_id.hex}"


def body_of(call: Call) -> bytes:
    """The same bytes at every attempt."""
    content = {"type": call.event, "timestamp": call.at.isoformat(), "data": call.data}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _prepare(tenant_id: int, ids: Sequence[uuid.UUID]) -> list[_Lane]:
    """Check each call's right to leave; what may not is marked at once."""
    lanes: dict[int, list[_Ready]] = defaultdict(list)
    stopped: list[Outcome] = []
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        for call in store.load(tenant_id, ids):
            outcome = _prepare_one(call)
            if isinstance(outcome, Outcome):
                stopped.append(outcome)
            else:
                lanes[call.webhook_id].append(outcome)
        if stopped:
            store.mark(tenant_id, stopped)
    return [_Lane(tenant_id, webhook_id, ready) for webhook_id, ready in lanes.items()]


def _prepare_one(call: Call) -> _Ready | Outcome:
    webhook = call.webhook
    if call.attempts > MAX_ATTEMPTS:
        return Outcome(call.pk, call.attempts, DeliveryState.FAILED, CallTrouble.GIVEN_UP)
    if webhook.state != WebhookState.ON:
        return Outcome(call.pk, call.attempts, DeliveryState.DROPPED, CallTrouble.SWITCHED_OFF)
    if call.event not in (*webhook.events, TEST.code) or not may_be_told(call.event, webhook.account_id):
        return Outcome(call.pk, call.attempts, DeliveryState.DROPPED, CallTrouble.NOT_CHOSEN)
    try:
        secrets = _secrets_of(webhook)
    except Unreadable:
        return Outcome(call.pk, call.attempts, DeliveryState.FAILED, CallTrouble.SECRET_LOST)
    return _Ready(call.pk, call.attempts, webhook.url, body_of(call), secrets)


def _secrets_of(webhook: Webhook) -> tuple[str, ...]:
    """The current secret, and the one before it while that is still good."""
    secrets = [unseal(webhook.secret)]
    if webhook.old_secret_until is not None and webhook.old_secret_until > timezone.now():
        secrets.append(unseal(webhook.old_secret))
    return tuple(secrets)


def _run(lane: Sequence[_Ready], post: Post) -> list[Outcome]:
    """One call after the other. Where the receiver can't be had at all, the others wait with the first."""
    until = time.monotonic() + LANE_SECONDS
    outcomes: list[Outcome] = []
    for position, ready in enumerate(lane):
        if time.monotonic() > until:
            return outcomes + [_put_back(rest, "", timedelta()) for rest in lane[position:]]
        try:
            outcomes.append(_judge(ready, post(ready.url, ready.body, _headers(ready))))
        except Unsent as unsent:
            outcomes.append(_try_again(ready, unsent.trouble, None))
            rest = lane[position + 1 :]
            return outcomes + [_put_back(one, unsent.trouble, RECEIVER_BACK_IN) for one in rest]
        except Exception:  # one call's fault must not hold up the others
            log.exception("Call %s could not be made", ready.call_id)
            outcomes.append(_try_again(ready, CallTrouble.NOT_MADE, None))
    return outcomes


def _headers(ready: _Ready) -> dict[str, str]:
    name, now = message_id(ready.call_id), int(time.time())
    return {
        "Content-Type": "application/json",
        "User-Agent": "Support-Portal-Webhooks/1",
        "webhook-id": name,
        "webhook-timestamp": str(now),
        "webhook-signature": signature_header(ready.secrets, message_id=name, timestamp=now, body=ready.body),
    }


def _judge(ready: _Ready, status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome(ready.call_id, ready.attempt, DeliveryState.SENT, status=status, called=True)
    if status == _GONE:
        return Outcome(
            ready.call_id, ready.attempt, DeliveryState.FAILED, CallTrouble.GONE, status, called=True
        )
    trouble = CallTrouble.REDIRECTED if 300 <= status < 400 else CallTrouble.REFUSED
    return _try_again(ready, trouble, status)


def _try_again(ready: _Ready, trouble: CallTrouble, status: int | None) -> Outcome:
    last = ready.attempt >= MAX_ATTEMPTS
    return Outcome(
        call_id=ready.call_id,
        attempt=ready.attempt,
        state=DeliveryState.FAILED if last else DeliveryState.QUEUED,
        trouble=trouble,
        status=status,
        wait=timedelta() if last else WAITS[ready.attempt - 1],
        called=True,
    )


def _put_back(ready: _Ready, trouble: str, wait: timedelta) -> Outcome:
    """It was not tried: the attempt does not count."""
    return Outcome(ready.call_id, ready.attempt, DeliveryState.QUEUED, trouble, wait=wait, forgiven=True)
