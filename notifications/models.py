"""Told once: a notification is a stored row before it is mail."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from notifications.enums import Channel, DeliveryState
from portal.core.walls import BY_STAFF_OR_SELF, BY_TENANT, TenantForeignKey, TenantPart, walls
from portal.identity.models import Membership


class Notification(TenantPart):
    """What one person is told, once per ``key``. Its words are made from ``data`` by its kind."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recipient = TenantForeignKey(Membership)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120, help_text="Names the event: the same event is told once.")
    data = models.JSONField(default=dict)
    url = models.CharField(max_length=300, help_text="Path in the tenant's portal.")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        # Whoever acts in the tenant may tell another person something; only that person reads it.
        constraints = [
            *walls(
                "notifications_notification",
                policy=BY_STAFF_OR_SELF,
                write_policy=BY_TENANT,
                refs=["recipient"],
                key=True,
            ),
            models.UniqueConstraint(fields=["tenant", "recipient", "kind", "key"], name="told_once"),
        ]
        indexes = [
            # A person's list, newest first, and the number of unread ones.
            models.Index(fields=["tenant", "recipient", "-created_at"], name="notification_list"),
            models.Index(
                fields=["tenant", "recipient"], condition=Q(read_at=None), name="notification_unread"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Delivery(TenantPart):
    """The way of one notification to its recipient over one channel."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notification = TenantForeignKey(Notification, models.CASCADE)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.MAIL)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    due_at = models.DateTimeField(default=timezone.now, help_text="Not to be tried before, or leased until.")
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            *walls("notifications_delivery", refs=["notification"]),
            models.UniqueConstraint(fields=["tenant", "notification", "channel"], name="delivered_once"),
        ]
        indexes = [
            # The sweep over all tenants: what is to leave, or was left lying, soonest first.
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=[DeliveryState.QUEUED, DeliveryState.SENDING]),
                name="delivery_to_do",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notification_id} by {self.channel}: {self.state}"
