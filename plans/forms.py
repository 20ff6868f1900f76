"""Forms about what a tenant sells. They check shape; the actions decide."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plans.matrix import CalendarValue
from plans.models import CODE
from plans.queries import ProductValue
from plans.wording import calendar_name

DateInput = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
LINE = forms.Textarea(attrs={"rows": 2})


class ProductForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        validators=[CODE],
        help_text=_("For programs; it stays when the name changes."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )


class ProductNameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)


class VersionForm(forms.Form):
    name = forms.CharField(label=_("Version"), max_length=40)
    released_on = forms.DateField(label=_("Released on"), required=False, widget=DateInput)
    supported_until = forms.DateField(label=_("Supported until"), required=False, widget=DateInput)


class PlanForm(forms.Form):
    """A plan's name, the same in every language, and one line about it in the language being edited."""

    name = forms.CharField(label=_("Name of the plan"), max_length=80)
    summary = forms.CharField(label=_("One line about it"), max_length=240, widget=LINE)


class FeatureTextForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    summary = forms.CharField(
        label=_("Summary"),
        max_length=240,
        required=False,
        widget=LINE,
        help_text=_("One sentence: what the customer gets."),
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What exactly it means, and its limits."),
    )
    use = forms.CharField(
        label=_("Where to use it"),
        max_length=300,
        required=False,
        widget=LINE,
        help_text=_("One sentence: where in the portal, or whom to ask."),
    )


class SeverityTextForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=40)
    definition = forms.CharField(label=_("Definition"), max_length=300, widget=LINE)
    example = forms.CharField(label=_("Example"), max_length=300, required=False, widget=LINE)


class SeenForm(forms.Form):
    """``seen`` tells what the person saw when the form was made."""

    seen = forms.JSONField(required=False, widget=forms.HiddenInput)

    def renew(self, seen: Any) -> None:
        """Show what was typed, but as by somebody who has seen what is there now."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seen"] = self.fields["seen"].prepare_value(seen)
        self.data = data


class CellForm(SeenForm):
    given = forms.BooleanField(label=_("The plan has this feature"), required=False)
    calendar = forms.TypedChoiceField(
        label=_("Hours"), required=False, coerce=int, empty_value=None, help_text=_("Of this edition.")
    )
    allowance = forms.IntegerField(
        label=_("Uses in a support period"),
        required=False,
        max_value=9999,
        help_text=_("Empty means no limit."),
    )
    notice_days = forms.IntegerField(
        label=_("Days of notice"),
        required=False,
        max_value=999,
        help_text=_("How long ahead a use must be asked for; empty means not at all."),
    )

    def __init__(self, *args: Any, calendars: Iterable[CalendarValue] | None, **kwargs: Any) -> None:
        """:param calendars: those of the edition; None where the feature has no hours."""
        super().__init__(*args, **kwargs)
        if calendars is None:
            del self.fields["calendar"]
            return
        named = [(calendar.id, calendar_name(calendar)) for calendar in calendars]
        self.fields["calendar"].choices = [("", _("None of its own")), *named]  # type: ignore[attr-defined]

    def clean_notice_days(self) -> int:
        return self.cleaned_data["notice_days"] or 0


class ExceptionsForm(SeenForm):
    products = forms.TypedMultipleChoiceField(
        label=_("Not available for"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, products: Iterable[ProductValue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["products"].choices = [(product.id, product.name) for product in products]  # type: ignore[attr-defined]


class PublishForm(SeenForm):
    note = forms.CharField(
        label=_("What is new"),
        error_messages={
            "required": _("Say in a sentence what is new. Everybody who reads the history sees it.")
        },
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A sentence or two for the history of editions."),
    )
    when = forms.ChoiceField(
        label=_("Takes effect"),
        choices=[("now", _("Now")), ("later", _("At a date and time"))],
        widget=forms.RadioSelect,
    )
    effective_at = forms.CharField(
        label=_("Date and time"),
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        """:param zone: the time zone of the business, in which the date and time are meant."""
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["effective_at"].help_text = _("In the time zone %(zone)s.") % {"zone": zone}

    def clean_effective_at(self) -> datetime | None:
        if self.cleaned_data.get("when") != "later":
            return None
        try:
            typed = datetime.fromisoformat(self.cleaned_data["effective_at"])
        except ValueError as error:
            raise forms.ValidationError(_("Choose the date and time from which it is in force.")) from error
        return timezone.make_aware(typed.replace(tzinfo=None), ZoneInfo(self.zone))
