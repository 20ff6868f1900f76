"""What administrators see of their webhooks, and the tenant's of those of an account."""

from collections.abc import Sequence
from typing import NamedTuple

from notifications.webhooks.enums import WebhookState
from notifications.webhooks.models import Call, Webhook
from portal.core.keyset import Keyset, Page
from portal.identity.models import Account, Membership
from portal.identity.rules import may_run_portal

LOG_SIZE = 50
_NEWEST_FIRST = Keyset(("at", "id"), descending=True)


class Known(NamedTuple):
    """What the tenant is told of a webhook of an account."""

    pk: int
    name: str
    host: str
    state: WebhookState


def webhooks_of(person: Membership) -> Sequence[Webhook]:
    """Of the side that the person is on: the tenant's, or their account's."""
    own = Webhook.objects.filter(tenant_id=person.tenant_id, account=person.account_id)
    return list(own.order_by("name", "id"))


def known_webhooks_of(person: Membership, account: Account) -> Sequence[Known]:
    """An account's own, for administrators of the tenant: neither the path nor a secret leaves here."""
    if not may_run_portal(person):
        return []
    theirs = Webhook.objects.filter(tenant_id=person.tenant_id, account=account).only("name", "url", "state")
    return [
        Known(webhook.pk, webhook.name, webhook.host, WebhookState(webhook.state))
        for webhook in theirs.order_by("name", "id")
    ]


def log_of(webhook: Webhook, cursor: str = "") -> Page[Call]:
    calls = Call.objects.filter(tenant_id=webhook.tenant_id, webhook=webhook)
    return _NEWEST_FIRST.page(calls, cursor, LOG_SIZE)
