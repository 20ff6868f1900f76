"""Tenants, their accounts and teams, and the people who act in them."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.ui.accents import Accent
from portal.core.walls import (
    BY_ACCOUNT,
    BY_ACCOUNT_OR_SELF,
    BY_STAFF_OR_SELF,
    BY_TENANT,
    RowPolicy,
    TenantForeignKey,
    TenantModel,
    walls,
)
from portal.identity.enums import CONTACT_ROLES, STAFF_ROLES, Role, Scope

HOST_LABEL = RegexValidator(
    r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$",
    _("Use small letters, digits and hyphens, with no hyphen at either end."),
)
MAIL_TRIES = 8
"""An invitation's mail is given up after so many; ``identity_invitations_to_mail()`` knows the number too."""
OUT_OF_REACH = 3
"""So many permanent refusals in a row, and a person is told that mail doesn't reach them."""
ACCOUNT_KEY = RegexValidator(r"^[A-Z][A-Z0-9]{1,5}$", _("Use two to six capital letters or digits."))


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A sign-in. What it may do depends on the tenant: see :class:`Membership`."""

    email = models.EmailField(_("e-mail address"), unique=True, help_text=_("Always in small letters."))
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    # Of the user of a request: see portal.identity.backends.
    memberships_here: list["Membership"]
    has_second_factor: bool

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_is_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class Tenant(models.Model):
    """A vendor and its portal. What it holds may be read by anybody who finds its host."""

    label = models.CharField(_("host label"), max_length=40, unique=True, validators=[HOST_LABEL])
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    accent = models.CharField(_("colour"), max_length=10, choices=Accent, default=Accent.HARBOUR)
    support_email = models.EmailField(_("support e-mail address"), blank=True)
    support_phone = models.CharField(_("support phone number"), max_length=40, blank=True)
    consulting_url = models.URLField(_("consulting services"), blank=True)
    consulting_email = models.EmailField(_("consulting e-mail address"), blank=True)
    require_second_factor = models.BooleanField(_("staff must use a second factor"), default=False)
    customers_see_company = models.BooleanField(
        _("contacts see all incidents of their company"),
        default=False,
        help_text=_("Otherwise only customer administrators do."),
    )
    grace_days = models.PositiveSmallIntegerField(_("days of grace after a contract ends"), default=14)
    close_after_days = models.PositiveSmallIntegerField(
        _("days until a resolved incident is closed"), default=7
    )
    created_at = models.DateTimeField(default=timezone.now)
    offer_version = models.UUIDField(default=uuid.uuid4, editable=False)
    """Renewed by each edit of what the tenant sells: see ``portal.identity.offers``."""

    class Meta:
        # Every portal can be found by its host; only from inside can it be changed.
        constraints = [
            RowPolicy(name="tenant_is_found", using="true", command="SELECT"),
            RowPolicy(name="tenant_is_opened", using="true", command="INSERT"),
            RowPolicy(
                name="tenant_is_edited", using=BY_TENANT.replace("tenant_id =", "id ="), command="UPDATE"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """:raises TypeError: an edit doesn't name its fields. Others are from some seconds ago."""
        if not self._state.adding and update_fields is None:
            raise TypeError("Name the fields of the tenant that were edited")
        super().save(update_fields=update_fields, **options)

    @property
    def tenant_id(self) -> int:
        """Its own id: a tenant's history is kept in the tenant."""
        return self.pk


class Account(TenantModel):
    """A customer company of one tenant."""

    name = models.CharField(_("name"), max_length=120)
    key = models.CharField(
        _("key"), max_length=6, validators=[ACCOUNT_KEY], help_text=_("Begins the number of each incident.")
    )
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone of the support region"), max_length=64, default="UTC")
    country = models.CharField(_("country"), max_length=2, blank=True)
    subdivision = models.CharField(_("region, for its public holidays"), max_length=6, blank=True)
    csm = TenantForeignKey("identity.Membership", null=True, blank=True, verbose_name=_("success manager"))
    last_incident_number = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *walls(
                "identity_account",
                policy=BY_ACCOUNT.replace("account_id =", "id ="),
                refs=["csm"],
                key=True,
            ),
            models.UniqueConstraint(fields=["tenant", "key"], name="account_key_once_per_tenant"),
        ]

    def __str__(self) -> str:
        return self.name

    def localdate(self, at: datetime | None = None) -> date:
        """The day at ``at`` (now) in the support region."""
        return timezone.localdate(at, ZoneInfo(self.time_zone))


