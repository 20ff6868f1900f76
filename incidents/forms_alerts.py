"""The forms of the ladder of alerts and of the rotas."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.clocks.counting import BREACH
from incidents.enums import Audience, DutyKind
from incidents.forms import MomentInput, offer
from incidents.models import AlertStep
from plans.enums import Severity
from portal.identity.models import Membership, Team


class StepForm(forms.Form):
    """A step of the ladder. The breach keeps its percent and is for every severity."""

    percent = forms.IntegerField(
        label=_("Percent of the time"),
        min_value=1,
        max_value=1000,
        help_text=_("Above 100: so much of the time again after the due time."),
    )
    severities = forms.TypedMultipleChoiceField(
        label=_("Severities"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    audiences = forms.MultipleChoiceField(
        label=_("Who is told"), widget=forms.CheckboxSelectMultiple, choices=Audience.choices
    )

    def __init__(self, *args: Any, step: AlertStep | None = None, **kwargs: Any) -> None:
        if step is not None:
            fields = {name: getattr(step, name) for name in ("percent", "severities", "audiences")}
            kwargs["initial"] = {**fields, **kwargs.get("initial", {})}
        kwargs.setdefault("initial", {}).setdefault("severities", list(Severity.values))
        super().__init__(*args, **kwargs)
        offer(self, "severities", [(value, f"{value} · {label}") for value, label in Severity.choices])
        self.is_breach = step is not None and step.percent == BREACH
        if self.is_breach:
            for name in ("percent", "severities"):
                self.fields[name].disabled = True
        else:
            told = [choice for choice in Audience.choices if choice[0] != Audience.CUSTOMER]
            offer(self, "audiences", told)


class DutyForm(forms.Form):
    """Somebody on duty for a time, which is in the reader's zone."""

    kind = forms.ChoiceField(label=_("Duty"), choices=DutyKind.choices)
    team = forms.TypedChoiceField(
        label=_("Team"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("For whoever is on call. Left open, it is for every team that has nobody of its own."),
    )
    person = forms.TypedChoiceField(label=_("Person"), coerce=int)
    starts_at = forms.DateTimeField(label=_("From"), widget=MomentInput)
    ends_at = forms.DateTimeField(label=_("Until"), widget=MomentInput, help_text=_("In your time zone."))

    def __init__(self, *args: Any, staff: Sequence[Membership], teams: Sequence[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._staff = {one.pk: one for one in staff}
        self._teams = {team.pk: team for team in teams}
        offer(self, "team", [("", gettext("All teams")), *((team.pk, team.name) for team in teams)])
        people = [(one.pk, f"{one.name} · {one.get_role_display()}") for one in staff]
        offer(self, "person", [("", gettext("Choose a person")), *people])

    def given(self) -> dict[str, Any]:
        """The cleaned values, with person and team as rows."""
        values = self.cleaned_data
        return {
            **values,
            "person": self._staff[values["person"]],
            "team": self._teams[values["team"]] if values["team"] else None,
        }
