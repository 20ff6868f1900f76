"""What an account holds: contracts for products, installations, allowances it has used, and grants."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from entitlements.enums import Environment, InstallationKind
from plans.models import Edition, Feature, Plan, Product, ProductVersion
from portal.core.walls import BY_ACCOUNT, BY_STAFF, TenantForeignKey, TenantModel, walls
from portal.identity.models import Account, Membership

LONGEST_NUMBER = 40
"""Letters of a contract's number."""
MOST_GRACE = 365
"""Days."""


class Contract(TenantModel):
    """An account's plan for one support period, pinned to the edition in force when it was bought.

    Both dates are days in the account's time zone; the period lasts to the end of ``ends_on``. Neither they
    nor the plan ever change: a higher plan within the period is an :class:`Upgrade`, a product more a line
    with a first day of its own, the next period another contract.
    """

    account = TenantForeignKey(Account)
    number = models.CharField(_("contract number"), max_length=LONGEST_NUMBER)
    plan = TenantForeignKey(Plan, verbose_name=_("plan"))
    edition = TenantForeignKey(Edition)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=0)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    renews = TenantForeignKey("self", null=True, blank=True, help_text="The contract of the period before.")

    class Meta:
        constraints = [
            *walls(
                "entitlements_contract",
                policy=BY_ACCOUNT,
                refs=["account", "plan", "edition"],
                account_refs=["renews"],
                account_key=True,
            ),
            models.UniqueConstraint(fields=["tenant", "number"], name="contract_number_once_per_tenant"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="contract_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["tenant", "renews"],
                condition=Q(cancelled_at=None, renews__isnull=False),
                name="contract_renewed_once",
            ),
        ]
        indexes = [
            # An account's contracts.
            models.Index(fields=["tenant", "account", "starts_on"], name="contract_of_account"),
        ]

    def __str__(self) -> str:
        return self.number


class ContractLine(TenantModel):
    """One product on a contract. Of one that was added later, its first day and the edition of that time."""

    account = TenantForeignKey(Account)
    contract = TenantForeignKey(Contract, models.CASCADE, related_name="lines")
    product = TenantForeignKey(Product)
    starts_on = models.DateField(null=True, blank=True)
    edition = TenantForeignKey(Edition, null=True, blank=True)

    class Meta:
        constraints = [
            *walls(
                "entitlements_contractline",
                policy=BY_ACCOUNT,
                refs=["account", "product", "edition"],
                account_refs=["contract"],
                account_key=True,
            ),
            models.UniqueConstraint(
                fields=["tenant", "contract", "product"], name="product_once_per_contract"
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None, edition=None) | Q(starts_on__isnull=False, edition__isnull=False),
                name="added_product_has_day_and_edition",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.product_id}"


class Upgrade(TenantModel):
    """A contract's higher plan from a day of its period on, pinned to the edition in force when bought.

    What the contract was pinned to before counts on: it enjoys the best of all its editions.
    """

    account = TenantForeignKey(Account)
    contract = TenantForeignKey(Contract, related_name="upgrades")
    plan = TenantForeignKey(Plan)
    edition = TenantForeignKey(Edition)
    starts_on = models.DateField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *walls(
                "entitlements_upgrade",
                policy=BY_ACCOUNT,
                refs=["account", "plan", "edition"],
                account_refs=["contract"],
                account_key=True,
                append_only=True,
            ),
            models.UniqueConstraint(
                fields=["tenant", "contract", "starts_on"], name="one_upgrade_a_day_per_contract"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.plan_id} from {self.starts_on}"


class Installation(TenantModel):
    """A product at a version that an account runs."""

    account = TenantForeignKey(Account)
    product = TenantForeignKey(Product, verbose_name=_("product"))
    version = TenantForeignKey(ProductVersion, null=True, blank=True, verbose_name=_("version"))
    name = models.CharField(_("name"), max_length=80)
    environment = models.CharField(
        _("environment"), max_length=20, choices=Environment, default=Environment.PRODUCTION
    )
    kind = models.CharField(
        _("kind"), max_length=20, choices=InstallationKind, default=InstallationKind.STANDARD
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *walls(
                "entitlements_installation",
                policy=BY_ACCOUNT,
                refs=["account", "product", "version"],
                account_key=True,
            ),
            models.UniqueConstraint(fields=["tenant", "account", "name"], name="installation_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class AllowanceUse(TenantModel):
    """One use of a feature that a support period allows only so often."""

    account = TenantForeignKey(Account)
    contract = TenantForeignKey(Contract, related_name="uses")
    feature = TenantForeignKey(Feature)
    used_on = models.DateField()
    noted_by = TenantForeignKey(Membership, null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = walls(
            "entitlements_allowanceuse",
            policy=BY_ACCOUNT,
            refs=["account", "feature", "noted_by"],
            account_refs=["contract"],
        )
        indexes = [
            # What an account has used.
            models.Index(fields=["tenant", "account", "contract"], name="allowance_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.feature_id} on {self.used_on}"


class Grant(TenantModel):
    """A feature that somebody of the tenant gives an account at their discretion (``**``), for some time.

    Both dates are days in the account's time zone; it runs to the end of ``ends_on``, unless it is revoked
    before. Its account may read it.
    """

    account = TenantForeignKey(Account)
    feature = TenantForeignKey(Feature)
    product = TenantForeignKey(Product, null=True, blank=True, help_text="None: every product.")
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=500)
    granted_by = TenantForeignKey(Membership)
    granted_at = models.DateTimeField(default=timezone.now)
    revoked_by = TenantForeignKey(Membership, null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *walls(
                "entitlements_grant",
                policy=BY_ACCOUNT,
                write_policy=BY_STAFF,
                refs=["account", "feature", "product", "granted_by", "revoked_by"],
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="grant_ends_after_start"),
            models.CheckConstraint(condition=~Q(reason=""), name="grant_has_reason"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="grant_revoked_by_somebody",
            ),
        ]
        indexes = [
            # What an account was granted.
            models.Index(fields=["tenant", "account", "ends_on"], name="grant_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.feature_id} until {self.ends_on}"
