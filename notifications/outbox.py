"""The tables of notifications and deliveries as an outbox: store, claim, load, mark.

Each function costs one or two statements, whatever the number of rows; ``claim`` and ``mark`` open
the transactions that they need. Due times are the database's, so that two machines' clocks never matter.
"""

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from notifications.enums import Channel, DeliveryState, MailState, Trouble
from notifications.events import Event
from notifications.kinds import kind_of
from notifications.models import Delivery, Digest, Leaving, Notification
from portal.core.doors import ask_by_tenant
from portal.core.prepared import Call, Planned
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.actions import note_reached, note_refused
from portal.identity.models import Membership, Tenant

# The same event for the same person has the same id, and so has its delivery over one channel:
# storing it again changes nothing. In the order of the ids, so that two transactions that tell the
# same people of the same events never wait for each other in a circle.
_STORE = Planned.named("""
WITH told AS MATERIALIZED (
  SELECT md5(concat_ws(':', 'notification', tenant.id, told.recipient_id, event.kind, event.key))::uuid AS id,
         tenant.id AS tenant_id, told.recipient_id, told.user_id,
         event.kind, event.key, event.url, event.data, event.at,
         event.at > %(history)s::timestamptz AS is_news, event.shown, event.in_bulk
    FROM (SELECT %(tenant)s::bigint AS id) AS tenant,
         unnest(%(events)s::int[], %(people)s::bigint[], %(users)s::bigint[])
             AS told (event, recipient_id, user_id)
    JOIN unnest(%(kinds)s::text[], %(keys)s::text[], %(urls)s::text[], %(data)s::text[]::jsonb[],
                %(times)s::timestamptz[], %(shown)s::bool[], %(in_bulk)s::bool[])
             WITH ORDINALITY AS event (kind, key, url, data, at, shown, in_bulk, number)
      ON event.number = told.event
   ORDER BY 1
), delivered AS (
  INSERT INTO notifications_delivery
         (id, tenant_id, notification_id, channel, in_bulk, state, due_at, attempts, error)
  SELECT md5(concat_ws(':', told.id, channel.name))::uuid, told.tenant_id, told.id, channel.name,
         told.in_bulk, 'queued', statement_timestamp(), 0, ''
    FROM told, unnest(%(channels)s::text[]) AS channel (name)
   WHERE told.is_news
   ORDER BY 1
      ON CONFLICT DO NOTHING
)
INSERT INTO notifications_notification
       (id, tenant_id, recipient_id, user_id, kind, key, data, url, created_at, read_at)
SELECT id, tenant_id, recipient_id, user_id, kind, key, data, url, at,
       CASE WHEN NOT is_news OR NOT shown THEN at END
  FROM told
 ORDER BY id
    ON CONFLICT DO NOTHING
""")
_MARK = """
UPDATE {table} AS mail
   SET state = outcome.state,
       error = outcome.trouble,
       attempts = mail.attempts - outcome.forgiven,
       due_at = statement_timestamp() + make_interval(secs => outcome.wait),
       sent_at = CASE WHEN outcome.state = 'sent' THEN statement_timestamp() END
  FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::text[], %s::float8[], %s::int[])
       AS outcome (id, attempt, state, trouble, wait, forgiven)
 WHERE mail.tenant_id = %s AND mail.id = outcome.id
   AND mail.state = 'sending' AND mail.attempts = outcome.attempt
RETURNING mail.id
"""


class Lane(NamedTuple):
    """What is claimed together: ``door`` is asked for a batch, a lease, and ``of_these``."""

    of: type[Leaving]
    door: str
    of_these: tuple[bool, ...] = ()


SINGLE = Lane(Delivery, "notifications_claim", (False,))
BULK = Lane(Delivery, "notifications_claim", (True,))
DIGESTS = Lane(Digest, "notifications_claim_digests")


class Lease(NamedTuple):
    """Of a mail to a person. ``attempt`` is the number of the claim, the first being 1."""

    tenant_id: int
    id: uuid.UUID
    attempt: int
    person: Membership


class Claimed(NamedTuple):
    """A leased delivery."""

    lease: Lease
    notification: Notification


