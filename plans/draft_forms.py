"""Forms on a draft's targets and hours. They check shape; the actions decide."""

import json
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from plans.editions import calendar_value
from plans.enums import Unit
from plans.models import Calendar
from plans.wording import calendar_name

LONGEST = 525_600
"""Minutes, a year."""


class SeenForm(forms.Form):
    """Remembers what its reader saw when they began, for ``plans.actions.drafts.check_seen``."""

    seen = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, now: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        try:
            # Typed text that outlived a session brings what was seen then.
            self.initial["seen"] = json.loads(self.initial.get("seen") or "")
        except ValueError:
            self.initial["seen"] = now

    def renew(self, now: Any) -> None:
        """Seen now: what was typed stays, and may be sent again."""
        self.data = {**self.data.dict(), "seen": json.dumps(now)}  # type: ignore[attr-defined]


class CalendarField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """The hours of one edition, by their code and in the reader's words."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Calendar.objects.none(), to_field_name="code", required=False, **kwargs)

    def label_from_instance(self, calendar: Any) -> str:
        return calendar_name(calendar_value(calendar))


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
