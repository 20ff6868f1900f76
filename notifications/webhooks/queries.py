"""What administrators see of their webhooks."""

from collections.abc import Sequence

from notifications.webhooks.models import Call, Webhook
from portal.core.keyset import Keyset, Page
from portal.identity.models import Membership

LOG_SIZE = 50
_NEWEST_FIRST = Keyset(("at", "id"), descending=True)


def webhooks_of(person: Membership) -> Sequence[Webhook]:
    return list(Webhook.objects.filter(tenant_id=person.tenant_id).order_by("name", "id"))


def log_of(webhook: Webhook, cursor: str = "") -> Page[Call]:
    calls = Call.objects.filter(tenant_id=webhook.tenant_id, webhook=webhook)
    return _NEWEST_FIRST.page(calls, cursor, LOG_SIZE)
