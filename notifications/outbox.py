"""The tables of notifications and deliveries as an outbox: store, claim, load, mark.

Each function is one statement (``claim`` and ``mark`` open the transaction they need), whatever
the number of rows. Due times are the database's, so that two machines' clocks never matter.
"""

import json
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from notifications.enums import Channel, DeliveryState
from notifications.models import Delivery
from portal.core.tenancy import EVERY_ACCOUNT, acting

_NAMESPACE = uuid.UUID("6f0c2c0e-5b0b-4f0e-9b6c-5d1f6a1f7a11")

_STORE = """
INSERT INTO notifications_notification
       (id, tenant_id, recipient_id, user_id, kind, key, data, url, created_at)
SELECT told.id, %s, told.recipient_id, told.user_id, %s, %s, %s::jsonb, %s, %s
  FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) AS told (id, recipient_id, user_id)
    ON CONFLICT DO NOTHING
"""
_QUEUE = """
INSERT INTO notifications_delivery (id, tenant_id, notification_id, channel, state, due_at, attempts, error)
SELECT queued.id, %s, queued.notification_id, %s, %s, statement_timestamp(), 0, ''
  FROM unnest(%s::uuid[], %s::uuid[]) AS queued (id, notification_id)
    ON CONFLICT DO NOTHING
"""
_MARK = """
UPDATE notifications_delivery AS delivery
   SET state = outcome.state,
       error = outcome.trouble,
       attempts = delivery.attempts - outcome.forgiven,
       due_at = statement_timestamp() + make_interval(secs => outcome.wait),
       sent_at = CASE WHEN outcome.state = 'sent' THEN statement_timestamp() END
  FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::text[], %s::float8[], %s::int[])
       AS outcome (id, attempt, state, trouble, wait, forgiven)
 WHERE delivery.tenant_id = %s AND delivery.id = outcome.id
   AND delivery.state = 'sending' AND delivery.attempts = outcome.attempt
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one claimed delivery. ``attempt`` is the number of the claim: who comes back
    after the lease was given to somebody else changes nothing."""

    tenant_id: int
    delivery_id: uuid.UUID
    attempt: int
    state: DeliveryState
    trouble: str = ""
    wait: timedelta = timedelta()
    forgiven: bool = False


def notification_id(tenant_id: int, recipient_id: int, kind: str, key: str) -> uuid.UUID:
    """The same event for the same person has the same id, so storing it again changes nothing."""
    return uuid.uuid5(_NAMESPACE, f"{tenant_id}:{recipient_id}:{kind}:{key}")


def store(
    *,
    tenant_id: int,
    kind: str,
    key: str,
    url: str,
    data: Mapping[str, Any],
    recipients: Sequence[tuple[int, int]],
    at: datetime,
) -> tuple[list[uuid.UUID], int]:
    """Store one notification for each (membership id, user id).

    :returns: the ids of all of them, and how many were not there yet.
    """
    ids = [notification_id(tenant_id, recipient, kind, key) for recipient, _ in recipients]
    people, users = zip(*recipients, strict=True)
    content = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False)
    with connection.cursor() as cursor:
        # Without RETURNING: whoever tells somebody something can't read that person's rows.
        cursor.execute(
            _STORE,
            [tenant_id, kind, key, content, url, at, [str(i) for i in ids], list(people), list(users)],
        )
        return ids, cursor.rowcount


def queue(*, tenant_id: int, notifications: Sequence[uuid.UUID], channel: Channel) -> None:
    """Give each notification its one delivery over the channel, due now."""
    ids = [str(uuid.uuid5(notification, channel)) for notification in notifications]
    with connection.cursor() as cursor:
        cursor.execute(
            _QUEUE, [tenant_id, channel, DeliveryState.QUEUED, ids, [str(i) for i in notifications]]
        )


def claim(batch: int, lease: timedelta) -> dict[int, list[uuid.UUID]]:
    """Lease at most ``batch`` due deliveries of any tenant: tenant id → delivery ids.

    Committed on return, unless a transaction is around it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, id FROM notifications_claim(%s, %s)", [batch, lease.seconds])
        claimed: dict[int, list[uuid.UUID]] = defaultdict(list)
        for tenant_id, delivery_id in cursor.fetchall():
            claimed[tenant_id].append(delivery_id)
    return claimed


def load(tenant_id: int, deliveries: Sequence[uuid.UUID]) -> list[Delivery]:
    """Claimed deliveries with their notifications and people; to be called in the tenant's scope."""
    return list(
        Delivery.objects.filter(tenant_id=tenant_id, id__in=deliveries, state=DeliveryState.SENDING)
        .select_related("tenant", "notification__recipient__user", "notification__recipient__account")
        .order_by("notification__created_at", "id")
    )


def mark(outcomes: Sequence[Outcome]) -> None:
    """Write down what became of claimed deliveries: one statement for each tenant."""
    ordered = sorted(outcomes, key=lambda outcome: outcome.tenant_id)
    for tenant_id, group in groupby(ordered, key=lambda outcome: outcome.tenant_id):
        rows = sorted(group, key=lambda outcome: outcome.delivery_id)
        with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT), connection.cursor() as cursor:
            cursor.execute(
                _MARK,
                [
                    [str(row.delivery_id) for row in rows],
                    [row.attempt for row in rows],
                    [str(row.state) for row in rows],
                    [row.trouble for row in rows],
                    [row.wait.total_seconds() for row in rows],
                    [int(row.forgiven) for row in rows],
                    tenant_id,
                ],
            )
