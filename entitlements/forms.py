"""Forms about contracts and installations. They check shape; the actions decide."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entitlements.enums import Environment, InstallationKind
from entitlements.models import LONGEST_NUMBER, MOST_GRACE, Installation
from plans.models import Feature, Plan, Product, ProductVersion
from portal.core.ui.forms import DayInput


class ChosenField(forms.TypedChoiceField):
    """A choice among objects that the view has loaded; gives the object."""

    def offer(self, objects: Iterable[Any], names: Mapping[Any, str] | None = None) -> None:
        found = {str(one.pk): one for one in objects}
        self.coerce = lambda value: found[value]
        self.choices = [(key, names[one] if names else str(one)) for key, one in found.items()]


class ChosenManyField(forms.TypedMultipleChoiceField):
    """As ChosenField, for several."""

    def offer(self, objects: Sequence[Any]) -> None:
        found = {str(one.pk): one for one in objects}
        self.coerce = lambda value: found[value]
        self.choices = [(key, str(one)) for key, one in found.items()]


def number_field() -> forms.CharField:
    return forms.CharField(
        label=_("Contract number"),
        max_length=LONGEST_NUMBER,
        required=False,
        help_text=_("Left empty, one is made from the customer’s key."),
    )


def grace_field(**more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=_("Days of grace"), min_value=0, max_value=MOST_GRACE, **more)


class ContractForm(forms.Form):
    plan = ChosenField(label=_("Plan"), empty_value=None)
    products = ChosenManyField(
        label=_("Products"), widget=forms.CheckboxSelectMultiple, help_text=_("The plan holds for these.")
    )
    starts_on = forms.DateField(label=_("First day"), widget=DayInput)
    ends_on = forms.DateField(label=_("Last day"), widget=DayInput)
    number = number_field()
    grace_days = grace_field(help_text=_("How long everything still works after the last day."))

    def __init__(
        self,
        data: QueryDict | None,
        *,
        plans: Sequence[Plan],
        products: Sequence[Product],
        grace_days: int,
    ) -> None:
        today = timezone.localdate()
        usual = {"starts_on": today, "ends_on": today + timedelta(days=364), "grace_days": grace_days}
        super().__init__(data, initial=usual)
        self.fields["plan"].offer(plans)  # type: ignore[attr-defined]
        self.fields["products"].offer(products)  # type: ignore[attr-defined]


class InstallationForm(forms.Form):
    """``what`` is a product and its version in one choice; an installation that exists keeps its product."""

    what = forms.ChoiceField(label=_("Product and version"))
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("As the customer calls it, “Head office” for example.")
    )
    environment = forms.ChoiceField(label=_("Environment"), choices=Environment.choices)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=InstallationKind.choices,
        widget=forms.RadioSelect,
        help_text=_("Some features are for standard installations only."),
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        products: Sequence[Product],
        versions: Sequence[ProductVersion],
        installation: Installation | None = None,
    ) -> None:
        initial: dict[str, Any] = {
            "environment": Environment.PRODUCTION,
            "kind": InstallationKind.STANDARD,
        }
        if installation is not None:
            products = [installation.product]
            initial = {name: getattr(installation, name) for name in ("name", "environment", "kind")}
            initial["what"] = f"{installation.product_id}.{installation.version_id or ''}"
        super().__init__(data, initial=initial)
        self._chosen: dict[str, tuple[Product, ProductVersion | None]] = {}
        groups = [(product.name, list(self._offer(product, versions))) for product in products]
        self.fields["what"].choices = groups  # type: ignore[attr-defined]

    def _offer(self, product: Product, versions: Sequence[ProductVersion]) -> Iterator[tuple[str, str]]:
        for version in [v for v in versions if v.product_id == product.pk]:
            key = f"{product.pk}.{version.pk}"
            self._chosen[key] = (product, version)
            yield key, f"{product.name} {version.name}"
        self._chosen[f"{product.pk}."] = (product, None)
        yield f"{product.pk}.", gettext("%(product)s, version not known") % {"product": product.name}

    @property
    def product(self) -> Product:
        return self._chosen[self.cleaned_data["what"]][0]

    @property
    def facts(self) -> dict[str, Any]:
        """What the actions take besides the account or the installation, and the product."""
        data = self.cleaned_data
        return {
            "version": self._chosen[data["what"]][1],
            "name": data["name"],
            "environment": Environment(data["environment"]),
            "kind": InstallationKind(data["kind"]),
        }


class UseForm(forms.Form):
    feature = ChosenField(label=_("Feature"), empty_value=None)
    product = ChosenField(label=_("Product"), empty_value=None)
    used_on = forms.DateField(label=_("Day of use"), widget=DayInput)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        features: Mapping[Feature, str],
        products: Sequence[Product],
    ) -> None:
        super().__init__(data)
        self.fields["feature"].offer(features, features)  # type: ignore[attr-defined]
        self.fields["product"].offer(products)  # type: ignore[attr-defined]
