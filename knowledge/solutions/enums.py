from django.db import models
from django.utils.translation import gettext_lazy as _

from knowledge.search.enums import Audience


class State(models.TextChoices):
    """Of a solution: whether anybody but staff could read it."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


STATE_TONE = {State.DRAFT: "neutral", State.PUBLISHED: "ok", State.RETIRED: "warn"}


OUTSIDE = (Audience.CUSTOMERS, Audience.PUBLIC)
"""What contacts read."""
_WIDTH = {audience: width for width, audience in enumerate(Audience)}


def is_wider(audience: str, than: str) -> bool:
    return _WIDTH[Audience(audience)] > _WIDTH[Audience(than)]


class Stage(models.TextChoices):
    """Of a revision: one text in one language."""

    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("Waiting for review")
    PUBLISHED = "published", _("Published")
    SUPERSEDED = "superseded", _("Superseded")


STAGE_TONE = {
    Stage.DRAFT: "neutral",
    Stage.REVIEW: "warn",
    Stage.PUBLISHED: "ok",
    Stage.SUPERSEDED: "neutral",
}
OPEN = (Stage.DRAFT, Stage.REVIEW)
"""Still written on; there is one of a language at most."""
CURRENT = (*OPEN, Stage.PUBLISHED)
FINAL = (Stage.PUBLISHED, Stage.SUPERSEDED)
"""Kept as they were read."""


class Reason(models.TextChoices):
    """Why a solution did not help."""

    OTHER_PROBLEM = "other_problem", _("It is not my problem")
    DOES_NOT_WORK = "does_not_work", _("The steps don’t work")
    UNCLEAR = "unclear", _("It is hard to understand")
    OTHER = "other", _("Something else")