class Outcome(NamedTuple):
    """What became of a leased mail. Who comes back with an ``attempt`` after the lease was given to
    somebody else changes nothing. ``person`` is named where the outcome shows whether mail reaches them."""

    tenant_id: int
    id: uuid.UUID
    attempt: int
    state: DeliveryState
    trouble: str = ""
    wait: timedelta = timedelta()
    forgiven: bool = False
    person: Membership | None = None


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
            "shown": [event.in_portal for event in events],
            "in_bulk": [kind_of(event.kind).in_bulk for event in events],
        }
    )


def claim(batch: int, lease: timedelta, *, lane: Lane = SINGLE) -> dict[int, list[uuid.UUID]]:
    """Lease at most ``batch`` due mails of a lane, of any tenant: tenant id → their ids.

    Committed on return, unless a transaction is around it.
    """
    with transaction.atomic():
        return ask_by_tenant(lane.door, batch, lease.seconds, *lane.of_these)


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
    people = people_by_id(tenant, {notification.recipient_id for notification in told})
    for notification in told:
        notification.recipient = people[notification.recipient_id]
    return [Claimed(Lease(tenant.pk, *found[one.pk], one.recipient), one) for one in told]


def people_by_id(tenant: Tenant, ids: Collection[int]) -> dict[int, Membership]:
    """With user and tenant."""
    people = Membership.objects.filter(tenant=tenant).select_related("user").in_bulk(ids)
    for person in people.values():
        person.tenant = tenant
    return people


def mark(outcomes: Sequence[Outcome], *, of: type[Leaving] = Delivery) -> None:
    """Write down what became of claimed mails: one statement for each tenant, and another where it tells
    something new of whether mail reaches people."""
    ordered = sorted(outcomes, key=lambda outcome: outcome.tenant_id)
    for tenant_id, group in groupby(ordered, key=lambda outcome: outcome.tenant_id):
        rows = sorted(group, key=lambda outcome: outcome.id)
        with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
            marked = _mark(tenant_id, rows, of)
            if of is Digest:
                _pass_on(tenant_id, marked)
            _note_reach(tenant_id, marked)


def _mark(tenant_id: int, rows: Sequence[Outcome], of: type[Leaving]) -> list[Outcome]:
    """:returns: those that still had their lease."""
    with connection.cursor() as cursor:
        cursor.execute(
            _MARK.format(table=of._meta.db_table),
            [
                [str(row.id) for row in rows],
                [row.attempt for row in rows],
                [str(row.state) for row in rows],
                [row.trouble for row in rows],
                [row.wait.total_seconds() for row in rows],
                [int(row.forgiven) for row in rows],
                tenant_id,
            ],
        )
        marked = {pk for (pk,) in cursor.fetchall()}
    return [row for row in rows if row.id in marked]


def _pass_on(tenant_id: int, digests: Iterable[Outcome]) -> None:
    """What became of digests became of all that was gathered in them: one statement for each end."""
    ended: dict[tuple[DeliveryState, str], list[uuid.UUID]] = defaultdict(list)
    for digest in digests:
        if digest.state != DeliveryState.QUEUED:
            ended[digest.state, digest.trouble].append(digest.id)
    for (state, trouble), ids in ended.items():
        gathered = Delivery.objects.filter(tenant_id=tenant_id, digest__in=ids, state=MailState.GATHERED)
        sent_at = timezone.now() if state == DeliveryState.SENT else None
        gathered.update(state=state, error=trouble, sent_at=sent_at)


def _note_reach(tenant_id: int, marked: Sequence[Outcome]) -> None:
    refused = [row.person for row in marked if row.person and row.trouble == Trouble.REFUSED]
    for person in sorted(refused, key=lambda person: person.pk):
        address = person.user.email
        note_refused(tenant_id=tenant_id, person_id=person.pk, address=address, for_at_least=timedelta())
    sent = (row.person for row in marked if row.person and row.state == DeliveryState.SENT)
    reached = {person.pk for person in sent if person.refusals}
    if reached:
        note_reached(tenant_id=tenant_id, people=reached, at=timezone.now())
