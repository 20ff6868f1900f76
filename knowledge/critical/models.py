"""Critical solutions: who wants to be told of them, who was, and what became of it at each account."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from entitlements.models import Installation
from knowledge.critical.enums import Affected, NoticeKind, NoticeState, Standing
from knowledge.solutions.models import Revision, Solution
from plans.models import Product
from portal.core.walls import BY_ACCOUNT, BY_STAFF, BY_TENANT, RowPolicy, TenantForeignKey, TenantPart, walls
from portal.identity.enums import Role
from portal.identity.models import Account, Membership

_CONCERNED = "id IN (SELECT own.notice_id FROM critical_loop AS own)"
_TOLD_HERE = f"{BY_TENANT} AND {_CONCERNED}"
"""A contact reads the notices that their account is concerned by: the policies of loops tell which."""


class Registration(TenantPart):
    """A contact wants to be told of critical solutions for a product, over these channels.

    What their account's webhooks are called for is the webhooks' own choice.
    """

    account = TenantForeignKey(Account)
    person = TenantForeignKey(Membership, models.CASCADE)
    product = TenantForeignKey(Product)
    by_mail = models.BooleanField(default=True)
    in_portal = models.BooleanField(default=True)
    tell_unaffected = models.BooleanField(default=False, help_text="Also when none of theirs is affected.")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *walls(
                "critical_registration",
                policy=BY_ACCOUNT,
                refs=["product", "account"],
                account_refs=["person"],
            ),
            models.UniqueConstraint(fields=["tenant", "person", "product"], name="registered_once"),
            models.CheckConstraint(
                condition=Q(by_mail=True) | Q(in_portal=True), name="registration_has_a_channel"
            ),
        ]
        indexes = [
            # Whoever is to be told, in the order in which they are; those of an account.
            models.Index(fields=["tenant", "account", "person"], name="registration_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.product_id}"


class Answer(TenantPart):
    """A contact was asked whether they want to be told, and has answered in whichever way."""

    account = TenantForeignKey(Account)
    person = TenantForeignKey(Membership, models.CASCADE)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *walls("critical_answer", policy=BY_ACCOUNT, refs=["account"], account_refs=["person"]),
            models.UniqueConstraint(fields=["tenant", "person"], name="answered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.at:%Y-%m-%d}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, person: Membership) -> "NoticeQuerySet":
        """Staff: the tenant's. Contacts: those that concern their account."""
        notices = self.filter(tenant_id=person.tenant_id)
        if person.account_id is None:
            return notices
        own = Loop.objects.filter(tenant_id=person.tenant_id, account_id=person.account_id)
        return notices.filter(pk__in=own.values("notice"))


