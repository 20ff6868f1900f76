"""Webhooks of a tenant and of its accounts: addresses that are called when something happens, and each call's
way there."""

import uuid
from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from notifications.enums import DeliveryState
from notifications.webhooks.enums import CallTrouble, WebhookState
from portal.core.walls import BY_ACCOUNT, TenantForeignKey, TenantModel, TenantPart, walls
from portal.identity.models import Account


class Webhook(TenantModel):
    """An address of a receiver, and the events that it is called for.

    Secrets are stored sealed (see ``signing``). ``failing_since`` is the first of an unbroken row of
    failed calls.
    """

    account = TenantForeignKey(Account, null=True, help_text="Whose own it is; without one, the tenant's.")
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=60))
    state = models.CharField(max_length=10, choices=WebhookState, default=WebhookState.ON)
    secret = models.TextField()
    old_secret = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *walls("webhooks_webhook", policy=BY_ACCOUNT, refs=["account"], key=True, account_key=True),
            # Once for each owner: what others call is not theirs to learn.
            models.UniqueConstraint(
                fields=["tenant", "account", "url"], nulls_distinct=False, name="webhook_address_once"
            ),
            models.CheckConstraint(condition=Q(events__len__gt=0), name="webhook_asks_for_something"),
            models.CheckConstraint(
                condition=~Q(state=WebhookState.HELD) | Q(account__isnull=False),
                name="only_webhooks_of_accounts_are_held",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} at {self.host}"

    @property
    def host(self) -> str:
        """What may be told of the address: its path may hold a secret of the receiver's."""
        return urlsplit(self.url).hostname or ""


class Call(TenantPart):
    """The way of one event to one webhook. Its id is the ``webhook-id`` of every attempt."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = TenantForeignKey(Account, null=True, help_text="The webhook's.")
    webhook = TenantForeignKey(Webhook, models.CASCADE)
    event = models.CharField(max_length=60)
    key = models.CharField(max_length=120, help_text="Names the event: each webhook is called once for it.")
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now, help_text="When the event happened.")
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    due_at = models.DateTimeField(default=timezone.now, help_text="Not to be tried before, or leased until.")
    attempts = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True, help_text="What the receiver answered last.")
    trouble = models.CharField(max_length=20, choices=CallTrouble, blank=True)
    called_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # The webhook twice: a key with an empty account in it holds nothing.
            *walls("webhooks_call", policy=BY_ACCOUNT, refs=["account", "webhook"], account_refs=["webhook"]),
            models.UniqueConstraint(fields=["tenant", "webhook", "event", "key"], name="called_once"),
        ]
        indexes = [
            # The sweep: what a webhook is to be called for, or was left lying, soonest first.
            models.Index(
                fields=["webhook", "due_at"],
                condition=Q(state__in=[DeliveryState.QUEUED, DeliveryState.SENDING]),
                name="call_to_do",
            ),
            # The log of a webhook, newest first.
            models.Index(fields=["tenant", "webhook", "-at", "-id"], name="call_log"),
            # What is old enough to be forgotten.
            models.Index(fields=["tenant", "at"], name="call_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.key}: {self.state}"
