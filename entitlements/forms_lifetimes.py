"""Forms about a contract that is signed. They check shape; the actions decide."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from entitlements.forms import ChosenField, ChosenManyField, grace_field, number_field
from entitlements.models import Contract
from plans.models import Plan, Product
from portal.core.ui.forms import DayInput


class RenewalForm(forms.Form):
    plan = ChosenField(
        label=_("Plan"), empty_value=None, help_text=_("A lower plan is agreed here, for the next period.")
    )
    products = ChosenManyField(label=_("Products"), widget=forms.CheckboxSelectMultiple)
    ends_on = forms.DateField(label=_("Last day"), widget=DayInput)
    number = number_field()
    grace_days = grace_field()

    def __init__(
        self,
        data: QueryDict | None,
        *,
        contract: Contract,
        plan_id: int,
        product_ids: Collection[int],
        plans: Sequence[Plan],
        products: Sequence[Product],
    ) -> None:
        usual = {
            "plan": plan_id,
            "products": list(product_ids),
            "ends_on": next_end(contract.starts_on, contract.ends_on),
            "grace_days": contract.grace_days,
        }
        super().__init__(data, initial=usual)
        self.fields["plan"].offer(plans)  # type: ignore[attr-defined]
        self.fields["products"].offer(products)  # type: ignore[attr-defined]


class UpgradeForm(forms.Form):
    plan = ChosenField(label=_("Plan"), empty_value=None)
    starts_on = forms.DateField(label=_("From"), widget=DayInput)

    def __init__(self, data: QueryDict | None, *, plans: Sequence[Plan], first: date) -> None:
        super().__init__(data, initial={"starts_on": first})
        self.fields["plan"].offer(plans)  # type: ignore[attr-defined]


class ExtensionForm(forms.Form):
    products = ChosenManyField(label=_("Products to add"), widget=forms.CheckboxSelectMultiple)
    starts_on = forms.DateField(label=_("From"), widget=DayInput)

    def __init__(self, data: QueryDict | None, *, products: Sequence[Product], first: date) -> None:
        super().__init__(data, initial={"starts_on": first})
        self.fields["products"].offer(products)  # type: ignore[attr-defined]


class GraceForm(forms.Form):
    grace_days = grace_field(help_text=_("How long everything still works after the last day."))

    def __init__(self, data: QueryDict | None, *, contract: Contract) -> None:
        super().__init__(data, initial={"grace_days": contract.grace_days})


class DayForm(forms.Form):
    on = forms.DateField(
        label=_("Day"),
        widget=DayInput,
        # Days of which every time zone knows the next and the one before.
        validators=[MinValueValidator(date(1970, 1, 2)), MaxValueValidator(date(9000, 1, 1))],
    )


def next_end(starts_on: date, ends_on: date) -> date:
    """The last day of a period as long as this one: of whole years, or else of as many days."""
    over = ends_on + timedelta(days=1)
    if (over.month, over.day) == (starts_on.month, starts_on.day):
        return _years_on(over, over.year - starts_on.year) - timedelta(days=1)
    return ends_on + (over - starts_on)


def _years_on(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
