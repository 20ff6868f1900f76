"""How every form looks: one template for a form, one for a field, and lists of choices drawn fast."""

from typing import Any, cast

from django.forms import BaseForm, DateField, DateInput, Form, HiddenInput, JSONField, Select
from django.forms.renderers import TemplatesSetting
from django.http import QueryDict
from django.utils.safestring import SafeString

from portal.core.days import check_year
from portal.core.ui.rows import draw_rows


class FormRenderer(TemplatesSetting):
    """Draws forms with our own templates, found through ``TEMPLATES``, so components work in them."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"


class DayInput(DateInput):
    """The browser's own field for a day."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(DateField):
    """A day to narrow a list by."""

    widget = DayInput
    default_validators = [check_year]


class SeenForm(Form):
    """Remembers what its reader saw when they began; the action compares it with what is there by then."""

    seen = JSONField(widget=HiddenInput, required=False)

    def __init__(self, *args: Any, now: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = now

    def renew(self, now: Any) -> None:
        renew(self, seen=self.fields["seen"].prepare_value(now))


def renew(form: BaseForm, **now: Any) -> None:
    """What was typed stays and may be sent again, as an answer to what is there ``now``."""
    data = cast(QueryDict, form.data).copy()
    for name, value in now.items():
        data[name] = str(value)
    form.data = data


class QuickSelect(Select):
    """A list of choices without groups, drawn by Jinja (docs/decisions/0009): a template for each option
    is what makes Django's slow."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = self.format_value(value)
        return draw_rows(
            "ui/select.html",
            name=name,
            attrs=self._shown(self.build_attrs(self.attrs, attrs)),
            options=[
                ("" if code is None else str(code), str(label), str(code or "") in chosen)
                for code, label in self.choices
            ],
        )

    @staticmethod
    def _shown(attrs: dict[str, Any]) -> list[tuple[str, str | None]]:
        """With their values; None stands for a bare attribute."""
        return [
            (name, None if value is True else str(value))
            for name, value in attrs.items()
            if value is not False
        ]
