from django.db import models

from portal.core.walls import BY_ACCOUNT_IF_PUBLIC, TenantModel, walls


class Heartbeat(models.Model):
    """When work that has to be done all the time was last done; of the portal, not of a tenant."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at.isoformat()}"


class HistoryEntry(TenantModel):
    """One change to one object: what, by whom, when. Written by actions, never changed."""

    account_id = models.BigIntegerField(null=True)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    verb = models.CharField(max_length=40)
    actor_id = models.BigIntegerField(
        null=True, help_text="The membership that acted; none for the portal itself."
    )
    actor_name = models.CharField(max_length=200, blank=True)
    internal = models.BooleanField(default=False, help_text="For staff only.")
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = walls("core_historyentry", policy=BY_ACCOUNT_IF_PUBLIC, append_only=True)
        indexes = [
            # The history of one object, oldest first.
            models.Index(fields=["tenant", "subject_type", "subject_id", "id"], name="history_of_subject"),
            # The audit, newest first (``portal.identity.audit``): of everything, of an account, of a person,
            # and of a kind of thing.
            models.Index(fields=["tenant", "at", "id"], name="history_of_tenant"),
            models.Index(
                fields=["tenant", "account_id", "at", "id"],
                name="history_of_account",
                condition=models.Q(account_id__isnull=False),
            ),
            models.Index(
                fields=["tenant", "actor_id", "at", "id"],
                name="history_of_actor",
                condition=models.Q(actor_id__isnull=False),
            ),
            models.Index(fields=["tenant", "subject_type", "at", "id"], name="history_of_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} {self.verb}"
