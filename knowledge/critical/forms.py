"""What is typed about critical solutions. Forms check shape; the actions decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from knowledge.critical.actions import Chosen
from knowledge.critical.enums import Standing
from knowledge.critical.models import Exposure, Registration
from plans.queries import ProductValue

USUAL_REMINDER = 48
_WAYS = ("by_mail", "in_portal", "tell_unaffected")


@dataclass(frozen=True, slots=True)
class Row:
    """A product with its fields."""

    product: ProductValue
    by_mail: forms.BoundField
    in_portal: forms.BoundField
    tell_unaffected: forms.BoundField


class RegistrationsForm(forms.Form):
    """Products by channels. Each field comes with what was shown, so that saving an older page changes only
    what was changed on it."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        products: Sequence[ProductValue],
        standing: Mapping[int, Registration],
    ) -> None:
        super().__init__(data)
        self._products, self._standing = products, standing
        for product in products:
            for way in _WAYS:
                self.fields[f"{way}-{product.id}"] = forms.BooleanField(
                    required=False,
                    show_hidden_initial=True,
                    initial=getattr(standing.get(product.id), way, False),
                )

    @property
    def rows(self) -> list[Row]:
        return [Row(product, *(self[f"{way}-{product.id}"] for way in _WAYS)) for product in self._products]

    def chosen(self) -> dict[int, Chosen]:
        """Of the products of which something was changed."""
        return {
            product.id: Chosen(**{way: self._wanted(product.id, way) for way in _WAYS})
            for product in self._products
            if any(f"{way}-{product.id}" in self.changed_data for way in _WAYS)
        }

    def _wanted(self, product_id: int, way: str) -> bool:
        name = f"{way}-{product_id}"
        if name in self.changed_data:
            return bool(self.cleaned_data[name])
        return bool(getattr(self._standing.get(product_id), way, False))


class TellForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput)
    remind_after_hours = forms.IntegerField(
        label=_("Remind those who have not read it after so many hours"),
        help_text=_("Once. Leave it empty to remind nobody."),
        min_value=1,
        max_value=24 * 60,
        required=False,
        initial=USUAL_REMINDER,
    )
    correction = forms.BooleanField(
        label=_(
            "This is a correction: everybody is told once more, and that it corrects what they were told"
        ),
        required=False,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, told_before: bool, seen: int) -> None:
        super().__init__(data, initial={"seen": seen})
        if not told_before:
            del self.fields["correction"]


class SayForm(forms.Form):
    """``exposure``: of one; of all where there is none. ``seen``: the notice that the page was about."""

    seen = forms.IntegerField()
    standing = forms.ChoiceField(choices=Standing.choices)
    exposure = forms.IntegerField(required=False)


class SayForForm(SayForm):
    """By staff whom the customer told. Of several exposures they choose one, or all."""

    exposure = forms.IntegerField(label=_("Of what?"), widget=forms.Select, initial=0)
    standing = forms.ChoiceField(
        label=_("What became of it?"), choices=Standing.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("How do you know?"),
        help_text=_("The customer reads it, with your name."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, exposures: Sequence[Exposure]) -> None:
        super().__init__(data)
        field = self.fields["exposure"]
        field.required = len(exposures) > 1
        field.widget.choices = [(0, _("Everything of theirs")), *((one.pk, one.name) for one in exposures)]

    def clean_exposure(self) -> int | None:
        return self.cleaned_data["exposure"] or None
