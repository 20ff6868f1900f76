"""The form for a call with the customer."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.forms import ChangeForm, KeyedForm, MomentInput, text_area

_MINUTE = timedelta(minutes=1)


class CallForm(KeyedForm, ChangeForm):
    """What was said, and when: in the person's own zone, by the minute."""

    body = text_area(_("What was said?"), help_text=_("The customer reads it as a message of the call."))
    called_at = forms.DateTimeField(
        label=_("When was the call?"),
        widget=MomentInput(),
        help_text=_("In your time zone. It counts as a response from then on, if you note it within a day."),
    )
    waiting = forms.BooleanField(label=_("We wait for what the customer has to do or send"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("called_at", timezone.now())

    def clean_called_at(self) -> datetime:
        """A minute stands for its end, so that no call counts as earlier than it can have been."""
        minute: datetime = self.cleaned_data["called_at"]
        now = timezone.now()
        return min(minute + _MINUTE - timedelta(microseconds=1), now) if minute <= now else minute
