"""Whose webhooks are: the tenant's, or those of one of its accounts."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from notifications.actions import notify
from notifications.webhooks.models import Webhook
from portal.identity.enums import Role
from portal.identity.models import Account, Membership, Tenant

MOST = 20
"""Webhooks of a tenant's own; how many an account may have is a setting."""


def most_webhooks(account_id: int | None) -> int:
    """How many the tenant, or the account, may have of its own."""
    return MOST if account_id is None else int(settings.WEBHOOKS_PER_ACCOUNT)


def others_beside(webhook: Webhook) -> QuerySet[Webhook]:
    """Those that its owner has besides it, whether it is stored or not yet."""
    own = Webhook.objects.filter(tenant_id=webhook.tenant_id, account=webhook.account_id)
    return own.exclude(pk=webhook.pk)


def lock_owner(webhook: Webhook) -> None:
    """Who adds or edits webhooks of one owner takes turns."""
    if webhook.account_id is None:
        Tenant.objects.select_for_update().get(pk=webhook.tenant_id)
    else:
        accounts = Account.objects.select_for_update(no_key=True)
        accounts.get(tenant_id=webhook.tenant_id, pk=webhook.account_id)


def tell_owner(webhook: Webhook, kind: str, key: str, **data: Any) -> None:
    """Its administrators: of the tenant, or of the account."""
    notify(
        tenant=webhook.tenant,
        kind=kind,
        key=f"{webhook.pk}:{key}",
        recipients=Membership.objects.current().filter(
            tenant_id=webhook.tenant_id,
            account=webhook.account_id,
            role=Role.ADMIN if webhook.account_id is None else Role.CUSTOMER_ADMIN,
        ),
        url=reverse("webhooks:webhook", args=[webhook.pk]),
        data={"name": webhook.name, "host": webhook.host, "account": webhook.account_id, **data},
    )
