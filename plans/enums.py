from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """The five groups of the plan comparison; the tenant-facing names are in ``data/matrix.json``."""

    UPDATES = "updates", _("Updates")
    SUPPORT = "support", _("Support")
    RESPONSIVENESS = "responsiveness", _("Responsiveness")
    KNOWLEDGE_SHARING = "knowledge_sharing", _("Knowledge Sharing")
    RESOURCE_PLANNING = "resource_planning", _("Resource Planning")


class Severity(models.IntegerChoices):
    CRITICAL = 1, _("Critical")
    MAJOR = 2, _("Major")
    MINOR = 3, _("Minor")
    LOW = 4, _("Low")


class TargetKind(models.TextChoices):
    FIRST_RESPONSE = "first_response", _("First response")
    NEXT_RESPONSE = "next_response", _("Next response")
    UPDATE = "update", _("Regular update")
    RESOLUTION = "resolution", _("Resolution")


class Unit(models.TextChoices):
    COVERAGE_MINUTES = "coverage", _("minutes of coverage")
    ELAPSED_MINUTES = "elapsed", _("elapsed minutes")


class EditionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class FeatureCode(models.TextChoices):
    """The features that the software itself acts on. A tenant may have more."""

    CRITICAL_SOLUTION_NOTIFICATION = "critical_solution_notification"
    UPDATES_AND_FEATURE_PACKS = "updates_and_feature_packs"
    PATCHES_AND_SERVICE_PACKS = "patches_and_service_packs"
    SUPPORT_ACTIVITY_REVIEW = "support_activity_review"
    EARLY_ADOPTER = "early_adopter"
    UNLIMITED_INCIDENTS = "unlimited_incidents"
    ONLINE_SUPPORT_24X7 = "online_support_24x7"
    PHONE_ACCESS = "phone_access"
    REMOTE_ACCESS = "remote_access"
    DEDICATED_CSM = "dedicated_csm"
    SENIOR_RESOURCES = "senior_resources"
    TARGETED_RESPONSE = "targeted_response"
    INCIDENT_PRIORITY_QUEUING = "incident_priority_queuing"
    CRITICAL_INCIDENT_SUPPORT = "critical_incident_support"
    EXTENDED_CRITICAL_INCIDENT_SUPPORT = "extended_critical_incident_support"
    PLAN_PRIORITY_QUEUING = "plan_priority_queuing"
    HOW_TO_ASSISTANCE = "how_to_assistance"
    ONLINE_COMMUNITIES = "online_communities"
    RECORDED_BRIEFINGS = "recorded_briefings"
    INTERACTIVE_BRIEFINGS = "interactive_briefings"
    EDUCATION_INCENTIVES = "education_incentives"
    UPDATE_PLANNING = "update_planning"
    SPECIAL_EVENT_SUPPORT = "special_event_support"


GIVE_COVERAGE = frozenset(
    {
        FeatureCode.PHONE_ACCESS,
        FeatureCode.TARGETED_RESPONSE,
        FeatureCode.CRITICAL_INCIDENT_SUPPORT,
        FeatureCode.EXTENDED_CRITICAL_INCIDENT_SUPPORT,
        FeatureCode.SPECIAL_EVENT_SUPPORT,
    }
)
"""Features that have hours."""
