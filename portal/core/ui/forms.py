"""How every form looks: one template for a form, one for a field, and lists of choices drawn fast."""

from typing import Any

from django.forms import DateField, DateInput, Select
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString

from portal.core.days import check_year
from portal.core.ui.rows import draw_rows


class FormRenderer(TemplatesSetting):
    """Draws forms with our own templates, found through ``TEMPLATES``, so components work in them."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"


class DayField(DateField):
    """A day to narrow a list by."""

    widget = DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_validators = [check_year]


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
