"""The way of stored notifications into mailboxes.

A batch is claimed and committed, checked and written in each tenant's scope, sent with no
transaction open, and marked. Whoever dies on the way leaves rows in ``sending``; their lease runs
out and somebody else claims them.
"""

import logging
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from time import monotonic

from django.conf import settings

from notifications import outbox
from notifications.enums import DeliveryState, Trouble
from notifications.kinds import kind_of
from notifications.letters import Writer
from notifications.models import Delivery
from notifications.outbox import Outcome
from notifications.transport import Mail, NotNow, Rejected, Transport, Unreachable
from portal.core.tenancy import EVERY_ACCOUNT, acting

log = logging.getLogger(__name__)

BATCH = 100
LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
SERVER_BACK_IN = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)
_MARK_EVERY = 1.0


@dataclass(frozen=True, slots=True)
class _Ready:
    delivery: Delivery
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
        deliveries = outbox.load(tenant_id, ids)
        writer = Writer(deliveries[0].tenant) if deliveries else None
        return [_prepare_one(delivery, writer) for delivery in deliveries if writer]


def _prepare_one(delivery: Delivery, writer: Writer) -> _Ready | Outcome:
    notification = delivery.notification
    person = notification.recipient
    if delivery.attempts > MAX_ATTEMPTS:
        return _outcome(delivery, DeliveryState.FAILED, Trouble.GIVEN_UP)
    if person.removed_at is not None or not person.user.is_active:
        return _outcome(delivery, DeliveryState.DROPPED, Trouble.REMOVED)
    try:
        notification.tenant = person.tenant = delivery.tenant
        if not kind_of(notification.kind).still_right(notification):
            return _outcome(delivery, DeliveryState.DROPPED, Trouble.OUT_OF_SIGHT)
        letter = writer.write(notification, person.user)
    except Exception:  # one kind's fault must not hold up the mail of the others
        log.exception("Delivery %s could not be written", delivery.pk)
        return _try_again(delivery, Trouble.UNWRITTEN)
    mail = Mail(
        message_id=f"<{delivery.pk}@{settings.BASE_HOST}>",
        sender=delivery.tenant.name,
        reply_to=delivery.tenant.support_email,
        name=person.user.name,
        address=person.user.email,
        language=person.user.language,
        letter=letter,
    )
    return _Ready(delivery, mail)


def _send(ready: Sequence[_Ready], transport: Transport, *, until: float) -> Iterator[Outcome]:
    """Send one after the other; what the lease leaves no time for goes back untried."""
    for position, item in enumerate(ready):
        if monotonic() > until:
            yield from (_put_back(rest.delivery, "", timedelta()) for rest in ready[position:])
            return
        try:
            transport.send(item.mail)
        except Unreachable:
            log.warning("The mail server can't be reached; %s mails wait", len(ready) - position)
            yield from (
                _put_back(rest.delivery, Trouble.UNREACHABLE, SERVER_BACK_IN) for rest in ready[position:]
            )
            return
        except NotNow:
            yield _try_again(item.delivery, Trouble.NOT_NOW)
        except Rejected:
            yield _outcome(item.delivery, DeliveryState.FAILED, Trouble.REFUSED)
        else:
            yield _outcome(item.delivery, DeliveryState.SENT)


def _outcome(
    delivery: Delivery,
    state: DeliveryState,
    trouble: str = "",
    *,
    wait: timedelta = timedelta(),
    forgiven: bool = False,
) -> Outcome:
    return Outcome(
        tenant_id=delivery.tenant_id,
        delivery_id=delivery.pk,
        attempt=delivery.attempts,
        state=state,
        trouble=trouble,
        wait=wait,
        forgiven=forgiven,
    )


def _try_again(delivery: Delivery, trouble: Trouble) -> Outcome:
    if delivery.attempts >= MAX_ATTEMPTS:
        return _outcome(delivery, DeliveryState.FAILED, trouble)
    return _outcome(delivery, DeliveryState.QUEUED, trouble, wait=back_off(delivery.attempts))


def _put_back(delivery: Delivery, trouble: str, wait: timedelta) -> Outcome:
    """The mail was not at fault: the attempt does not count."""
    return _outcome(delivery, DeliveryState.QUEUED, trouble, wait=wait, forgiven=True)
