"""The table of calls as an outbox: store, claim, load, mark; the same rules as ``notifications.outbox``."""

import json
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from notifications.enums import DeliveryState
from notifications.webhooks.events import Occurrence
from notifications.webhooks.models import Call
from portal.core.doors import ask_by_tenant
from portal.identity.models import Tenant

# The same event for the same webhook has the same id: storing it again changes nothing. The tenant's own
# webhooks and one account's are two ranges of one index, however many other accounts have.
_STORE = """
INSERT INTO webhooks_call
       (id, tenant_id, account_id, webhook_id, event, key, data, at, state, due_at, attempts, trouble)
SELECT md5(concat_ws(':', 'call', webhook.tenant_id, webhook.id, told.event, told.key))::uuid,
       webhook.tenant_id, webhook.account_id, webhook.id, told.event, told.key, told.data, told.at,
       'queued', statement_timestamp(), 0, ''
  FROM unnest(%(events)s::text[], %(keys)s::text[], %(data)s::jsonb[], %(times)s::timestamptz[],
              %(accounts)s::bigint[]) AS told (event, key, data, at, account_id)
 CROSS JOIN LATERAL (
       SELECT * FROM webhooks_webhook WHERE tenant_id = %(tenant)s AND account_id IS NULL
        UNION ALL
       SELECT * FROM webhooks_webhook WHERE tenant_id = %(tenant)s AND account_id = told.account_id
       ) AS webhook
 WHERE webhook.state = 'on' AND told.event = ANY (webhook.events)
 ORDER BY 1
    ON CONFLICT DO NOTHING
"""
IS_ASKED = "webhooks_asked(%(event)s, account_id)"
"""Whether anybody is called for an event of the row's account: for a statement that is made anyway, where one
more that tells nobody would be too dear. The door looks past the policies, and answers yes or no."""

_MARK = """
UPDATE webhooks_call AS call
   SET state = outcome.state,
       trouble = outcome.trouble,
       status = CASE WHEN outcome.called THEN outcome.status ELSE call.status END,
       attempts = call.attempts - outcome.forgiven,
       due_at = statement_timestamp() + make_interval(secs => outcome.wait),
       called_at = CASE WHEN outcome.called THEN statement_timestamp() ELSE call.called_at END
  FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::text[], %s::int[], %s::float8[], %s::int[], %s::bool[])
       AS outcome (id, attempt, state, trouble, status, wait, forgiven, called)
 WHERE call.tenant_id = %s AND call.id = outcome.id
   AND call.state = 'sending' AND call.attempts = outcome.attempt
"""


class Outcome(NamedTuple):
    """What became of a leased call. ``called``: the receiver was tried; ``forgiven``: it does not count.

    Who comes back with an ``attempt`` after the lease was given to somebody else changes nothing.
    """

    call_id: uuid.UUID
    attempt: int
    state: DeliveryState
    trouble: str = ""
    status: int | None = None
    wait: timedelta = timedelta()
    forgiven: bool = False
    called: bool = False


def store(tenant: Tenant, occurrences: Sequence[Occurrence]) -> int:
    """One call for each occurrence and each webhook that asks for it, due now, in one statement.

    :returns: how many were not there yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            {
                "tenant": tenant.pk,
                "events": [one.event for one in occurrences],
                "keys": [one.key for one in occurrences],
                "data": [json.dumps(one.data, cls=DjangoJSONEncoder) for one in occurrences],
                "times": [one.at for one in occurrences],
                "accounts": [one.told_account_id for one in occurrences],
            },
        )
        stored: int = cursor.rowcount
    return stored


def claim(lanes: int, calls: int, lease: timedelta) -> dict[int, list[uuid.UUID]]:
    """Lease due calls of at most so many webhooks, and so many of each: tenant id → call ids.

    A webhook with a call on its way is left alone, so that a slow receiver holds up nobody else.
    Committed on return, unless a transaction is around it.
    """
    with transaction.atomic():
        return ask_by_tenant("webhooks_claim", lanes, calls, lease.seconds)


def load(tenant_id: int, calls: Sequence[uuid.UUID]) -> list[Call]:
    """What was claimed, with its webhooks, oldest first. To be called in the tenant's scope."""
    claimed = Call.objects.filter(tenant_id=tenant_id, id__in=calls, state=DeliveryState.SENDING)
    return list(claimed.select_related("webhook").order_by("at", "id"))


def mark(tenant_id: int, outcomes: Sequence[Outcome]) -> None:
    """Write down what became of claimed calls, in one statement; in the tenant's scope."""
    rows = sorted(outcomes, key=lambda outcome: outcome.call_id)
    with connection.cursor() as cursor:
        cursor.execute(
            _MARK,
            [
                [str(row.call_id) for row in rows],
                [row.attempt for row in rows],
                [str(row.state) for row in rows],
                [row.trouble for row in rows],
                [row.status for row in rows],
                [row.wait.total_seconds() for row in rows],
                [int(row.forgiven) for row in rows],
                [row.called for row in rows],
                tenant_id,
            ],
        )
