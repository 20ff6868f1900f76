"""The form of a feature that is given at discretion."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from entitlements.forms import ChosenField
from entitlements.models import Grant
from plans.models import Feature, Product
from portal.core.ui.forms import DayInput


class GrantForm(forms.Form):
    feature = ChosenField(label=_("Feature"), empty_value=None)
    product = ChosenField(label=_("Product"), empty_value=None, required=False)
    starts_on = forms.DateField(label=_("First day"), widget=DayInput)
    ends_on = forms.DateField(label=_("Last day"), widget=DayInput)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=Grant._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The customer reads it, with your name."),
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        features: Mapping[Feature, str],
        products: Sequence[Product],
        today: date,
    ) -> None:
        usual = {"starts_on": today, "ends_on": today + timedelta(days=90)}
        super().__init__(data, initial=usual)
        self.fields["feature"].offer(features, features)  # type: ignore[attr-defined]
        chosen = self.fields["product"]
        chosen.offer(products)  # type: ignore[attr-defined]
        chosen.choices = [("", _("Every product")), *chosen.choices]  # type: ignore[attr-defined]
