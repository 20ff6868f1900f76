from django.db import models
from django.utils.translation import gettext_lazy as _


class ContractState(models.TextChoices):
    """Derived from a contract's dates; only a cancellation is stored."""

    SCHEDULED = "scheduled", _("Scheduled")
    ACTIVE = "active", _("Active")
    EXPIRING = "expiring", _("Expiring")
    GRACE = "grace", _("In grace")
    EXPIRED = "expired", _("Expired")
    CANCELLED = "cancelled", _("Cancelled")


STATE_TONE = {
    ContractState.SCHEDULED: "info",
    ContractState.ACTIVE: "ok",
    ContractState.EXPIRING: "warn",
    ContractState.GRACE: "danger",
    ContractState.EXPIRED: "neutral",
    ContractState.CANCELLED: "neutral",
}
"""The tone of ``<c-badge>`` for each state."""


class Reason(models.TextChoices):
    """Why a decision is as it is. Refusals stand in the order in which they are checked."""

    ALLOWED = "allowed"
    NO_CONTRACT = "no_contract"
    CONTRACT_NOT_STARTED = "contract_not_started"
    CONTRACT_EXPIRED = "contract_expired"
    CONTRACT_CANCELLED = "contract_cancelled"
    PRODUCT_NOT_COVERED = "product_not_covered"
    FEATURE_NOT_IN_PLAN = "feature_not_in_plan"
    FEATURE_NOT_FOR_PRODUCT = "feature_not_for_product"
    ALLOWANCE_USED_UP = "allowance_used_up"
    NOTICE_TOO_SHORT = "notice_too_short"
    INSTALLATION_MODIFIED = "installation_modified"


class InstallationKind(models.TextChoices):
    STANDARD = "standard", _("Standard")
    MODIFIED = "modified", _("Modified")


class Environment(models.TextChoices):
    PRODUCTION = "production", _("Production")
    TEST = "test", _("Test")
    DEVELOPMENT = "development", _("Development")


class Part(models.TextChoices):
    """What a draft means for a contract that runs; see docs/rules/rehearsal.md."""

    GAINS = "gains", _("Gains at once")
    LOSES = "loses", _("Loses at once")
    CHANGES = "changes", _("Changes at once")
    KEEPS = "keeps", _("Protected")


PART_TONE = {Part.GAINS: "ok", Part.LOSES: "danger", Part.CHANGES: "warn", Part.KEEPS: "info"}
"""The tone of ``<c-badge>`` for each part."""
