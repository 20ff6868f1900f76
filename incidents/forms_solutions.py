"""The form that links a solution to an incident."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.forms import ChangeForm, offer


class LinkForm(ChangeForm):
    """By its number, or by picking one of those for the incident's product."""

    reference = forms.CharField(
        label=_("Number"), max_length=20, required=False, help_text=_("As it stands on the solution: S-42.")
    )
    pick = forms.ChoiceField(label=_("Or one of this product"), required=False)

    def __init__(self, *args: Any, picks: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "pick", [("", gettext("None of these")), *picks])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["wanted"] = (values.get("reference") or values.get("pick") or "").strip().upper()
        if not values["wanted"] and not self.errors:
            self.add_error("reference", gettext("Write the number of a solution, or pick one."))
        return values
