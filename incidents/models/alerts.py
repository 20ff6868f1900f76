"""The ladder of alerts, and the alerts that it has raised."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.enums import Audience
from incidents.models.clocks import Clock
from plans.enums import Severity
from portal.core.walls import BY_STAFF, TenantForeignKey, TenantModel, TenantPart, walls
from portal.identity.models import Account


class AlertStep(TenantModel):
    """At so many percent of a target's time, these people are told. 100 is the breach."""

    percent = models.PositiveSmallIntegerField(_("percent of the time"))
    severities = ArrayField(
        models.PositiveSmallIntegerField(choices=Severity), verbose_name=_("severities"), default=list
    )
    audiences = ArrayField(
        models.CharField(max_length=20, choices=Audience), verbose_name=_("who is told"), default=list
    )
    since = models.DateTimeField(
        null=True, blank=True, help_text="What had passed it by then is not alerted; None for all."
    )

    class Meta:
        constraints = [
            *walls("incidents_alertstep", write_policy=BY_STAFF),
            models.UniqueConstraint(fields=["tenant", "percent"], name="alert_step_once"),
            models.CheckConstraint(
                condition=Q(percent__range=(1, 1000)), name="alert_step_1_to_1000_percent"
            ),
            models.CheckConstraint(
                condition=~Q(percent=100) | Q(severities__contains=[1, 2, 3, 4]),
                name="breach_step_is_for_every_severity",
            ),
            models.CheckConstraint(
                condition=Q(percent=100) | ~Q(audiences__contains=[Audience.CUSTOMER]),
                name="customer_is_told_of_the_breach",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percent} %"


class Replanning(TenantModel):
    """The ladder was edited: the clocks after this one still have to be told when they alert next."""

    after_clock_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            *walls("incidents_replanning", policy=BY_STAFF),
            models.UniqueConstraint(fields=["tenant"], name="replanned_once_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.tenant_id} after {self.after_clock_id}"


class Alert(TenantPart):
    """One step of one clock that was reached. ``due_at`` is its true time, ``raised_at`` when it was seen."""

    account = TenantForeignKey(Account)
    clock = TenantForeignKey(Clock, models.CASCADE)
    percent = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    raised_at = models.DateTimeField(default=timezone.now)
    late = models.BooleanField(default=False, help_text="Seen after an outage of the sweep.")
    folded = models.BooleanField(
        default=False, help_text="Told together with a higher step that was reached by then."
    )

    class Meta:
        constraints = [
            *walls(
                "incidents_alert",
                policy=BY_STAFF,
                refs=["account"],
                account_refs=["clock"],
                append_only=True,
            ),
            models.UniqueConstraint(fields=["tenant", "clock", "percent"], name="step_alerts_once"),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} at {self.percent} %"
