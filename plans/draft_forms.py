"""Forms on a draft: cells, targets, hours, publication. They check shape; the actions decide."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plans.editions import calendar_value
from plans.enums import Unit
from plans.models import Calendar
from plans.queries import ProductValue
from plans.wording import calendar_name
from portal.core.ui.forms import SeenForm

LONGEST = 525_600
"""Minutes, a year."""


class CalendarField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """The hours of one edition, by their code and in the reader's words."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Calendar.objects.none(), to_field_name="code", required=False, **kwargs)

    def label_from_instance(self, calendar: Any) -> str:
        return calendar_name(calendar_value(calendar))


class CellForm(SeenForm):
    given = forms.BooleanField(label=_("The plan has this feature"), required=False)
    calendar = CalendarField(
        label=_("Hours"), empty_label=_("None of its own"), help_text=_("Of this edition.")
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

    def __init__(self, *args: Any, calendars: QuerySet[Calendar] | None, **kwargs: Any) -> None:
        """:param calendars: those of the edition; None where the feature has no hours."""
        super().__init__(*args, **kwargs)
        if calendars is None:
            del self.fields["calendar"]
        else:
            self.fields["calendar"].queryset = calendars  # type: ignore[attr-defined]

    def clean_notice_days(self) -> int:
        return self.cleaned_data["notice_days"] or 0


class ExceptionsForm(SeenForm):
    products = forms.TypedMultipleChoiceField(
        label=_("Not available for"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, products: Iterable[ProductValue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["products"].choices = [(product.id, product.name) for product in products]  # type: ignore[attr-defined]


class TargetForm(SeenForm):
    hours = forms.IntegerField(
        label=_("Hours"),
        required=False,
        max_value=LONGEST // 60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        required=False,
        max_value=LONGEST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    unit = forms.ChoiceField(label=_("Counted in"), choices=Unit)
    calendar = CalendarField(
        label=_("In which hours"),
        empty_label=_("As the plan, the product or the portal says"),
        help_text=_("For minutes of coverage. Elapsed minutes count at any hour."),
    )

    def __init__(self, *args: Any, calendars: QuerySet[Calendar], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["calendar"].queryset = calendars  # type: ignore[attr-defined]

    def clean(self) -> None:
        hours, minutes = self.cleaned_data.get("hours") or 0, self.cleaned_data.get("minutes") or 0
        if hours * minutes < 0:
            self.add_error("minutes", _("Give hours and minutes without a minus sign; they are added up."))
        self.cleaned_data["total"] = hours * 60 + minutes


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
