"""The way of stored notifications into mailboxes.

A batch is claimed and committed, checked and written in each tenant's scope, sent with no
transaction open, and marked. Whoever dies on the way leaves rows in ``sending``; their lease runs
out and somebody else claims them.
"""

import logging
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from itertools import chain
from time import monotonic
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from notifications import outbox
from notifications.enums import DeliveryState, Trouble
from notifications.kinds import kind_of
from notifications.letters import Writer
from notifications.models import Notification
from notifications.outbox import Claimed, Outcome
from notifications.transport import Mail, NotNow, Rejected, Transport, Unreachable
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Tenant

log = logging.getLogger(__name__)

BATCH = 500
LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
SERVER_BACK_IN = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)
_MARK_EVERY = 1.0


class _Ready(NamedTuple):
    claimed: Claimed
    mail: Mail


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 2, 4, 8 … minutes, at most six hours."""
    return min(timedelta(minutes=2**attempts), _LONGEST_WAIT)


def deliver_batch(transport: Transport, *, batch: int = BATCH, lease: timedelta = LEASE) -> int:
    """Claim what is due and send it.

    :returns: how many were claimed; none means that nothing is due.
    """
    started = monotonic()
    claimed = outbox.claim(batch, lease)
    prepared = list(chain.from_iterable(_prepare(tenant_id, ids) for tenant_id, ids in claimed.items()))
    outcomes = [item for item in prepared if isinstance(item, Outcome)]
    ready = [item for item in prepared if isinstance(item, _Ready)]
    marked = monotonic()
    for outcome in _send(ready, transport, until=started + lease.total_seconds() / 2):
        outcomes.append(outcome)
        if monotonic() - marked > _MARK_EVERY:
            outbox.mark(outcomes)
            outcomes, marked = [], monotonic()
    outbox.mark(outcomes)
    return sum(map(len, claimed.values()))


def _prepare(tenant_id: int, ids: Sequence[uuid.UUID]) -> list[_Ready | Outcome]:
    """Check each delivery's right to leave, and write it; all in the tenant's scope."""
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        tenant = Tenant.objects.get(pk=tenant_id)
        writer = Writer(tenant)
        claimed = outbox.load(tenant, ids)
        right = _still_right([item.notification for item in claimed])
        return [_prepare_one(item, right[item.notification.kind], tenant, writer) for item in claimed]


def _still_right(notifications: Sequence[Notification]) -> dict[str, Collection[uuid.UUID] | None]:
    """The ids that may leave, by kind; None where the kind's own check failed."""
    by_kind: dict[str, list[Notification]] = defaultdict(list)
    for notification in notifications:
        by_kind[notification.kind].append(notification)
    right: dict[str, Collection[uuid.UUID] | None] = {}
    for code, told in by_kind.items():
        try:
            with transaction.atomic():
                right[code] = kind_of(code).still_right_many(told)
        except Exception:  # one kind's fault must not hold up the mail of the others
            log.exception(
                "The right to %s notifications of the kind %s could not be checked", len(told), code
            )
            right[code] = None
    return right


def _prepare_one(
    claimed: Claimed, right: Collection[uuid.UUID] | None, tenant: Tenant, writer: Writer
) -> _Ready | Outcome:
    notification = claimed.notification
    person = notification.recipient
    if claimed.attempt > MAX_ATTEMPTS:
        return _outcome(claimed, DeliveryState.FAILED, Trouble.GIVEN_UP)
    if person.removed_at is not None or not person.user.is_active:
        return _outcome(claimed, DeliveryState.DROPPED, Trouble.REMOVED)
    if right is None:
        return _try_again(claimed, Trouble.UNWRITTEN)
    if notification.pk not in right:
        return _outcome(claimed, DeliveryState.DROPPED, Trouble.OUT_OF_SIGHT)
    try:
        letter = writer.write(notification, person.user)
    except Exception:  # as above: nor may one letter's fault
        log.exception("Delivery %s could not be written", claimed.delivery_id)
        return _try_again(claimed, Trouble.UNWRITTEN)
    mail = Mail(
        message_id=f"<{claimed.delivery_id}@{settings.BASE_HOST}>",
        sender=tenant.name,
        reply_to=tenant.support_email,
        name=person.user.name,
        address=person.user.email,
        language=person.user.language,
        letter=letter,
    )
    return _Ready(claimed, mail)


def _send(ready: Sequence[_Ready], transport: Transport, *, until: float) -> Iterator[Outcome]:
    """Send one after the other; what the lease leaves no time for goes back untried."""
    for position, item in enumerate(ready):
        if monotonic() > until:
            yield from (_put_back(rest.claimed, "", timedelta()) for rest in ready[position:])
            return
        try:
            transport.send(item.mail)
        except Unreachable:
            log.warning("The mail server can't be reached; %s mails wait", len(ready) - position)
            yield from (
                _put_back(rest.claimed, Trouble.UNREACHABLE, SERVER_BACK_IN) for rest in ready[position:]
            )
            return
        except NotNow:
            yield _try_again(item.claimed, Trouble.NOT_NOW)
        except Rejected:
            yield _outcome(item.claimed, DeliveryState.FAILED, Trouble.REFUSED)
        else:
            yield _outcome(item.claimed, DeliveryState.SENT)


def _outcome(
    claimed: Claimed,
    state: DeliveryState,
    trouble: str = "",
    *,
    wait: timedelta = timedelta(),
    forgiven: bool = False,
) -> Outcome:
    return Outcome(
        tenant_id=claimed.notification.tenant_id,
        delivery_id=claimed.delivery_id,
        attempt=claimed.attempt,
        state=state,
        trouble=trouble,
        wait=wait,
        forgiven=forgiven,
    )


def _try_again(claimed: Claimed, trouble: Trouble) -> Outcome:
    if claimed.attempt >= MAX_ATTEMPTS:
        return _outcome(claimed, DeliveryState.FAILED, trouble)
    return _outcome(claimed, DeliveryState.QUEUED, trouble, wait=back_off(claimed.attempt))


def _put_back(claimed: Claimed, trouble: str, wait: timedelta) -> Outcome:
    """The mail was not at fault: the attempt does not count."""
    return _outcome(claimed, DeliveryState.QUEUED, trouble, wait=wait, forgiven=True)
