"""Rotas: who is on duty from when until when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from incidents.enums import DutyKind
from portal.core.walls import BY_STAFF, TenantForeignKey, TenantModel, walls
from portal.identity.models import Membership, Team


class Span(Func):
    """From one instant until another, which no longer belongs to it."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Duty(TenantModel):
    """A person is on call, for a team or for all of them, or is the duty manager. One at a time."""

    kind = models.CharField(_("duty"), max_length=20, choices=DutyKind)
    team = TenantForeignKey(Team, models.CASCADE, null=True, blank=True, verbose_name=_("team"))
    person = TenantForeignKey(Membership, models.CASCADE, verbose_name=_("person"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    class Meta:
        constraints = [
            *walls("incidents_duty", policy=BY_STAFF, refs=["team", "person"]),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_ends_after_its_start"),
            models.CheckConstraint(
                condition=Q(kind=DutyKind.ON_CALL) | Q(team=None), name="duty_manager_is_of_no_team"
            ),
            ExclusionConstraint(
                name="one_on_duty_at_a_time",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (Coalesce("team", Value(0)), RangeOperators.EQUAL),
                    (Span("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [
            # Who is on duty now, and who will be.
            models.Index(fields=["tenant", "ends_at"], name="duty_by_its_end"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id} from {self.starts_at.isoformat()}"