class Notice(TenantPart):
    """One text of a critical solution as it is told to customers: first, or as a correction.

    ``titles`` and ``scope`` (see :mod:`knowledge.critical.scopes`) are what they were when it was
    told. ``after_account`` and
    ``after_person`` name the last who was told, so that a worker that dies tells nobody twice; a person
    stands there only while others of the same account follow.
    """

    solution = TenantForeignKey(Solution)
    revision = TenantForeignKey(Revision)
    reference = models.CharField(max_length=20, help_text="The solution's: readers may lose sight of that.")
    kind = models.CharField(max_length=10, choices=NoticeKind)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, help_text="The text's own.")
    titles = models.JSONField(help_text="By language.")
    scope = models.JSONField()
    products = ArrayField(models.BigIntegerField(), help_text="Those of the scope.")
    published_by = TenantForeignKey(Membership)
    published_at = models.DateTimeField(default=timezone.now)
    remind_after_hours = models.PositiveSmallIntegerField(
        _("hours until those who have not read it are reminded"), null=True, blank=True
    )
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.TELLING)
    after_account = models.BigIntegerField(default=0)
    after_person = models.BigIntegerField(default=0)
    told = models.PositiveIntegerField(default=0, help_text="People, so far.")
    told_at = models.DateTimeField(null=True)
    corrected_at = models.DateTimeField(null=True, help_text="Since then a later notice takes its place.")

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            *walls(
                "critical_notice", policy=BY_STAFF, refs=["solution", "revision", "published_by"], key=True
            ),
            RowPolicy(name="critical_notice_read", using=_TOLD_HERE, command="SELECT"),
            models.UniqueConstraint(fields=["tenant", "solution", "revision"], name="text_told_once"),
            models.UniqueConstraint(
                fields=["tenant", "solution"], condition=Q(kind=NoticeKind.FIRST), name="one_first_notice"
            ),
            models.UniqueConstraint(
                fields=["tenant", "solution"],
                condition=Q(state=NoticeState.TELLING),
                name="one_notice_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state=NoticeState.TELLING, told_at=None)
                | Q(state=NoticeState.TOLD, told_at__isnull=False),
                name="told_notice_has_its_time",
            ),
            models.CheckConstraint(condition=Q(products__len__gt=0), name="notice_names_products"),
            models.CheckConstraint(
                condition=Q(remind_after_hours=None) | Q(remind_after_hours__gt=0),
                name="reminder_comes_later",
            ),
        ]
        indexes = [
            # What workers have to do, over all tenants.
            models.Index(fields=["id"], condition=Q(state=NoticeState.TELLING), name="notice_to_tell"),
            # The notices of a tenant, the latest first; those of a solution.
            models.Index(fields=["tenant", "-id"], name="notice_latest"),
            models.Index(fields=["tenant", "reference", "-id"], name="notice_of_solution"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.kind}"

    @property
    def is_correction(self) -> bool:
        return self.kind == NoticeKind.CORRECTION


class LoopQuerySet(models.QuerySet["Loop"]):
    def visible_to(self, person: Membership) -> "LoopQuerySet":
        """Success managers: of the accounts that they look after. Other staff: all. Contacts: their own."""
        loops = self.filter(tenant_id=person.tenant_id)
        if person.account_id is not None:
            return loops.filter(account_id=person.account_id)
        return loops.filter(account__csm=person) if person.role == Role.CSM else loops


class Loop(TenantPart):
    """What became of a notice at one account whose contract covers it.

    The counts are kept by what changes the recipients, so that nobody has to count them.
    """

    account = TenantForeignKey(Account)
    notice = TenantForeignKey(Notice, models.CASCADE)
    affected = models.CharField(max_length=10, choices=Affected)
    standing = models.CharField(max_length=20, choices=Standing)
    told = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    acknowledged = models.PositiveIntegerField(default=0)
    downloaded = models.PositiveIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)

    objects: ClassVar[LoopQuerySet] = LoopQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            *walls("critical_loop", policy=BY_ACCOUNT, refs=["account", "notice"]),
            models.UniqueConstraint(fields=["tenant", "notice", "account"], name="loop_once"),
            models.CheckConstraint(
                condition=Q(standing=Standing.EXPOSED, settled_at=None)
                | (~Q(standing=Standing.EXPOSED) & Q(settled_at__isnull=False)),
                name="settled_loop_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(read__lte=F("told"), acknowledged__lte=F("read"), downloaded__lte=F("told")),
                name="loop_counts_its_people",
            ),
        ]
        indexes = [
            # The accounts of a notice, all or by how they stand.
            models.Index(fields=["tenant", "notice", "id"], name="loop_in_order"),
            models.Index(fields=["tenant", "notice", "standing", "id"], name="loop_by_standing"),
            # The notices of an account, the latest first.
            models.Index(fields=["tenant", "account", "-id"], name="loop_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} at {self.account_id}: {self.standing}"


class Exposure(TenantPart):
    """Something that may be affected: an installation, or a product of which none is recorded.

    Contacts of the account say what became of it, or staff whom they told; the last word stands here.
    """

    account = TenantForeignKey(Account)
    notice = TenantForeignKey(Notice, models.CASCADE)
    product = TenantForeignKey(Product)
    installation = TenantForeignKey(Installation, null=True)
    affected = models.CharField(max_length=10, choices=Affected)
    standing = models.CharField(max_length=20, choices=Standing, default=Standing.EXPOSED)
    said_by = TenantForeignKey(Membership, null=True)
    said_at = models.DateTimeField(null=True)
    note = models.CharField(
        max_length=300, blank=True, db_default="", help_text="How staff know it; the customer reads it."
    )

    class Meta:
        constraints = [
            *walls(
                "critical_exposure",
                policy=BY_ACCOUNT,
                refs=["account", "notice", "product", "said_by"],
                account_refs=["installation"],
            ),
            models.UniqueConstraint(
                fields=["tenant", "notice", "account", "product", "installation"],
                nulls_distinct=False,
                name="exposed_once",
            ),
            models.CheckConstraint(
                condition=Q(standing=Standing.EXPOSED) | Q(said_at__isnull=False),
                name="statement_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(said_by=None, said_at=None, note="")
                | Q(said_by__isnull=False, said_at__isnull=False),
                name="statement_has_its_speaker",
            ),
            models.CheckConstraint(condition=~Q(affected=Affected.NO), name="exposure_may_be_affected"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} at {self.installation_id}: {self.standing}"

    @property
    def name(self) -> str:
        named = self.installation or self.product
        return str(named.name)


class Recipient(TenantPart):
    """One contact who was told, and what they did. What became of the mail is kept with its delivery."""

    account = TenantForeignKey(Account)
    notice = TenantForeignKey(Notice, models.CASCADE)
    person = TenantForeignKey(Membership, models.CASCADE)
    affected = models.CharField(max_length=10, choices=Affected)
    by_mail = models.BooleanField()
    in_portal = models.BooleanField()
    told_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    downloaded_at = models.DateTimeField(null=True)
    fixed_at = models.DateTimeField(null=True)
    not_affected_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True, help_text="Unless it is read by then.")
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *walls(
                "critical_recipient",
                policy=BY_ACCOUNT,
                refs=["account", "notice"],
                account_refs=["person"],
            ),
            models.UniqueConstraint(fields=["tenant", "notice", "person"], name="told_of_text_once"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None) | Q(read_at__isnull=False), name="acknowledged_is_read"
            ),
            models.CheckConstraint(
                condition=Q(remind_at=None) | Q(read_at=None, reminded_at=None), name="reminded_once_unread"
            ),
        ]
        indexes = [
            # The people of a notice at an account, in order.
            models.Index(fields=["tenant", "notice", "account", "id"], name="recipient_of_account"),
            # Reminders that are due, over all tenants.
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="reminder_due"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} to {self.person_id}"
