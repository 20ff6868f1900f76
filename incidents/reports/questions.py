"""What a report is asked: which promises, and what they are grouped by."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.reports.period import Period, Step


class Grouping(models.TextChoices):
    SEVERITY = "severity", _("By severity")
    PLAN = "plan", _("By plan")
    PRODUCT = "product", _("By product")
    ACCOUNT = "account", _("By account")
    TEAM = "team", _("By team")
    DAY = "day", _("By day")
    WEEK = "week", _("By week")
    MONTH = "month", _("By month")

    @property
    def step(self) -> Step | None:
        """How the time is cut, where it is what they are grouped by."""
        return Step(self.value) if self.value in set(Step) else None

    @property
    def column(self) -> str:
        """Of a score; only where it isn't the time."""
        return "severity" if self == Grouping.SEVERITY else f"{self.value}_id"


FOR_STAFF = frozenset({Grouping.ACCOUNT, Grouping.TEAM})
"""A contact sees one account, and nothing of how the staff is organised."""


class Outcome(models.TextChoices):
    BROKEN = "broken", _("Broken promises")
    KEPT = "kept", _("Kept promises")
    ALL = "all", _("Promises")


WITHOUT = 0
"""In place of an id: those that have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """None and empty leave a part open."""

    period: Period
    by: Grouping = Grouping.SEVERITY
    kind: str = ""
    severity: int | None = None
    plan_id: int | None = None
    product_id: int | None = None
    account_id: int | None = None
    team_id: int | None = None

    @property
    def step(self) -> Step:
        return self.by.step or self.period.step