class Team(TenantModel):
    """A team of agents; its leads are the leads among its members."""

    name = models.CharField(_("name"), max_length=80)

    class Meta:
        constraints = [
            *walls("identity_team", key=True),
            models.UniqueConstraint(fields=["tenant", "name"], name="team_name_once_per_tenant"),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        """Without the people who were removed."""
        return self.filter(removed_at=None)

    def staff(self) -> "MembershipQuerySet":
        return self.current().filter(account=None)

    def visible_to(self, person: "Membership") -> "MembershipQuerySet":
        """Staff see everybody in the tenant; contacts see their account's people."""
        people = self.filter(tenant_id=person.tenant_id)
        return people if person.is_staff_member else people.filter(account=person.account_id)


class Membership(TenantModel):
    """A person: a user in one tenant, as staff or as a contact of one account."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    account = TenantForeignKey(Account, null=True, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    team = TenantForeignKey(Team, null=True, blank=True, verbose_name=_("team"))
    languages = ArrayField(
        models.CharField(max_length=8, choices=settings.LANGUAGES),
        default=list,
        blank=True,
        verbose_name=_("languages served"),
        help_text=_("None chosen means all."),
    )
    sales_contact = models.BooleanField(default=False, help_text="Answers what customers ask about plans.")
    joined_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    refusals = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="How often in a row mail was refused for good."
    )
    refused_address = models.EmailField(
        blank=True, db_default="", help_text="The address it was refused for."
    )
    refused_until = models.DateTimeField(
        null=True, blank=True, help_text="From then on a mail that is taken shows that mail arrives again."
    )

    objects: ClassVar[models.Manager["Membership"]] = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            *walls(
                "identity_membership",
                policy=BY_ACCOUNT_OR_SELF,
                refs=["account", "team"],
                key=True,
                account_key=True,
            ),
            models.UniqueConstraint(
                fields=["tenant", "user", "account"],
                name="membership_once_per_account",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(account=None, role__in=sorted(STAFF_ROLES))
                | Q(account__isnull=False, role__in=sorted(CONTACT_ROLES)),
                name="contacts_have_an_account_staff_none",
            ),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(sales_contact=True), name="one_sales_contact_per_tenant"
            ),
            models.CheckConstraint(
                condition=Q(sales_contact=False) | Q(account=None), name="sales_contact_is_staff"
            ),
        ]
        indexes = [
            # The people of an account, and the staff of a tenant.
            models.Index(fields=["tenant", "account", "role"], name="membership_people"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def is_staff_member(self) -> bool:
        return self.account_id is None

    @property
    def is_contact(self) -> bool:
        return self.account_id is not None

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def is_out_of_reach(self) -> bool:
        """Mail to their present address has been refused several times in a row."""
        return self.refusals >= OUT_OF_REACH and self.refused_address == self.user.email


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Neither used nor taken back; it may have run out."""
        return self.filter(accepted_at=None, revoked_at=None)

    def usable(self, now: datetime) -> "InvitationQuerySet":
        return self.open().filter(expires_at__gt=now)


class Invitation(TenantModel):
    """An offer to join, bound to one address, tenant, account and role; its link works once."""

    account = TenantForeignKey(Account, null=True, blank=True)
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    team = TenantForeignKey(Team, null=True, blank=True, verbose_name=_("team"))
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    nonce = models.CharField(
        max_length=43, help_text="The link's secret is made from this and the server's key."
    )
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = TenantForeignKey(Membership)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    mail_due_at = models.DateTimeField(default=timezone.now, help_text="When the mail is tried next.")
    mail_tries = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[models.Manager["Invitation"]] = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            *walls("identity_invitation", policy=BY_ACCOUNT, refs=["account", "team", "invited_by"]),
            models.UniqueConstraint(
                fields=["tenant", "account", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                nulls_distinct=False,
                name="invitation_open_once_per_address",
            ),
        ]
        indexes = [
            # The sweep for invitations whose mail has not left yet.
            models.Index(
                fields=["mail_due_at"],
                condition=Q(mailed_at=None, accepted_at=None, revoked_at=None),
                name="invitation_to_mail",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.role})"

    @property
    def mail_failed(self) -> bool:
        """The mail was given up: the address takes none, or the mail server didn't for long."""
        return self.mailed_at is None and self.mail_tries >= MAIL_TRIES


class ApiToken(TenantModel):
    """A program's key to act as one person. Only the hash of the secret is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    person = TenantForeignKey(Membership)
    account = TenantForeignKey(Account, null=True)
    name = models.CharField(_("name"), max_length=80)
    hint = models.CharField(max_length=12, help_text="The first characters, to recognise it by.")
    secret_hash = models.CharField(max_length=64, unique=True)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope, default=Scope.READ)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        # A token is looked up before it is known who acts, so the tenant alone decides.
        constraints = walls("identity_apitoken", policy=BY_TENANT, refs=["person", "account"])
        indexes = [
            # A person's list of tokens.
            models.Index(fields=["tenant", "person", "-id"], name="token_of_person"),
        ]

    def __str__(self) -> str:
        return self.name


class Submission(TenantModel):
    """One form or API call that must have one effect, however often it arrives."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    result = models.CharField(max_length=80, blank=True, help_text="What the first arrival made.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *walls("identity_submission", policy=BY_STAFF_OR_SELF),
            models.UniqueConstraint(fields=["tenant", "user", "key"], name="submission_once"),
        ]

    def __str__(self) -> str:
        return self.key


class HandOff(models.Model):
    """A signed-in person's step from one tenant's host to another's: one use, half a minute."""

    token_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    person_id = models.BigIntegerField()
    methods = models.JSONField(default=list, help_text="How the person had signed in.")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("used_at")) | Q(used_at=None), name="hand_off_in_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} to {self.tenant_id}"
