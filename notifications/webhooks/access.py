"""Doors: a webhook and its calls, for administrators, or the 404 of what does not exist."""

import uuid

from django.http import Http404

from notifications.webhooks.models import Call, Webhook
from portal.identity import rules
from portal.identity.models import Membership


def webhook_for(person: Membership, pk: int) -> Webhook:
    webhook = (
        Webhook.objects.filter(tenant_id=person.tenant_id, pk=pk).select_related("tenant").first()
        if rules.may_run_portal(person)
        else None
    )
    if webhook is None:
        raise Http404
    return webhook


def call_for(person: Membership, pk: int, call_id: uuid.UUID) -> Call:
    webhook = webhook_for(person, pk)
    call = Call.objects.filter(tenant_id=person.tenant_id, webhook=webhook, pk=call_id).first()
    if call is None:
        raise Http404
    call.webhook = webhook
    return call
