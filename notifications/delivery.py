"""The way of stored notifications into mailboxes.

A batch is claimed and committed, checked and written in each tenant's scope, sent with no
transaction open, and marked. Whoever dies on the way leaves rows in ``sending``; their lease runs
out and somebody else claims them.

Here, and not when something is stored, each person's wishes are looked up: see
docs/decisions/0017-wishes-are-looked-up-at-delivery.md.
"""

import logging
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from time import monotonic
from typing import NamedTuple

from django.utils import timezone

from notifications import outbox
from notifications.digests import gather, prepare_digests
from notifications.enums import Channel, Choice, DeliveryState, Trouble
from notifications.kinds import find_kind, kind_of
from notifications.letters import Writer
from notifications.models import Notification
from notifications.outbox import BULK, DIGESTS, SINGLE, Claimed, Lane, Lease, Outcome
from notifications.outcomes import Ready, lost, outcome, put_back, ready, still_right, try_again
from notifications.queries import wishes_by_person
from notifications.transport import NotNow, Rejected, Transport, Unreachable
from notifications.wishes import Drop, Gather, Wait, Wishes, way_of_mail
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Tenant

log = logging.getLogger(__name__)

BATCH = 500
LEASE = timedelta(minutes=5)
SERVER_BACK_IN = timedelta(minutes=1)
_MARK_EVERY = 0.5
"""Seconds. So long a mail of the first lane waits at most for those of the others."""

Prepare = Callable[[int, Sequence[uuid.UUID]], list[Ready | Outcome]]


class _Gathered(NamedTuple):
    lease: Lease
    into: Gather


def deliver_batch(transport: Transport, *, batch: int = BATCH, lease: timedelta = LEASE) -> int:
    """Claim what is due in the first lane that has something, and send it.

    What is told to few overtakes what is told to whole audiences, and both overtake digests: between batches,
    and within them.

    :returns: how many were claimed; none means that nothing is due.
    """
    claimed = (_deliver(lane, transport, batch, lease) for lane in _LANES)
    return next(filter(None, claimed), 0)


def _deliver(lane: Lane, transport: Transport, batch: int, lease: timedelta) -> int:
    started = monotonic()
    claimed = outbox.claim(batch, lease, lane=lane)
    prepare = _LANES[lane]
    prepared = list(chain.from_iterable(prepare(tenant_id, ids) for tenant_id, ids in claimed.items()))
    outcomes = [item for item in prepared if isinstance(item, Outcome)]
    written = [item for item in prepared if isinstance(item, Ready)]
    marked = monotonic()
    for result in _send(written, transport, until=started + lease.total_seconds() / 2):
        outcomes.append(result)
        if monotonic() - marked > _MARK_EVERY:
            outbox.mark(outcomes, of=lane.of)
            if lane is not SINGLE:
                _deliver(SINGLE, transport, batch, lease)
            outcomes, marked = [], monotonic()
    outbox.mark(outcomes, of=lane.of)
    return sum(map(len, claimed.values()))


def _prepare(tenant_id: int, ids: Sequence[uuid.UUID]) -> list[Ready | Outcome]:
    """Check each delivery's right to leave, and write it; all in the tenant's scope."""
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        tenant = Tenant.objects.get(pk=tenant_id)
        writer = Writer(tenant)
        claimed = outbox.load(tenant, ids)
        notifications = [item.notification for item in claimed]
        right = still_right(notifications)
        wishes = wishes_by_person(tenant, [item.lease.person for item in claimed])
        now = timezone.now()
        _read_for_whom_it_is_off(tenant, notifications, wishes)
        prepared = [
            _prepare_one(
                item, right[item.notification.kind], wishes[item.lease.person.pk], writer=writer, now=now
            )
            for item in claimed
        ]
        late = gather(tenant, [item for item in prepared if isinstance(item, _Gathered)])
        return [item for item in prepared if not isinstance(item, _Gathered)] + late


def _prepare_one(
    claimed: Claimed,
    right: Collection[uuid.UUID] | None,
    wishes: Wishes,
    *,
    writer: Writer,
    now: datetime,
) -> Ready | Outcome | _Gathered:
    lease, notification = claimed
    if (over := lost(lease)) is not None:
        return over
    if right is None:
        return try_again(lease, Trouble.UNWRITTEN)
    if notification.pk not in right:
        return outcome(lease, DeliveryState.DROPPED, Trouble.OUT_OF_SIGHT)
    kind = kind_of(notification.kind)
    try:
        way = way_of_mail(kind.topic, urgent=kind.urgent(notification.data), wishes=wishes, at=now)
        if isinstance(way, Drop):
            return outcome(lease, DeliveryState.DROPPED, Trouble.TURNED_OFF)
        if isinstance(way, Wait):
            return put_back(lease, Trouble.QUIET, way.until - now)
        if isinstance(way, Gather):
            return _Gathered(lease, way)
        return ready(lease, writer.write(notification, lease.person.user))
    except Exception:  # as in still_right: nor may one letter's fault
        log.exception("Delivery %s could not be written", lease.id)
        return try_again(lease, Trouble.UNWRITTEN)


def _read_for_whom_it_is_off(
    tenant: Tenant, notifications: Sequence[Notification], wishes: dict[int, Wishes]
) -> None:
    """Who wants no notice in the portal finds it read in the list, and the bell does not count it."""
    read = [
        one.pk
        for one in notifications
        if one.read_at is None
        and (kind := find_kind(one.kind))
        and wishes[one.recipient_id].choice(kind.topic, Channel.PORTAL) == Choice.OFF
    ]
    if read:
        unread = Notification.objects.filter(tenant=tenant, pk__in=read, read_at=None)
        unread.update(read_at=timezone.now())


def _send(written: Sequence[Ready], transport: Transport, *, until: float) -> Iterator[Outcome]:
    """Send one after the other; what the lease leaves no time for goes back untried."""
    for position, (lease, mail) in enumerate(written):
        if monotonic() > until:
            yield from (put_back(rest.lease, "", timedelta()) for rest in written[position:])
            return
        try:
            transport.send(mail)
        except Unreachable:
            log.warning("The mail server can't be reached; %s mails wait", len(written) - position)
            yield from (
                put_back(rest.lease, Trouble.UNREACHABLE, SERVER_BACK_IN) for rest in written[position:]
            )
            return
        except NotNow:
            yield try_again(lease, Trouble.NOT_NOW)
        except Rejected:
            yield outcome(lease, DeliveryState.FAILED, Trouble.REFUSED)
        else:
            yield outcome(lease, DeliveryState.SENT)


_LANES: Mapping[Lane, Prepare] = {SINGLE: _prepare, BULK: _prepare, DIGESTS: prepare_digests}
"""In the order in which they leave."""
