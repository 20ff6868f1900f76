from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticeKind(models.TextChoices):
    FIRST = "first", _("First notice")
    CORRECTION = "correction", _("Correction")


class NoticeState(models.TextChoices):
    TELLING = "telling", _("Being told")
    TOLD = "told", _("Everybody is told")


class Affected(models.TextChoices):
    """Whether a critical solution concerns what an account runs."""

    YES = "yes", _("Affected")
    UNKNOWN = "unknown", _("May be affected")
    NO = "no", _("Not affected")


AFFECTED_TONE = {Affected.YES: "danger", Affected.UNKNOWN: "warn", Affected.NO: "neutral"}


class Standing(models.TextChoices):
    """What an account has done about what may be affected, of each installation and of all together."""

    EXPOSED = "exposed", _("Still exposed")
    FIXED = "fixed", _("Fixed")
    NOT_AFFECTED = "not_affected", _("Not affected")


STANDING_TONE = {Standing.EXPOSED: "danger", Standing.FIXED: "ok", Standing.NOT_AFFECTED: "neutral"}


class Why(models.TextChoices):
    """Why a contact is told, or is not. Reasons to leave somebody out stand in the order of their checks."""

    AFFECTED = "affected", _("Told: an installation is affected")
    UNKNOWN = "unknown", _("Told: nothing says which version they run")
    UNAFFECTED = "unaffected", _("Told that they are not affected")
    REMOVED = "removed", _("Left out: no longer a contact")
    NOT_REGISTERED = "not_registered", _("Left out: not registered for the product")
    NOT_COVERED = "not_covered", _("Left out: no contract in force covers the product")
    NO_FEATURE = "no_feature", _("Left out: Critical Solution Notification is not part of the plan")
    CHOSE_NOTHING = "chose_nothing", _("Left out: not affected, and wants to hear nothing then")


TOLD = (Why.AFFECTED, Why.UNKNOWN, Why.UNAFFECTED)
