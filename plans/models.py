"""What a tenant sells: products, features, plans, and the editions that say who gets what."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plans.enums import Category, EditionState, Severity, TargetKind, Unit
from portal.core.walls import TenantForeignKey, TenantModel, walls

CODE = RegexValidator(r"^[a-z0-9][a-z0-9_-]*$", _("Use small letters, digits, hyphens and underscores."))


class Product(TenantModel):
    """A component system that the tenant sells and supports."""

    code = models.CharField(_("code"), max_length=40, validators=[CODE])
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *walls("plans_product", key=True),
            models.UniqueConstraint(fields=["tenant", "code"], name="product_code_once_per_tenant"),
        ]

    def __str__(self) -> str:
        return self.name


class ProductVersion(TenantModel):
    """A version of a product; ``position`` grows with each newer one."""

    product = TenantForeignKey(Product, models.CASCADE, related_name="versions")
    name = models.CharField(_("version"), max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    released_on = models.DateField(_("released on"), null=True, blank=True)
    supported_until = models.DateField(_("supported until"), null=True, blank=True)

    class Meta:
        constraints = [
            *walls("plans_productversion", refs=["product"], key=True),
            models.UniqueConstraint(fields=["tenant", "product", "name"], name="version_once_per_product"),
        ]

    def __str__(self) -> str:
        return self.name


class Feature(TenantModel):
    """A row of the matrix. Its words are in :class:`FeatureText`."""

    code = models.CharField(max_length=60, validators=[CODE])
    category = models.CharField(_("group"), max_length=30, choices=Category)
    position = models.PositiveSmallIntegerField(default=0)
    product_limited = models.BooleanField(_("not available for certain products"), default=False)
    discretionary = models.BooleanField(_("at the sole discretion of the vendor"), default=False)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *walls("plans_feature", key=True),
            models.UniqueConstraint(fields=["tenant", "code"], name="feature_code_once_per_tenant"),
        ]

    def __str__(self) -> str:
        return self.code


class FeatureText(TenantModel):
    """The words of a feature in one language."""

    feature = TenantForeignKey(Feature, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    name = models.CharField(_("name"), max_length=120)
    summary = models.CharField(_("summary"), max_length=240, blank=True)
    description = models.TextField(_("description"), blank=True)
    use = models.CharField(_("where to use it"), max_length=300, blank=True)

    class Meta:
        constraints = [
            *walls("plans_featuretext", refs=["feature"]),
            models.UniqueConstraint(fields=["tenant", "feature", "language"], name="feature_text_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Plan(TenantModel):
    """A plan: a name and a rank. A higher rank is a higher plan."""

    code = models.CharField(max_length=40, validators=[CODE])
    name = models.CharField(_("name"), max_length=80)
    rank = models.PositiveSmallIntegerField(_("rank"))
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *walls("plans_plan", key=True),
            models.UniqueConstraint(fields=["tenant", "code"], name="plan_code_once_per_tenant"),
            models.UniqueConstraint(
                fields=["tenant", "rank"], condition=Q(retired_at=None), name="plan_rank_once_per_tenant"
            ),
            # 0 is the place in the queue of who has no Plan Priority Queuing.
            models.CheckConstraint(condition=Q(rank__gt=0), name="plan_rank_from_1"),
        ]

    def __str__(self) -> str:
        return self.name


class PlanText(TenantModel):
    """One line about a plan in one language."""

    plan = TenantForeignKey(Plan, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    summary = models.CharField(_("summary"), max_length=240)

    class Meta:
        constraints = [
            *walls("plans_plantext", refs=["plan"]),
            models.UniqueConstraint(fields=["tenant", "plan", "language"], name="plan_text_once"),
        ]

    def __str__(self) -> str:
        return self.summary


class SeverityText(TenantModel):
    """What a severity means at this tenant, in one language."""

    severity = models.PositiveSmallIntegerField(choices=Severity)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    name = models.CharField(_("name"), max_length=40)
    definition = models.CharField(_("definition"), max_length=300)
    example = models.CharField(_("example"), max_length=300, blank=True)

    class Meta:
        constraints = [
            *walls("plans_severitytext"),
            models.UniqueConstraint(fields=["tenant", "severity", "language"], name="severity_text_once"),
            models.CheckConstraint(condition=Q(severity__range=(1, 4)), name="severity_text_1_to_4"),
        ]

    def __str__(self) -> str:
        return self.name


class Edition(TenantModel):
    """One version of the whole matrix with its targets and calendars. Once published it never changes."""

    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=EditionState, default=EditionState.DRAFT)
    effective_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = TenantForeignKey("identity.Membership", null=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        constraints = [
            *walls("plans_edition", refs=["published_by"], key=True),
            models.UniqueConstraint(fields=["tenant", "number"], name="edition_number_once_per_tenant"),
            models.CheckConstraint(
                condition=Q(state=EditionState.DRAFT)
                | Q(effective_at__isnull=False, published_at__isnull=False),
                name="published_edition_has_its_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"Edition {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.state == EditionState.DRAFT


class Calendar(TenantModel):
    """Coverage hours of an edition.

    ``week`` is a list of ``[weekday 0-6, "08:00", "18:00"]``. Without a time zone, the
    hours are those of the account's support region, and so are the holidays.
    """

    edition = TenantForeignKey(Edition, models.CASCADE, related_name="calendars")
    code = models.CharField(max_length=40, validators=[CODE])
    names = models.JSONField(default=dict, help_text="By language.")
    time_zone = models.CharField(max_length=64, blank=True)
    week = models.JSONField(default=list)
    holidays = models.BooleanField(_("closed on public holidays"), default=True)
    dates = models.JSONField(default=dict, help_text="Own hours of single dates, by ISO date.")
    is_default = models.BooleanField(
        default=False, help_text="Counts where neither the target, its plan nor its product names one."
    )

    class Meta:
        constraints = [
            *walls("plans_calendar", refs=["edition"], key=True),
            models.UniqueConstraint(fields=["tenant", "edition", "code"], name="calendar_once_per_edition"),
            models.UniqueConstraint(
                fields=["tenant", "edition"],
                condition=Q(is_default=True),
                name="one_default_calendar_per_edition",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Cell(TenantModel):
    """One cell of an edition's matrix: what a plan has of a feature. No cell means no."""

    edition = TenantForeignKey(Edition, models.CASCADE, related_name="cells")
    plan = TenantForeignKey(Plan)
    feature = TenantForeignKey(Feature)
    calendar = TenantForeignKey(Calendar, null=True, blank=True, help_text="For features that give coverage.")
    allowance = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How often in a support period; none for no limit."
    )
    notice_days = models.PositiveSmallIntegerField(
        default=0, help_text="How long ahead a use must be asked for."
    )

    class Meta:
        constraints = [
            *walls("plans_cell", refs=["edition", "plan", "feature", "calendar"]),
            models.UniqueConstraint(fields=["tenant", "edition", "plan", "feature"], name="cell_once"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} × {self.feature_id}"


class ProductException(TenantModel):
    """In this edition, a feature that isn't available for one product (``*``)."""

    edition = TenantForeignKey(Edition, models.CASCADE, related_name="exceptions")
    feature = TenantForeignKey(Feature)
    product = TenantForeignKey(Product)

    class Meta:
        constraints = [
            *walls("plans_productexception", refs=["edition", "feature", "product"]),
            models.UniqueConstraint(
                fields=["tenant", "edition", "feature", "product"], name="exception_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.feature_id} not for {self.product_id}"


class ProductCalendar(TenantModel):
    """In this edition, the hours in which targets of one product count, unless a target or its plan names
    others."""

    edition = TenantForeignKey(Edition, models.CASCADE, related_name="product_calendars")
    product = TenantForeignKey(Product)
    calendar = TenantForeignKey(Calendar)

    class Meta:
        constraints = [
            *walls("plans_productcalendar", refs=["edition", "product", "calendar"]),
            models.UniqueConstraint(
                fields=["tenant", "edition", "product"], name="product_calendar_once_per_edition"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} in {self.calendar_id}"


class Target(TenantModel):
    """A promised time: severity × plan, for one product or for all, in hours of its own or in those that
    the plan, the product or the tenant has."""

    edition = TenantForeignKey(Edition, models.CASCADE, related_name="targets")
    kind = models.CharField(max_length=20, choices=TargetKind)
    severity = models.PositiveSmallIntegerField(choices=Severity)
    plan = TenantForeignKey(Plan)
    product = TenantForeignKey(Product, null=True, blank=True)
    minutes = models.PositiveIntegerField()
    unit = models.CharField(max_length=10, choices=Unit, default=Unit.COVERAGE_MINUTES)
    calendar = TenantForeignKey(Calendar, null=True, blank=True)

    class Meta:
        constraints = [
            *walls("plans_target", refs=["edition", "plan", "product", "calendar"]),
            models.UniqueConstraint(
                fields=["tenant", "edition", "kind", "severity", "plan", "product"],
                nulls_distinct=False,
                name="target_once",
            ),
            models.CheckConstraint(condition=Q(severity__range=(1, 4)), name="target_severity_1_to_4"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="target_is_more_than_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.severity}: {self.minutes}"
