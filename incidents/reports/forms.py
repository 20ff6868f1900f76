"""The question of a report, read from the address."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.reports.names import NO_CODE, Named, Names, without
from incidents.reports.period import LONGEST, Period
from incidents.reports.questions import FOR_STAFF, WITHOUT, Grouping, Question
from plans.enums import TargetKind
from portal.core.ui.forms import DayInput, QuickSelect
from portal.identity.models import Membership

BETWEEN = "dates"
DEFAULT_DAYS = "30"
PERIODS = [
    ("7", gettext_lazy("Last 7 days")),
    ("30", gettext_lazy("Last 30 days")),
    ("90", gettext_lazy("Last 90 days")),
    ("365", gettext_lazy("Last 365 days")),
    (BETWEEN, gettext_lazy("Between two dates")),
]
_YEARS = range(2000, 2100)


class ReportForm(forms.Form):
    """``names`` are those of the tenant; a contact has neither team nor account to choose."""

    period = forms.ChoiceField(choices=PERIODS, widget=QuickSelect, label=gettext_lazy("Period"))
    since = forms.DateField(required=False, label=gettext_lazy("From"))
    until = forms.DateField(required=False, label=gettext_lazy("Until"))
    kind = forms.ChoiceField(required=False, widget=QuickSelect, label=gettext_lazy("Kind of promise"))
    by = forms.ChoiceField(widget=QuickSelect, label=gettext_lazy("Grouped by"))
    severity = forms.ChoiceField(required=False, widget=QuickSelect, label=gettext_lazy("Severity"))
    plan = forms.ChoiceField(required=False, widget=QuickSelect, label=gettext_lazy("Plan"))
    product = forms.ChoiceField(required=False, widget=QuickSelect, label=gettext_lazy("Product"))
    account = forms.CharField(required=False, max_length=20, label=gettext_lazy("Account"))
    team = forms.ChoiceField(required=False, widget=QuickSelect, label=gettext_lazy("Team"))

    def __init__(self, person: Membership, address: QueryDict, now: datetime | None = None) -> None:
        asked = {name: value for name, value in address.dict().items() if value}
        dates = "since" in asked or "until" in asked
        asked.setdefault("period", BETWEEN if dates else DEFAULT_DAYS)
        asked.setdefault("by", Grouping.SEVERITY.value)
        super().__init__(asked)
        self.person, self.names, self.now = person, Names(person), now or timezone.now()
        self.of_account: Named | None = None
        self._choose("kind", [("", _("All kinds of promises")), *TargetKind.choices])
        self._choose("by", [(by.value, by.label) for by in groupings(person)])
        self._choose("severity", _coded(_("Any severity"), self.names.severities))
        self._choose("plan", _coded(_("Any plan"), [*self.names.plans, without(Grouping.PLAN)]))
        self._choose("product", _coded(_("Any product"), self.names.products))
        if person.is_contact:
            del self.fields["account"], self.fields["team"]
        else:
            self._choose("team", _coded(_("Any team"), [*self.names.teams, without(Grouping.TEAM)]))
            self._offer_accounts()
        for name in ("since", "until"):
            self.fields[name].widget = DayInput()
        for field in self.fields.values():
            field.widget.attrs.update({"aria-label": field.label, "class": "input"})

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def _offer_accounts(self) -> None:
        """A list of some; any other can be named by its key, which links do."""
        offered = self.names.some_accounts
        self.of_account = next((one for one in offered if one.code == self.data.get("account")), None)
        if self.of_account is None and self.data.get("account"):
            self.of_account = self.names.account_with(self.data["account"])
            offered = [*offered, *([self.of_account] if self.of_account else [])]
        self.fields["account"].widget = QuickSelect(choices=_coded(_("Any account"), offered))

    def clean_account(self) -> str:
        if self.cleaned_data["account"] and self.of_account is None:
            raise forms.ValidationError(_("There is no account with this key."))
        return str(self.cleaned_data["account"])

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("period") == BETWEEN and "since" in given and "until" in given:
            if not given["since"] or not given["until"]:
                raise forms.ValidationError(_("Choose both dates."))
            if problem := problem_of(given["since"], given["until"]):
                raise forms.ValidationError(problem)
        return given

    @property
    def problems(self) -> list[str]:
        """What can't be used, each with its field's name."""
        found = [str(error) for error in self.non_field_errors()]
        for name in self.fields:
            found += [f"{self.fields[name].label}: {error}" for error in self.errors.get(name, ())]
        return found

    @property
    def question(self) -> Question:
        """Only of a valid form."""
        given = self.cleaned_data
        return Question(
            period=self._period(),
            by=Grouping(given["by"]),
            kind=given["kind"],
            severity=int(given["severity"]) if given["severity"] else None,
            plan_id=_id(self.names.plans, given["plan"]),
            product_id=_id(self.names.products, given["product"]),
            account_id=self.of_account.id if self.of_account else None,
            team_id=_id(self.names.teams, given["team"]) if given.get("team") else None,
        )

    @property
    def chosen(self) -> list[str]:
        """What the promises are narrowed to, as a person has chosen it."""
        fields = ("severity", "plan", "product", "account", "team")
        chosen = {name: self.cleaned_data.get(name) for name in fields}
        words = {name: dict(self.fields[name].widget.choices) for name in chosen if chosen[name]}
        return [str(words[name].get(chosen[name], chosen[name])) for name in words]

    def _period(self) -> Period:
        given, zone = self.cleaned_data, self.person.tenant.time_zone
        if given["period"] == BETWEEN:
            return Period(given["since"], given["until"], zone)
        return Period.of_last(int(given["period"]), self.now, zone)

    def address(self, **changed: Any) -> str:
        """The query of the same question with some of it changed; an empty value leaves it out.

        Dates take the place of the period.
        """
        kept = {name: self.data[name] for name in self.fields if name in self.data}
        kept = {**kept, **({"period": ""} if "since" in changed else {}), **changed}
        return urlencode({name: value for name, value in kept.items() if value})


def problem_of(since: date, until: date) -> str:
    """Why no report can be of the days between these; empty if one can."""
    if since.year not in _YEARS or until.year not in _YEARS:
        return _("There are no promises so long ago, or so far ahead.")
    if since > until:
        return _("The period ends before it begins.")
    if (until - since).days >= LONGEST:
        return _("Choose at most %(days)s days.") % {"days": LONGEST}
    return ""


def groupings(person: Membership) -> list[Grouping]:
    return [by for by in Grouping if by not in FOR_STAFF or not person.is_contact]


def _coded(nothing: Any, named: Iterable[Named]) -> list[tuple[str, Any]]:
    return [("", nothing), *((one.code, one.name) for one in named)]


def _id(named: Iterable[Named], code: str) -> int | None:
    if code == NO_CODE:
        return WITHOUT
    return next((one.id for one in named if one.code == code), None)
