"""Forms on hours: which there are, and which count where. They check shape; the actions decide."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from plans.draft_forms import CalendarField
from plans.drafting import code_of
from plans.hours_notation import (
    TwiceTheSame,
    Unreadable,
    read_dates,
    read_spans,
    write_dates,
    write_spans,
)
from plans.models import CODE, Calendar, Plan, Product
from plans.wording import DAYS_A_WEEK, day_names
from portal.core.ui.forms import SeenForm
from portal.identity.forms import TimeZoneField

_UNREADABLE = _("“%(part)s” can’t be read. Write hours as 08:00–12:00, 13:00–18:00.")


class SpansField(forms.CharField):
    """A day's hours as they are typed; none for closed."""

    def to_python(self, value: Any) -> Any:
        try:
            return read_spans(super().to_python(value) or "")
        except Unreadable as fault:
            raise forms.ValidationError(_UNREADABLE, params={"part": fault.part}) from None


class DatesField(forms.CharField):
    """Own hours of single dates, one on each line."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})

    def to_python(self, value: Any) -> Any:
        try:
            return read_dates(super().to_python(value) or "")
        except Unreadable as fault:
            raise forms.ValidationError(_UNREADABLE, params={"part": fault.part}) from None
        except TwiceTheSame as fault:
            raise forms.ValidationError(
                _("%(day)s stands on two lines. Write all of its hours on one."), params={"day": fault.day}
            ) from None


class CalendarForm(SeenForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        validators=[CODE],
        help_text=_("For programs and addresses, business-hours for example."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    time_zone = TimeZoneField(required=False, help_text=_("The clock that the hours are read from."))
    holidays = forms.BooleanField(label=_("Closed on public holidays"), required=False)
    dates = DatesField(
        label=_("Own hours of single dates"),
        required=False,
        max_length=20_000,
        help_text=_("One on each line: 2026-12-24 08:00–12:00. A date alone is closed all day."),
    )

    def __init__(self, *args: Any, calendar: Calendar | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, _name in settings.LANGUAGES:
            self.fields[f"name_{code}"] = forms.CharField(
                label=str(get_language_info(code)["name_local"]).capitalize(), max_length=120, required=False
            )
        for day, name in enumerate(day_names()):
            self.fields[f"day_{day}"] = SpansField(
                label=name,
                max_length=400,
                required=False,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )
        zones: Any = self.fields["time_zone"]
        zones.keep(calendar.time_zone if calendar else "")
        zones.choices = [("", _("The customer’s, of the support region")), *zones.choices]

    @property
    def names(self) -> list[forms.BoundField]:
        return [self[f"name_{code}"] for code, _name in settings.LANGUAGES]

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[f"day_{day}"] for day in range(DAYS_A_WEEK)]

    def content(self) -> dict[str, Any]:
        """For ``plans.actions.add_calendar`` and ``edit_calendar``."""
        given = self.cleaned_data
        return {
            **{name: given[name] for name in ("code", "time_zone", "holidays", "dates")},
            "names": {code: given[f"name_{code}"] for code, _name in settings.LANGUAGES},
            "week": [[day, *span] for day in range(DAYS_A_WEEK) for span in given[f"day_{day}"]],
        }


def typed(content: Mapping[str, Any]) -> dict[str, Any]:
    """What ``plans.drafting.content_of`` gave, as the fields of the form show it."""
    by_day = {
        f"day_{day}": write_spans(span for weekday, *span in content["week"] if weekday == day)
        for day in range(DAYS_A_WEEK)
    }
    names = {f"name_{language}": name for language, name in content["names"].items()}
    plain = {name: content[name] for name in ("code", "time_zone", "holidays")}
    return {**plain, **names, **by_day, "dates": write_dates(content["dates"])}


class WhichHoursForm(SeenForm):
    """For portal, plans and products: in which hours targets count that name none of their own."""

    default = CalendarField(label=_("The portal’s own hours"), empty_label=_("None"))

    def __init__(
        self,
        *args: Any,
        calendars: QuerySet[Calendar],
        plans: Iterable[Plan],
        products: Iterable[Product],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.plans = {f"plan_{plan.pk}": plan for plan in plans}
        self.products = {f"product_{product.pk}": product for product in products}
        rows: dict[str, Plan | Product] = {**self.plans, **self.products}
        for name, row in rows.items():
            empty = _("As the product or the portal says") if name in self.plans else _("The portal’s own")
            self.fields[name] = CalendarField(label=row.name, empty_label=empty)
        offered = list(calendars)
        for name in self.fields.keys() - {"seen"}:
            field: Any = self.fields[name]
            field.queryset = calendars
            field.choices = [
                ("", field.empty_label),
                *((one.code, field.label_from_instance(one)) for one in offered),
            ]

    @property
    def of_plans(self) -> list[forms.BoundField]:
        return [self[name] for name in self.plans]

    @property
    def of_products(self) -> list[forms.BoundField]:
        return [self[name] for name in self.products]

    def changed_places(self) -> Iterable[tuple[str, Calendar | None, str | None]]:
        """(field, hours that are wanted, code that was seen), where the person wants something else."""
        seen = self.cleaned_data["seen"]
        saw = seen if isinstance(seen, dict) else {}
        for name in ("default", *self.plans, *self.products):
            wanted = self.cleaned_data[name]
            if code_of(wanted) != saw.get(name):
                yield name, wanted, saw.get(name)
