from django.db import models
from django.utils.translation import gettext_lazy as _

from plans.enums import FeatureCode


class Kind(models.TextChoices):
    UPDATE = "update", _("Update")
    FEATURE_PACK = "feature_pack", _("Feature pack")
    PATCH = "patch", _("Patch")
    SERVICE_PACK = "service_pack", _("Service pack")
    REGULATORY = "regulatory", _("Regulatory update")
    DOCUMENTATION = "documentation", _("Documentation")


FEATURE_OF = {
    Kind.UPDATE: FeatureCode.UPDATES_AND_FEATURE_PACKS,
    Kind.FEATURE_PACK: FeatureCode.UPDATES_AND_FEATURE_PACKS,
    Kind.DOCUMENTATION: FeatureCode.UPDATES_AND_FEATURE_PACKS,
    Kind.PATCH: FeatureCode.PATCHES_AND_SERVICE_PACKS,
    Kind.SERVICE_PACK: FeatureCode.PATCHES_AND_SERVICE_PACKS,
    Kind.REGULATORY: FeatureCode.PATCHES_AND_SERVICE_PACKS,
}
"""Which feature of the matrix gives each kind."""


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


STATE_TONE = {State.DRAFT: "info", State.PUBLISHED: "ok", State.WITHDRAWN: "danger"}
"""The tone of ``<c-badge>`` for each state."""
