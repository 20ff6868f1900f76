"""Clocks: the running targets of incidents, what each was counted from, and how each ended."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.enums import LIVE, ClockState, SegmentReason
from plans.enums import Severity, TargetKind, Unit
from plans.models import Calendar, Plan, Product
from portal.core.walls import BY_ACCOUNT, TenantForeignKey, TenantPart, walls
from portal.identity.models import Account, Membership, Team


class Rule(TenantPart):
    """How time is counted: so many minutes, in the hours of a calendar or plainly elapsed."""

    minutes = models.PositiveIntegerField()
    unit = models.CharField(max_length=10, choices=Unit, default=Unit.COVERAGE_MINUTES)
    calendar = TenantForeignKey(Calendar, null=True, blank=True, help_text="None for elapsed minutes.")
    time_zone = models.CharField(max_length=64, blank=True, help_text="Of the support region.")
    holiday_region = models.CharField(max_length=10, blank=True)
    event_days = ArrayField(
        models.DateField(),
        default=list,
        blank=True,
        help_text="Local dates of a special-event weekend: all of their hours count.",
    )

    class Meta:
        abstract = True


class Clock(Rule):
    """One running target of one incident, in one of its rounds.

    All times are in UTC. The rule is that of the latest segment; ``due_at`` and ``alert_at`` are derived from
    the segments and kept here so that they can be read and searched (see ``incidents.clocks``).
    """

    account = TenantForeignKey(Account)
    incident = TenantForeignKey("incidents.Incident", models.CASCADE, related_name="clocks")
    kind = models.CharField(_("kind"), max_length=20, choices=TargetKind)
    round = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=ClockState, default=ClockState.RUNNING)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="While paused: the due time as if it went on at the pause.")
    paused_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was met or stopped.")
    broken = models.BooleanField(default=False, help_text="The due time has passed unmet.")
    commitment_at = models.DateTimeField(
        null=True, blank=True, help_text="After a breach: by when we have said that we will answer."
    )
    alerted = models.PositiveSmallIntegerField(default=0, help_text="The last step that alerted, in percent.")
    alert_at = models.DateTimeField(null=True, blank=True, help_text="When the next step alerts.")

    class Meta:
        constraints = [
            *walls(
                "incidents_clock",
                policy=BY_ACCOUNT,
                refs=["account", "calendar"],
                account_refs=["incident"],
                account_key=True,
            ),
            models.UniqueConstraint(fields=["tenant", "incident", "kind", "round"], name="clock_round_once"),
            models.UniqueConstraint(
                fields=["tenant", "incident", "kind"],
                condition=Q(state__in=LIVE),
                name="one_live_clock_of_a_kind",
            ),
            models.CheckConstraint(
                condition=~Q(kind=TargetKind.FIRST_RESPONSE) | Q(round=1), name="one_first_response_clock"
            ),
            models.CheckConstraint(
                condition=~Q(kind=TargetKind.UPDATE) | ~Q(state=ClockState.PAUSED),
                name="update_clock_never_pauses",
            ),
            models.CheckConstraint(
                condition=Q(state=ClockState.PAUSED, paused_at__isnull=False)
                | (~Q(state=ClockState.PAUSED) & Q(paused_at=None)),
                name="paused_clock_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, ended_at=None)
                | (~Q(state__in=LIVE) & Q(ended_at__isnull=False, alert_at=None)),
                name="ended_clock_has_its_time_and_alerts_no_more",
            ),
        ]
        indexes = [
            # The sweep: which steps are due, over all tenants.
            models.Index(
                fields=["alert_at"],
                condition=Q(state=ClockState.RUNNING, alert_at__isnull=False),
                name="clock_to_alert",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.round} of {self.incident_id}"


class ClockSegment(Rule):
    """From ``at`` on the clock runs, pauses or has ended; until the next segment. Never changed."""

    account = TenantForeignKey(Account)
    clock = TenantForeignKey(Clock, models.CASCADE, related_name="segments")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ClockState)
    reason = models.CharField(max_length=20, choices=SegmentReason)
    actor = TenantForeignKey(Membership, null=True, blank=True, help_text="None for the portal itself.")

    class Meta:
        constraints = walls(
            "incidents_clocksegment",
            policy=BY_ACCOUNT,
            refs=["account", "calendar", "actor"],
            account_refs=["clock"],
            append_only=True,
        )
        indexes = [
            # The segments of a clock in their order.
            models.Index(fields=["tenant", "clock", "id"], name="segment_of_clock"),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.state} from {self.at.isoformat()}"


class Score(TenantPart):
    """How a promise ended, with what was promised then and for whom. Never changed, never scored again."""

    account = TenantForeignKey(Account)
    incident = TenantForeignKey("incidents.Incident", models.CASCADE)
    clock = TenantForeignKey(Clock, models.CASCADE)
    kind = models.CharField(max_length=20, choices=TargetKind)
    severity = models.PositiveSmallIntegerField(choices=Severity)
    plan = TenantForeignKey(Plan, null=True)
    product = TenantForeignKey(Product)
    team = TenantForeignKey(Team, null=True)
    kept = models.BooleanField()
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(help_text="When it was met in time, or else the due time.")

    class Meta:
        constraints = [
            *walls(
                "incidents_score",
                policy=BY_ACCOUNT,
                refs=["account", "plan", "product", "team"],
                account_refs=["incident", "clock"],
                account_key=True,
                append_only=True,
            ),
            models.UniqueConstraint(fields=["tenant", "clock"], name="clock_is_scored_once"),
            models.CheckConstraint(condition=Q(severity__range=(1, 4)), name="score_severity_1_to_4"),
        ]
        indexes = [
            # Reports over a time; all that they group by is in it.
            models.Index(
                fields=["tenant", "decided_at"],
                include=["kind", "severity", "plan", "product", "account", "team", "kept"],
                name="score_of_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {'kept' if self.kept else 'broken'}"
