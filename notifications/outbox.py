"""The tables of notifications and deliveries as an outbox: store, claim, load, mark.

Each function costs one or two statements, whatever the number of rows; ``claim`` and ``mark`` open
the transactions that they need. Due times are the database's, so that two machines' clocks never matter.
"""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from notifications.enums import Channel, DeliveryState
from notifications.events import Event
from notifications.models import Delivery, Notification
from portal.core.doors import ask_by_tenant
from portal.core.prepared import Call, Planned
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership, Tenant

# The same event for the same person has the same id, and so has its delivery over one channel:
# storing it again changes nothing. In the order of the ids, so that two transactions that tell the
# same people of the same events never wait for each other in a circle.
_STORE = Planned.named("""
WITH told AS MATERIALIZED (
  SELECT md5(concat_ws(':', 'notification', tenant.id, told.recipient_id, event.kind, event.key))::uuid AS id,
         tenant.id AS tenant_id, told.recipient_id, told.user_id,
         event.kind, event.key, event.url, event.data, event.at,
         event.at > %(history)s::timestamptz AS is_news
    FROM (SELECT %(tenant)s::bigint AS id) AS tenant,
         unnest(%(events)s::int[], %(people)s::bigint[], %(users)s::bigint[])
             AS told (event, recipient_id, user_id)
    JOIN unnest(%(kinds)s::text[], %(keys)s::text[], %(urls)s::text[], %(data)s::text[]::jsonb[],
                %(times)s::timestamptz[])
             WITH ORDINALITY AS event (kind, key, url, data, at, number) ON event.number = told.event
   ORDER BY 1
), delivered AS (
  INSERT INTO notifications_delivery
         (id, tenant_id, notification_id, channel, state, due_at, attempts, error)
  SELECT md5(concat_ws(':', told.id, channel.name))::uuid, told.tenant_id, told.id, channel.name, 'queued',
         statement_timestamp(), 0, ''
    FROM told, unnest(%(channels)s::text[]) AS channel (name)
   WHERE told.is_news
   ORDER BY 1
      ON CONFLICT DO NOTHING
)
INSERT INTO notifications_notification
       (id, tenant_id, recipient_id, user_id, kind, key, data, url, created_at, read_at)
SELECT id, tenant_id, recipient_id, user_id, kind, key, data, url, at, CASE WHEN NOT is_news THEN at END
  FROM told
 ORDER BY id
    ON CONFLICT DO NOTHING
""")
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


class Claimed(NamedTuple):
    """A leased delivery. ``attempt`` is the number of the claim, the first being 1."""

    delivery_id: uuid.UUID
    attempt: int
    notification: Notification


class Outcome(NamedTuple):
    """What became of a leased delivery. Who comes back with an ``attempt`` after the lease was
    given to somebody else changes nothing."""

    tenant_id: int
    delivery_id: uuid.UUID
    attempt: int
    state: DeliveryState
    trouble: str = ""
    wait: timedelta = timedelta()
    forgiven: bool = False


def storing(
    tenant: Tenant, events: Sequence[Event], *, history: datetime, channels: Sequence[Channel]
) -> Call:
    """The statement that stores one notification for each event and person; its row count says how many
    were not there yet.

    What happened until ``history`` is read already. Of what is news each notification gets its one delivery
    over each of the channels, due now.
    """
    told = [
        (number, person.pk, person.user_id)
        for number, event in enumerate(events, start=1)
        for person in event.recipients
        if person.removed_at is None
    ]
    # Without RETURNING: whoever tells somebody something can't read that person's rows.
    return _STORE.call(
        {
            "tenant": tenant.pk,
            "history": history,
            "channels": [str(channel) for channel in channels],
            "events": [number for number, _, _ in told],
            "people": [person_id for _, person_id, _ in told],
            "users": [user_id for _, _, user_id in told],
            "kinds": [event.kind for event in events],
            "keys": [event.key for event in events],
            "urls": [event.url for event in events],
            "data": [json.dumps(event.data, cls=DjangoJSONEncoder, ensure_ascii=False) for event in events],
            "times": [event.at for event in events],
        }
    )


def claim(batch: int, lease: timedelta) -> dict[int, list[uuid.UUID]]:
    """Lease at most ``batch`` due deliveries of any tenant: tenant id → delivery ids.

    Committed on return, unless a transaction is around it.
    """
    with transaction.atomic():
        return ask_by_tenant("notifications_claim", batch, lease.seconds)


def load(tenant: Tenant, deliveries: Sequence[uuid.UUID]) -> list[Claimed]:
    """What was claimed, with notifications and people, oldest first.

    To be called in the tenant's scope. Three statements: the people of a batch are read once each,
    however many notifications they get.
    """
    claimed = Delivery.objects.filter(
        tenant=tenant, id__in=deliveries, state=DeliveryState.SENDING
    ).values_list("id", "notification_id", "attempts")
    found = {notification_id: (pk, attempt) for pk, notification_id, attempt in claimed}
    told = list(Notification.objects.filter(tenant=tenant, id__in=found).order_by("created_at", "id"))
    people = (
        Membership.objects.filter(tenant=tenant)
        .select_related("user")
        .in_bulk({notification.recipient_id for notification in told})
    )
    for person in people.values():
        person.tenant = tenant
    for notification in told:
        notification.recipient = people[notification.recipient_id]
    return [Claimed(*found[notification.pk], notification) for notification in told]


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
