"""Incidents, what was said about them, and who follows them."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from entitlements.models import ContractLine, Installation, Upgrade
from incidents.enums import TO_DO, UNSOLVED, Channel, Kind, State
from plans.enums import Severity
from plans.models import Edition, Plan, Product
from portal.core.walls import BY_ACCOUNT, BY_ACCOUNT_IF_PUBLIC, TenantForeignKey, TenantPart, walls
from portal.identity.enums import Role
from portal.identity.models import Account, Membership, Team


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, person: Membership) -> "IncidentQuerySet":
        """Staff: the tenant's. Contacts: their own and those they follow; by right, the company's."""
        incidents = self.filter(tenant_id=person.tenant_id)
        if person.account_id is None:
            return incidents
        incidents = incidents.filter(account_id=person.account_id)
        if person.role == Role.CUSTOMER_ADMIN or person.tenant.customers_see_company:
            return incidents
        followed = Follower.objects.filter(tenant_id=person.tenant_id, person=person).values("incident_id")
        return incidents.filter(Q(reported_by=person) | Q(id__in=followed))

    def to_do(self) -> "IncidentQuerySet":
        """What staff have to work on now: under cover, and not waiting for the customer."""
        return self.filter(state__in=TO_DO, coverage_check=False)

    def in_queue_order(self) -> "IncidentQuerySet":
        """Severity, plan priority, soonest due (so overdue first), oldest. See docs/rules/queue.md."""
        return self.order_by("severity", "plan_order", "queue_due_at", "created_at", "id")


class Incident(TenantPart):
    """A problem or question that a contact logs.

    What it was promised under is pinned when it is logged: the contract line with its plan, the contract's
    edition and the one then in force, and the time zone and holidays of the account's region. All of its
    clocks are counted by these until it closes.
    """

    account = TenantForeignKey(Account)
    number = models.PositiveIntegerField(help_text="Counts within the account.")
    reference = models.CharField(max_length=20, help_text="The account's key and the number: ABC-42.")
    reported_by = TenantForeignKey(Membership)
    logged_by = TenantForeignKey(Membership, help_text="Staff may log for a contact.")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.WEB)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.NEW)
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("description"))
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    product = TenantForeignKey(Product, verbose_name=_("product"))
    installation = TenantForeignKey(Installation, null=True, blank=True, verbose_name=_("installation"))

    coverage_check = models.BooleanField(default=False, help_text="Taken without a contract that covers it.")
    contract_line = TenantForeignKey(ContractLine, null=True, blank=True)
    upgrade = TenantForeignKey(Upgrade, null=True, blank=True, help_text="What gave the contract its plan.")
    plan = TenantForeignKey(Plan, null=True, blank=True)
    edition = TenantForeignKey(Edition, null=True, blank=True, help_text="The contract's.")
    edition_in_force = TenantForeignKey(Edition, null=True, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    holiday_region = models.CharField(max_length=10, blank=True)
    plan_order = models.SmallIntegerField(
        default=0, help_text="Less is sooner; 0 without Plan Priority Queuing."
    )
    due_at = models.DateTimeField(null=True, blank=True, help_text="The next moment that was promised.")
    due_clock = TenantForeignKey("incidents.Clock", null=True, blank=True, help_text="The clock it is of.")
    queue_due_at = models.GeneratedField(
        expression=models.functions.Coalesce(F("due_at"), models.Value("9999-12-31T00:00:00+00:00")),
        output_field=models.DateTimeField(),
        db_persist=True,
    )

    team = TenantForeignKey(Team, null=True, blank=True)
    assignee = TenantForeignKey(Membership, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_activity_at = models.DateTimeField(default=timezone.now)
    waiting_since = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    resolution = models.TextField(_("resolution"), blank=True)
    revision = models.PositiveIntegerField(default=0, help_text="Grows with each change; finds stale forms.")

    objects: ClassVar[IncidentQuerySet] = IncidentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            *walls(
                "incidents_incident",
                policy=BY_ACCOUNT,
                refs=[
                    *("account", "logged_by", "product", "plan", "edition", "edition_in_force"),
                    *("team", "assignee"),
                ],
                account_refs=["reported_by", "installation", "contract_line", "upgrade", "due_clock"],
                account_key=True,
            ),
            models.UniqueConstraint(fields=["tenant", "reference"], name="reference_once_per_tenant"),
            models.CheckConstraint(condition=Q(severity__range=(1, 4)), name="incident_severity_1_to_4"),
            models.CheckConstraint(
                condition=Q(coverage_check=True)
                | Q(kind=Kind.PLAN)
                | Q(
                    contract_line__isnull=False,
                    plan__isnull=False,
                    edition__isnull=False,
                    edition_in_force__isnull=False,
                ),
                name="incident_is_covered_or_checked",
            ),
            models.CheckConstraint(
                condition=Q(due_at=None, due_clock=None) | Q(due_at__isnull=False, due_clock__isnull=False),
                name="due_time_is_of_a_clock",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.RESOLVED, State.CLOSED]) | Q(resolved_at__isnull=False),
                name="resolved_incident_has_its_time",
            ),
        ]
        indexes = [
            # The queue in its order, and take next.
            models.Index(
                "tenant",
                "severity",
                "plan_order",
                "queue_due_at",
                "created_at",
                "id",
                condition=Q(state__in=TO_DO, coverage_check=False),
                name="incident_queue",
            ),
            # Take next: the queue without what somebody has already.
            models.Index(
                "tenant",
                "severity",
                "plan_order",
                "queue_due_at",
                "created_at",
                "id",
                condition=Q(state__in=TO_DO, coverage_check=False, assignee=None),
                name="incident_to_take",
            ),
            # What waits for the customer, in the order of the queue.
            models.Index(
                "tenant",
                "severity",
                "plan_order",
                "queue_due_at",
                "created_at",
                "id",
                condition=Q(state=State.WAITING, coverage_check=False),
                name="incident_waiting",
            ),
            # One agent's unsolved work.
            models.Index(
                fields=["tenant", "assignee", "severity"],
                condition=Q(state__in=UNSOLVED),
                name="incident_of_assignee",
            ),
            # The coverage check queue, oldest first.
            models.Index(
                fields=["tenant", "created_at"],
                condition=Q(coverage_check=True, state__in=UNSOLVED),
                name="incident_coverage_check",
            ),
            # An account's incidents, latest activity first; a contact's own.
            models.Index(
                fields=["tenant", "account", "-last_activity_at", "-id"], name="incident_of_account"
            ),
            models.Index(
                fields=["tenant", "account", "reported_by", "-last_activity_at", "-id"],
                name="incident_of_contact",
            ),
            # All of a tenant's incidents, latest activity first.
            models.Index(fields=["tenant", "-last_activity_at", "-id"], name="incident_of_tenant"),
            # What is resolved and waits to be closed.
            models.Index(
                fields=["tenant", "resolved_at"], condition=Q(state=State.RESOLVED), name="incident_to_close"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class Message(TenantPart):
    """One message of the conversation; internal ones are for staff only."""

    account = TenantForeignKey(Account)
    incident = TenantForeignKey(Incident, models.CASCADE, related_name="messages")
    author = TenantForeignKey(Membership)
    by_staff = models.BooleanField()
    internal = models.BooleanField(default=False)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.WEB)
    body = models.TextField()
    mentions = ArrayField(models.BigIntegerField(), default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *walls(
                "incidents_message",
                policy=BY_ACCOUNT_IF_PUBLIC,
                refs=["account", "author"],
                account_refs=["incident"],
                account_key=True,
                append_only=True,
            ),
            models.CheckConstraint(
                condition=Q(internal=False) | Q(by_staff=True), name="only_staff_write_internal_notes"
            ),
        ]
        indexes = [
            # A conversation in its order.
            models.Index(fields=["tenant", "incident", "id"], name="message_of_incident"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} #{self.pk}"


class Attachment(TenantPart):
    """A file. Until it is attached it belongs to whoever uploaded it, and to nobody else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = TenantForeignKey(Account)
    incident = TenantForeignKey(Incident, models.CASCADE, null=True, related_name="attachments")
    message = TenantForeignKey(Message, models.CASCADE, null=True, related_name="attachments")
    internal = models.BooleanField(default=False)
    uploaded_by = TenantForeignKey(Membership)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = walls(
            "incidents_attachment",
            policy=BY_ACCOUNT_IF_PUBLIC,
            refs=["account", "uploaded_by"],
            account_refs=["incident", "message"],
        )
        indexes = [
            # The files of an incident.
            models.Index(
                fields=["tenant", "incident"],
                condition=Q(incident__isnull=False),
                name="attachment_of_incident",
            ),
            # Uploads that were never attached, for the sweep that removes them.
            models.Index(fields=["created_at"], condition=Q(incident=None), name="attachment_unattached"),
        ]

    def __str__(self) -> str:
        return self.name


class Follower(TenantPart):
    """A person who is told of each public event of an incident."""

    account = TenantForeignKey(Account)
    incident = TenantForeignKey(Incident, models.CASCADE, related_name="followers")
    person = TenantForeignKey(Membership, models.CASCADE)

    class Meta:
        constraints = [
            *walls(
                "incidents_follower",
                policy=BY_ACCOUNT,
                refs=["account", "person"],
                account_refs=["incident"],
            ),
            models.UniqueConstraint(fields=["tenant", "incident", "person"], name="follows_once"),
        ]
        indexes = [
            # What a person follows.
            models.Index(fields=["tenant", "person", "incident"], name="followed_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} follows {self.incident_id}"
