"""What is searched for, read from the address."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from knowledge.search.asked import LONGEST
from knowledge.search.kinds import kinds
from knowledge.search.queries import Filters
from plans.queries import ProductValue, sold_products_of
from portal.core.days import moments_of
from portal.core.ui.forms import DayField, QuickSelect
from portal.identity.choices import languages
from portal.identity.models import Tenant


class SearchForm(forms.Form):
    q = forms.CharField(required=False, label=gettext_lazy("What are you looking for?"))
    kind = forms.ChoiceField(required=False, label=gettext_lazy("Kind"))
    product = forms.ChoiceField(required=False, label=gettext_lazy("Product"), widget=QuickSelect)
    version = forms.ChoiceField(required=False, label=gettext_lazy("Version"), widget=QuickSelect)
    language = forms.ChoiceField(required=False, label=gettext_lazy("Language"), widget=QuickSelect)
    since = DayField(required=False, label=gettext_lazy("From"))
    until = DayField(required=False, label=gettext_lazy("Until"))

    def __init__(self, tenant: Tenant, address: QueryDict) -> None:
        super().__init__({name: value for name, value in address.dict().items() if value})
        self.products = {product.code: product for product in sold_products_of(tenant)}
        self._choose("kind", [("", _("Everything")), *_kinds()])
        self._choose("product", [("", _("Any product")), *((p.code, p.name) for p in self.products.values())])
        self._choose("language", [("", _("Any language")), *languages()])
        self.of_product = self.products.get(self.data.get("product", ""))
        if self.of_product and self.of_product.versions:
            names = ((version.name, version.name) for version in self.of_product.versions)
            self._choose("version", [("", _("Any version")), *names])
        else:
            del self.fields["version"]
        self.fields["q"].widget.attrs["maxlength"] = LONGEST

    def _choose(self, name: str, choices: Sequence[Any]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    @property
    def text(self) -> str:
        return str(self.data.get("q", "")).strip()

    @property
    def narrowed(self) -> Filters:
        """Only of a valid form. Days begin and end in the reader's time zone."""
        given = self.cleaned_data
        dated_from, dated_before = moments_of(given["since"], given["until"])
        return Filters(
            kinds=[given["kind"]] if given["kind"] else [],
            product_id=self.of_product.id if self.of_product else None,
            version=position_of(self.of_product, given.get("version", "")),
            language=given["language"],
            dated_from=dated_from,
            dated_before=dated_before,
        )

    @property
    def in_use(self) -> bool:
        """Whether something is narrowed."""
        return any(self.data.get(name) for name in self.fields if name != "q")

    @property
    def filters(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name != "q"]


def position_of(product: ProductValue | None, version: str) -> int | None:
    """Where the version stands among those of its product."""
    versions = product.versions if product else ()
    return next((one.position for one in versions if one.name == version), None)


def _kinds() -> Iterator[tuple[Any, Any]]:
    groups: dict[str, list[tuple[str, Any]]] = {}
    for kind in kinds():
        groups.setdefault(str(kind.group), []).append((kind.code, kind.label))
    yield from groups.items()
