"""Doors: a webhook and its calls, for who manages them, or the 404 of what does not exist."""

import uuid

from django.http import Http404

from notifications.webhooks import rules
from notifications.webhooks.models import Call, Webhook
from portal.identity.models import Membership


def webhook_for(person: Membership, pk: int) -> Webhook:
    """One of the tenant's for its administrators, one of their account's for customer administrators."""
    webhook = (
        Webhook.objects.filter(tenant_id=person.tenant_id, account=person.account_id, pk=pk)
        .select_related("tenant")
        .first()
        if rules.manages_own_webhooks(person)
        else None
    )
    if webhook is None:
        raise Http404
    return webhook


def webhook_to_hold(person: Membership, pk: int) -> Webhook:
    """One of an account, for administrators of the tenant; without its secrets."""
    webhook = (
        Webhook.objects.filter(tenant_id=person.tenant_id, pk=pk)
        .defer("secret", "old_secret")
        .select_related("tenant", "account")
        .first()
    )
    if webhook is None or not rules.may_hold(person, webhook):
        raise Http404
    return webhook


def call_for(person: Membership, pk: int, call_id: uuid.UUID) -> Call:
    webhook = webhook_for(person, pk)
    call = Call.objects.filter(tenant_id=person.tenant_id, webhook=webhook, pk=call_id).first()
    if call is None:
        raise Http404
    call.webhook = webhook
    return call
