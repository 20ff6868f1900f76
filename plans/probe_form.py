"""A form that changes nothing: when would this be due?"""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plans.hours import CalendarValue
from portal.core.ui.forms import QuickSelect
from portal.identity import choices
from portal.identity.forms import TimeZoneField

LONGEST = 100_000
"""Minutes; more than a year of office hours would be a page without an end."""


class WallTimeField(forms.DateTimeField):
    """A date and time as a clock reads them, without a zone."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(UTC):
            at = super().to_python(value)
        return at.replace(tzinfo=None) if at else None


class ProbeForm(forms.Form):
    at = WallTimeField(label=_("From"))
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=LONGEST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"min_value": _("Give at least one minute.")},
    )
    time_zone = TimeZoneField(label=_("Time zone of the customer"))
    country = forms.ChoiceField(label=_("Public holidays of"), required=False, widget=QuickSelect)
    subdivision = forms.RegexField(
        r"^[A-Z0-9]{1,3}$",
        label=_("Region"),
        max_length=3,
        required=False,
        help_text=_("BY for Bavaria, for example."),
    )

    def __init__(self, *args: Any, value: CalendarValue, home: str, **kwargs: Any) -> None:
        """
        :param home: the time zone to begin with, where the calendar has none.
        """
        super().__init__(*args, **kwargs)
        if value.time_zone:
            del self.fields["time_zone"]
        else:
            self.fields["time_zone"].keep(home)  # type: ignore[attr-defined]
        self.fields["country"].choices = [("", _("None")), *choices.countries()]  # type: ignore[attr-defined]
        self.initial = {
            "at": timezone.now().astimezone(ZoneInfo(value.time_zone or home)).replace(tzinfo=None),
            "minutes": 240,
            "time_zone": home,
            **self.initial,
        }
