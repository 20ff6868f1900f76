"""How a person wants to be told. Forms check shape; the actions decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from notifications.enums import Channel, Choice
from notifications.hours import Quiet
from notifications.topics import Topic
from notifications.wishes import Wishes

_QUIET = ("quiet_from", "quiet_until", "quiet_days")
_HOURS = ("digest_at", "quiet", *_QUIET)
_NO_TIME = _("Give a time, or keep no quiet hours.")


@dataclass(frozen=True, slots=True)
class Row:
    """A topic with its two fields; None where there is nothing to choose."""

    topic: Topic
    portal: forms.BoundField | None
    mail: forms.BoundField


class _Clock(forms.TimeField):
    def __init__(self, **options: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__(widget=widget, show_hidden_initial=True, **options)


class PreferencesForm(forms.Form):
    """Each field comes with what was shown beside it, so that saving a page from before changes only what
    was changed on it: a mail that was stopped by a link meanwhile stays stopped."""

    use_required_attribute = False

    digest_at = _Clock(label=_("Time of the daily digest"))
    quiet = forms.BooleanField(label=_("Keep quiet hours"), required=False, show_hidden_initial=True)
    quiet_from = _Clock(label=_("From"), error_messages={"required": _NO_TIME})
    quiet_until = _Clock(label=_("Until"), error_messages={"required": _NO_TIME})
    quiet_days = forms.TypedMultipleChoiceField(
        label=_("On the days on which they begin"),
        error_messages={"required": _("Choose the days of your quiet hours.")},
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        show_hidden_initial=True,
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, topics: Sequence[Topic], wishes: Wishes
    ) -> None:
        super().__init__(data, initial=_initial(topics, wishes))
        self._topics = topics
        for topic in topics:
            if topic.may_be_off(Channel.PORTAL):
                self.fields[_name(topic, Channel.PORTAL)] = forms.BooleanField(
                    label=_("Count it"), required=False, show_hidden_initial=True
                )
            self.fields[_name(topic, Channel.MAIL)] = forms.ChoiceField(
                label=str(topic.label),
                choices=[(one.value, one.label) for one in Choice if one in topic.choices[Channel.MAIL]],
                widget=forms.RadioSelect,
                show_hidden_initial=True,
            )

    @property
    def rows(self) -> list[Row]:
        return [
            Row(
                topic,
                self[_name(topic, Channel.PORTAL)] if topic.may_be_off(Channel.PORTAL) else None,
                self[_name(topic, Channel.MAIL)],
            )
            for topic in self._topics
        ]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not given.get("quiet"):
            for name in _QUIET:
                self.errors.pop(name, None)
        return given

    def choices(self) -> dict[tuple[str, Channel], Choice]:
        """What was chosen otherwise than it was shown."""
        given = self.cleaned_data
        chosen = {}
        for topic in self._topics:
            portal, mail = _name(topic, Channel.PORTAL), _name(topic, Channel.MAIL)
            if portal in self.changed_data:
                chosen[topic.code, Channel.PORTAL] = Choice.NOW if given[portal] else Choice.OFF
            if mail in self.changed_data:
                chosen[topic.code, Channel.MAIL] = Choice(given[mail])
        return chosen

    @property
    def changes_hours(self) -> bool:
        return any(name in self.changed_data for name in _HOURS)

    def quiet_hours(self) -> Quiet | None:
        given = self.cleaned_data
        if not given["quiet"]:
            return None
        return Quiet(given["quiet_from"], given["quiet_until"], frozenset(given["quiet_days"]))


def _initial(topics: Sequence[Topic], wishes: Wishes) -> dict[str, Any]:
    quiet = wishes.quiet or Quiet(time(20), time(7), frozenset(range(5)))
    initial: dict[str, Any] = {
        "digest_at": wishes.digest_at,
        "quiet": wishes.quiet is not None,
        "quiet_from": quiet.begins,
        "quiet_until": quiet.ends,
        "quiet_days": sorted(quiet.days),
    }
    for topic in topics:
        initial[_name(topic, Channel.PORTAL)] = wishes.choice(topic, Channel.PORTAL) != Choice.OFF
        initial[_name(topic, Channel.MAIL)] = wishes.choice(topic, Channel.MAIL).value
    return initial


def _name(topic: Topic, channel: Channel) -> str:
    return f"{topic.code}-{channel}"
