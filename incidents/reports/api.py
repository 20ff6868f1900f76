"""The report of promises, for programs."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.reports import queries
from incidents.reports.forms import problem_of
from incidents.reports.groups import SHOWN, Group, groups_of
from incidents.reports.names import NO_CODE, Named, Names
from incidents.reports.period import Period
from incidents.reports.questions import FOR_STAFF, WITHOUT, Grouping, Question
from incidents.reports.rules import sees_reports
from incidents.reports.shares import Count
from plans.enums import Severity, TargetKind
from portal.core.api import StrictSerializer
from portal.core.errors import NotAllowed
from portal.core.openapi import Shape
from portal.identity.models import Membership
from portal.identity.operations import PersonView

_DAYS = 30
_OF_CONTACTS = [by.value for by in Grouping if by not in FOR_STAFF]


class ReportQuery(StrictSerializer):
    period = serializers.ChoiceField(
        choices=[7, 30, 90, 365],
        required=False,
        help_text=f"So many days up to today; {_DAYS} without `since` and `until`.",
    )
    since = serializers.DateField(
        required=False, help_text="The first day, in the portal's time zone; with `until`, without `period`."
    )
    until = serializers.DateField(required=False, help_text="The last day.")
    kind = serializers.ChoiceField(choices=TargetKind.choices, required=False)
    by = serializers.ChoiceField(choices=_OF_CONTACTS, default=Grouping.SEVERITY.value)
    severity = serializers.ChoiceField(choices=Severity.choices, required=False)
    plan = serializers.CharField(
        required=False, max_length=40, help_text=f"Its code; `{NO_CODE}` for promises without a plan."
    )
    product = serializers.CharField(required=False, max_length=40, help_text="Its code.")
    all = serializers.BooleanField(
        default=False, help_text=f"Every group, where otherwise the first {SHOWN} are given."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        since, until = attrs.get("since"), attrs.get("until")
        if (since is None) != (until is None):
            raise ValidationError({"until" if since else "since": [_("Choose both dates.")]})
        if since and until:
            if "period" in attrs:
                raise ValidationError({"period": [_("Give either a period or two dates.")]})
            if problem := problem_of(since, until):
                raise ValidationError({"until": [problem]})
        return attrs


class StaffReportQuery(ReportQuery):
    by = serializers.ChoiceField(
        choices=[by.value for by in Grouping],
        default=Grouping.SEVERITY.value,
        help_text="`account` and `team`: staff only.",
    )
    account = serializers.CharField(
        required=False, max_length=6, help_text="Staff only: the key of a customer."
    )
    team = serializers.CharField(
        required=False, max_length=20, help_text=f"Staff only: the id of a team, or `{NO_CODE}`."
    )


class CountShape(Shape):
    promises = serializers.IntegerField(help_text="That were kept, or whose time has passed.")
    kept = serializers.IntegerField()
    broken = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True, help_text="Of those kept, 0 to 1; null without promises.")


class PromiseGroupShape(CountShape):
    code = serializers.CharField(
        help_text="What the report can be narrowed to it by: a severity, code, key or id; or its first day."
    )
    name = serializers.CharField(help_text="In the language of the token's person.")
    since = serializers.DateField(allow_null=True, help_text="Of a group of time: its first day.")
    until = serializers.DateField(allow_null=True, help_text="Of a group of time: its last day.")


class PromiseReportShape(Shape):
    since = serializers.DateField()
    until = serializers.DateField()
    time_zone = serializers.CharField(help_text="The portal's, in which days begin and end.")
    total = CountShape()
    groups = PromiseGroupShape(many=True)
    left_out = serializers.IntegerField(help_text="How many groups there are beyond these.")


class Promises(PersonView):
    @extend_schema(
        operation_id="report_promises",
        summary="Which promises were kept, with what was promised at the time; contacts see their company's",
        parameters=[StaffReportQuery],
        responses=PromiseReportShape,
        tags=["reports"],
    )
    def get(self, request: Request) -> Response:
        person = self.person
        if not sees_reports(person):
            raise NotAllowed(_("Reports are for those who may see all incidents of their company."))
        asked = self.asked(StaffReportQuery if person.is_staff_member else ReportQuery)
        names = Names(person)
        question = _question(person, names, asked)
        tally = queries.tally(person, question)
        groups = groups_of(names, question, tally, most=None if asked["all"] else SHOWN)
        return Response(
            {
                "since": question.period.first,
                "until": question.period.last,
                "time_zone": question.period.zone,
                "total": _count(tally.total),
                "groups": [_group(group) for group in groups.rows],
                "left_out": groups.left_out,
            }
        )


def _question(person: Membership, names: Names, asked: dict[str, Any]) -> Question:
    zone = person.tenant.time_zone
    if "since" in asked:
        period = Period(asked["since"], asked["until"], zone)
    else:
        period = Period.of_last(int(asked.get("period", _DAYS)), timezone.now(), zone)
    return Question(
        period=period,
        by=Grouping(asked["by"]),
        kind=asked.get("kind", ""),
        severity=asked.get("severity"),
        plan_id=_named(asked, "plan", lambda: names.plans, _("There is no plan with this code.")),
        product_id=_named(asked, "product", lambda: names.products, _("There is no product with this code.")),
        account_id=_account(names, asked),
        team_id=_named(asked, "team", lambda: names.teams, _("There is no such team.")),
    )


def _named(
    asked: dict[str, Any], field: str, named: Callable[[], Sequence[Named]], unknown: str
) -> int | None:
    """The id of what a parameter names by its code; nothing where it isn't asked for."""
    if field not in asked:
        return None
    code = asked[field]
    if code == NO_CODE and field != "product":
        return WITHOUT
    found = next((one for one in named() if one.code == code), None)
    if found is None:
        raise ValidationError({field: [unknown]})
    return found.id


def _account(names: Names, asked: dict[str, Any]) -> int | None:
    if "account" not in asked:
        return None
    account = names.account_with(asked["account"])
    if account is None:
        raise ValidationError({"account": [_("There is no account with this key.")]})
    return account.id


def _count(count: Count) -> dict[str, Any]:
    return {
        "promises": count.promises,
        "kept": count.kept,
        "broken": count.broken,
        "share": count.share,
    }


def _group(group: Group) -> dict[str, Any]:
    period = group.period
    return {
        "code": group.code,
        "name": group.name,
        "since": period and period.first,
        "until": period and period.last,
        **_count(group.count),
    }
