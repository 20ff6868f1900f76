"""The daily digest: mails are gathered in a row of their own, which leaves like any other mail.

A digest takes in mails until it is tried for the first time. From then on its content can only shrink, so
that a second try, under the same Message-ID, holds nothing that the first did not.
"""

import logging
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from notifications.enums import DeliveryState, MailState, Trouble
from notifications.kinds import kind_of
from notifications.letters import Line, Writer
from notifications.models import Delivery, Digest
from notifications.outbox import Lease, Outcome, people_by_id
from notifications.outcomes import (
    Ready,
    Right,
    back_off,
    lost,
    outcome,
    put_back,
    ready,
    still_right,
    try_again,
)
from notifications.queries import wishes_by_person
from notifications.wishes import Drop, Gather, Wishes, way_of_mail
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Tenant

log = logging.getLogger(__name__)

_LOOK_AGAIN = timedelta(minutes=1)
_NAMES = uuid.UUID("6f1f4a0e-7d0c-5a53-9a59-5d4a1f1f4c11")
# The digest is locked until the commit, so a sweep that finds it due passes it by. One that is being tried
# already takes nothing in: its deliveries keep their lease, and go into the next.
_GATHER = """
WITH wanted AS (
  SELECT *
    FROM unnest(%s::uuid[], %s::int[], %s::uuid[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])
         AS wanted (id, attempt, digest_id, person_id, planned_at, due_at)
), digest AS (
  INSERT INTO notifications_digest AS digest
         (id, tenant_id, person_id, planned_at, due_at, state, attempts, error)
  SELECT DISTINCT ON (digest_id) digest_id, %s::bigint, person_id, planned_at, due_at, 'queued', 0, ''
    FROM wanted
   ORDER BY digest_id
      ON CONFLICT (id) DO UPDATE SET due_at = digest.due_at
   WHERE digest.state = 'queued' AND digest.attempts = 0
  RETURNING digest.id, digest.tenant_id
)
UPDATE notifications_delivery AS delivery
   SET state = 'gathered', digest_id = digest.id, error = ''
  FROM wanted JOIN digest ON digest.id = wanted.digest_id
 WHERE delivery.tenant_id = digest.tenant_id AND delivery.id = wanted.id
   AND delivery.state = 'sending' AND delivery.attempts = wanted.attempt
RETURNING delivery.id
"""


def gather(tenant: Tenant, wanted: Sequence[tuple[Lease, Gather]]) -> list[Outcome]:
    """Put leased deliveries into the digests of their people: one statement.

    :returns: what came too late for its digest, to be looked at again.
    """
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _GATHER,
            [
                [str(lease.id) for lease, _ in wanted],
                [lease.attempt for lease, _ in wanted],
                [str(_digest_id(lease, into)) for lease, into in wanted],
                [lease.person.pk for lease, _ in wanted],
                [into.planned_at for _, into in wanted],
                [into.due_at for _, into in wanted],
                tenant.pk,
            ],
        )
        gathered = {pk for (pk,) in cursor.fetchall()}
    return [put_back(lease, "", _LOOK_AGAIN) for lease, _ in wanted if lease.id not in gathered]


def _digest_id(lease: Lease, into: Gather) -> uuid.UUID:
    """The same for everything that goes into one digest."""
    return uuid.uuid5(_NAMES, f"{lease.tenant_id}:{lease.person.pk}:{into.planned_at.isoformat()}")


def prepare_digests(tenant_id: int, ids: Sequence[uuid.UUID]) -> list[Ready | Outcome]:
    """Check what was gathered once more, and write the digests; all in the tenant's scope."""
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        tenant = Tenant.objects.get(pk=tenant_id)
        batch = _Batch(tenant, _load(tenant, ids))
        prepared = [batch.prepare(lease) for lease in batch.leases]
        batch.set_aside()
        return prepared


def _load(tenant: Tenant, ids: Sequence[uuid.UUID]) -> list[Lease]:
    digests = list(Digest.objects.filter(tenant=tenant, id__in=ids, state=DeliveryState.SENDING))
    people = people_by_id(tenant, {digest.person_id for digest in digests})
    return [Lease(tenant.pk, one.pk, one.attempts, people[one.person_id]) for one in digests]


class _Batch:
    """Digests of one tenant, with all that was gathered in them."""

    def __init__(self, tenant: Tenant, leases: Sequence[Lease]) -> None:
        self.leases = leases
        self._tenant = tenant
        self._writer = Writer(tenant)
        self._now = timezone.now()
        self._gathered = self._read()
        self._right: Right = still_right(
            [one.notification for deliveries in self._gathered.values() for one in deliveries]
        )
        self._wishes = wishes_by_person(tenant, [lease.person for lease in leases])
        self._aside: dict[Trouble, list[uuid.UUID]] = defaultdict(list)

    def _read(self) -> dict[uuid.UUID, list[Delivery]]:
        people = {lease.id: lease.person for lease in self.leases}
        gathered: dict[uuid.UUID, list[Delivery]] = defaultdict(list)
        rows = Delivery.objects.filter(
            tenant=self._tenant, digest__in=people.keys(), state=MailState.GATHERED
        ).select_related("notification")
        for delivery in rows.order_by("notification__created_at", "notification_id"):
            digest_id: uuid.UUID = delivery.digest_id  # type: ignore[assignment]  # as it was asked for
            delivery.notification.recipient = people[digest_id]
            gathered[digest_id].append(delivery)
        return gathered

    def prepare(self, lease: Lease) -> Ready | Outcome:
        if (over := lost(lease)) is not None:
            return over
        wishes = self._wishes[lease.person.pk]
        kept = [line for one in self._gathered[lease.id] if (line := self._line(one, wishes))]
        if not kept:
            return outcome(lease, DeliveryState.DROPPED, Trouble.OUT_OF_SIGHT)
        try:
            return ready(lease, self._writer.write_digest(lease.person, kept))
        except Exception:  # one digest's fault must not hold up the others
            log.exception("Digest %s could not be written", lease.id)
            return try_again(lease, Trouble.UNWRITTEN)

    def _line(self, delivery: Delivery, wishes: Wishes) -> Line | None:
        """In its receiver's words; None for what is set aside."""
        notification = delivery.notification
        right = self._right[notification.kind]
        try:
            if right is not None and notification.pk in right:
                kind = kind_of(notification.kind)
                if isinstance(way_of_mail(kind.topic, urgent=False, wishes=wishes, at=self._now), Drop):
                    self._aside[Trouble.TURNED_OFF].append(delivery.pk)
                    return None
                return self._writer.line(notification)
        except Exception:  # as above
            log.exception("Delivery %s could not be written into a digest", delivery.pk)
            right = None
        self._aside[Trouble.UNWRITTEN if right is None else Trouble.OUT_OF_SIGHT].append(delivery.pk)
        return None

    def set_aside(self) -> None:
        """What no digest tells any more is dropped; what could not be written is looked at again."""
        for trouble, ids in self._aside.items():
            rows = Delivery.objects.filter(tenant=self._tenant, pk__in=ids, state=MailState.GATHERED)
            if trouble == Trouble.UNWRITTEN:
                due_at = self._now + back_off(1)
                rows.update(state=DeliveryState.QUEUED, digest=None, due_at=due_at, error=trouble)
            else:
                rows.update(state=DeliveryState.DROPPED, error=trouble)
