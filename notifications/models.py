"""Told once: a notification is a stored row before it is mail."""

import uuid
from datetime import time

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from notifications.enums import Channel, Choice, DeliveryState, MailState
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


def _to_do(*lane: str, name: str) -> models.Index:
    """For the sweep over all tenants: what is to leave, or was left lying, soonest first."""
    waits = Q(state__in=[DeliveryState.QUEUED, DeliveryState.SENDING])
    return models.Index(fields=[*lane, "due_at"], condition=waits, name=name)


class Leaving(TenantPart):
    """What leaves as one mail: claimed by a lease, tried, and marked with what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    due_at = models.DateTimeField(default=timezone.now, help_text="Not to be tried before, or leased until.")
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


class Digest(Leaving):
    """One mail with what was gathered for a person until ``planned_at``; once tried, it takes nothing in."""

    person = TenantForeignKey(Membership)
    planned_at = models.DateTimeField()

    class Meta:
        constraints = [
            *walls("notifications_digest", refs=["person"], key=True),
            models.UniqueConstraint(fields=["tenant", "person", "planned_at"], name="digested_once"),
        ]
        indexes = [_to_do(name="digest_to_do")]

    def __str__(self) -> str:
        return f"digest {self.planned_at:%Y-%m-%d %H:%M}: {self.state}"


class Delivery(Leaving):
    """The way of one notification to its recipient over one channel."""

    notification = TenantForeignKey(Notification, models.CASCADE)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.MAIL)
    in_bulk = models.BooleanField(default=False, help_text="Leaves after whatever is not.")
    digest = TenantForeignKey(Digest, null=True)
    state = models.CharField(
        max_length=10,
        choices=[*DeliveryState.choices, *MailState.choices],
        default=DeliveryState.QUEUED,
    )

    class Meta:
        constraints = [
            *walls("notifications_delivery", refs=["notification", "digest"]),
            models.UniqueConstraint(fields=["tenant", "notification", "channel"], name="delivered_once"),
        ]
        indexes = [
            _to_do("in_bulk", name="delivery_to_do"),
            # What a digest tells, and what became of it then.
            models.Index(
                fields=["tenant", "digest"], condition=Q(digest__isnull=False), name="delivery_digested"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notification_id} by {self.channel}: {self.state}"


class Preference(TenantPart):
    """What one person has chosen for one topic and channel; without a row the topic's default stands."""

    person = TenantForeignKey(Membership)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    topic = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, choices=Channel)
    choice = models.CharField(max_length=10, choices=Choice)
    before = models.CharField(
        max_length=10, choices=Choice, blank=True, help_text="What a link in a mail has turned off."
    )

    class Meta:
        constraints = [
            *walls("notifications_preference", policy=BY_STAFF_OR_SELF, refs=["person"]),
            models.UniqueConstraint(
                fields=["tenant", "person", "topic", "channel"], name="one_choice_a_topic_and_channel"
            ),
            models.CheckConstraint(
                condition=Q(channel=Channel.MAIL) | ~Q(choice=Choice.DAILY), name="only_mail_has_a_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} by {self.channel}: {self.choice}"


class MailHours(TenantPart):
    """When mail reaches one person, in their own zone; without a row at any time, and a digest at eight."""

    person = TenantForeignKey(Membership)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    digest_at = models.TimeField(default=time(8))
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    quiet_days = ArrayField(models.PositiveSmallIntegerField(), default=list, help_text="Monday is 0.")

    class Meta:
        constraints = [
            *walls("notifications_mailhours", policy=BY_STAFF_OR_SELF, refs=["person"]),
            models.UniqueConstraint(fields=["tenant", "person"], name="mail_hours_once"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_hours_have_two_ends",
            ),
            models.CheckConstraint(
                condition=Q(quiet_from=None) | Q(quiet_days__len__gt=0), name="quiet_hours_have_days"
            ),
            models.CheckConstraint(
                condition=Q(quiet_from=None) | ~Q(quiet_from=F("quiet_until")) | Q(quiet_days__len__lt=7),
                name="quiet_hours_end",
            ),
        ]

    def __str__(self) -> str:
        return f"digest at {self.digest_at:%H:%M}"

    @property
    def account_id(self) -> int | None:
        """Its history is kept in the person's account."""
        account_id: int | None = self.person.account_id
        return account_id
