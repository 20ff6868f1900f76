"""The forms of solutions: they check shape and hand cleaned values to actions."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge.search.enums import Audience
from knowledge.solutions.actions import PARTS, Range, Words
from knowledge.solutions.enums import Reason
from knowledge.solutions.models import Solution, SolutionProduct
from knowledge.solutions.queries import Filters, Show, Sort
from plans.queries import ProductValue, products_of, sold_products_of
from portal.core.ui.forms import DayInput, QuickSelect, SeenForm
from portal.identity.forms import LanguageField
from portal.identity.models import Membership

LONGEST = 50_000


def _text(label: Any, *, rows: int = 4, **kwargs: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, widget=widget, strip=False, max_length=LONGEST, **kwargs)


class WordsForm(SeenForm):
    """One text in one language; ``source`` names what it translates."""

    title = forms.CharField(
        label=_("Title"), max_length=160, help_text=_("What somebody who has the problem would look for.")
    )
    symptom = _text(_("Symptom"), required=False, help_text=_("What is seen: messages, codes, what stops."))
    cause = _text(_("Cause"), required=False, rows=3)
    resolution = _text(_("Resolution"), required=False, rows=9, help_text=_("Step by step."))
    source = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def words(self) -> Words:
        given = self.cleaned_data
        return Words(**{name: given[name] for name in PARTS})


class NewForm(WordsForm):
    language = LanguageField()
    products = forms.TypedMultipleChoiceField(
        label=_("Products"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, person: Membership, **kwargs: Any) -> None:
        super().__init__(*args, now="", **kwargs)
        sold = [(one.id, one.name) for one in sold_products_of(person.tenant)]
        cast(forms.ChoiceField, self.fields["products"]).choices = sold
        self.order_fields(["language", "title", "products"])

    def ranges(self) -> list[Range]:
        return [Range(product=product) for product in self.cleaned_data["products"]]


class ProductFields(NamedTuple):
    """The fields of one product on the form."""

    name: str
    chosen: forms.BoundField
    since: forms.BoundField
    until: forms.BoundField


class AboutForm(SeenForm):
    """Who reads a solution, for which versions of which products, and until when it stands unseen."""

    audience = forms.ChoiceField(label=_("Who may read it?"), choices=Audience, widget=forms.RadioSelect)
    owner = forms.TypedChoiceField(
        label=_("Owner"), coerce=int, help_text=_("Who sees to it that it stays right.")
    )
    review_by = forms.DateField(
        label=_("To be looked at again by"),
        required=False,
        widget=DayInput,
    )

    def __init__(
        self,
        *args: Any,
        person: Membership,
        solution: Solution,
        ranges: Sequence[SolutionProduct],
        staff: Sequence[Membership],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, now=solution.revision, **kwargs)
        self.staff = {one.pk: one for one in staff}
        cast(forms.ChoiceField, self.fields["owner"]).choices = [(one.pk, one.name) for one in staff]
        was = {one.product_id: one for one in ranges}
        self.initial = {
            "audience": solution.audience,
            "owner": solution.owner_id,
            "review_by": solution.review_by,
            **_initial(was),
            **self.initial,
        }
        self.products = [one for one in products_of(person.tenant) if not one.retired or one.id in was]
        for product in self.products:
            self._add(product)

    def _add(self, product: ProductValue) -> None:
        versions = [(version.id, version.name) for version in product.versions]
        self.fields[f"product_{product.id}"] = forms.BooleanField(label=product.name, required=False)
        for end, label, every in (
            ("since", _("From version"), gettext("the first")),
            ("until", _("Up to version"), gettext("the latest")),
        ):
            self.fields[f"{end}_{product.id}"] = forms.TypedChoiceField(
                label=label, coerce=int, required=False, empty_value=None, choices=[("", every), *versions]
            )

    def rows(self) -> Iterator[ProductFields]:
        for one in self.products:
            names = (f"product_{one.id}", f"since_{one.id}", f"until_{one.id}")
            yield ProductFields(one.name, *(self[name] for name in names))

    def ranges(self) -> list[Range]:
        given = self.cleaned_data
        return [
            Range(product=one.id, since=given[f"since_{one.id}"], until=given[f"until_{one.id}"])
            for one in self.products
            if given[f"product_{one.id}"]
        ]


def _initial(ranges: Mapping[int, SolutionProduct]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pk, one in ranges.items():
        found |= {
            f"product_{pk}": True,
            f"since_{pk}": one.since_version_id,
            f"until_{pk}": one.until_version_id,
        }
    return found


class VerdictForm(forms.Form):
    language = forms.CharField(max_length=8, widget=forms.HiddenInput)
    helped = forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=_("Why not?"), choices=Reason, required=False, widget=forms.RadioSelect)
    text = _text(_("In your words"), required=False, rows=3)


class PublishForm(SeenForm):
    audience = forms.ChoiceField(choices=Audience, widget=forms.HiddenInput)
    critical = forms.BooleanField(
        label=_("Critical"),
        required=False,
        help_text=_("Everybody who runs its products should know of it."),
    )


class SendBackForm(SeenForm):
    reason = _text(_("What is missing?"), rows=3, help_text=_("Whoever wrote it reads this."))


class RetireForm(forms.Form):
    reason = _text(_("Why?"), rows=3, required=False)


class FlagForm(forms.Form):
    text = _text(_("What is wrong?"), rows=4)


class ResolveForm(forms.Form):
    answer = _text(_("What became of it?"), rows=4)


class ListForm(forms.Form):
    """The filters of the lists, read from the address; what can't be read narrows nothing."""

    show = forms.ChoiceField(choices=Show, required=False)
    sort = forms.ChoiceField(choices=Sort, required=False, label=_("Sort by"), widget=QuickSelect)
    product = forms.TypedChoiceField(
        coerce=int, required=False, empty_value=None, label=_("Product"), widget=QuickSelect
    )
    language = forms.ChoiceField(required=False, label=_("Language"), widget=QuickSelect)

    def __init__(self, person: Membership, address: Mapping[str, Any]) -> None:
        super().__init__(address)
        products = [(one.id, one.name) for one in products_of(person.tenant)]
        self._choose("product", [("", gettext("Any product")), *products])
        self._choose("language", [("", gettext("Any language")), *settings.LANGUAGES])
        self._choose("sort", Sort.choices)
        self.is_valid()

    def _choose(self, name: str, choices: Sequence[Any]) -> None:
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = choices
        field.widget.attrs.update({"aria-label": field.label, "class": "input"})

    @property
    def shown(self) -> Show:
        return Show(self.cleaned_data.get("show") or Show.ALL)

    @property
    def sorted(self) -> Sort:
        return Sort(self.cleaned_data.get("sort") or Sort.LATEST)

    @property
    def filters(self) -> Filters:
        product = self.cleaned_data.get("product")
        return Filters(
            products=frozenset({product} if product else ()),
            language=self.cleaned_data.get("language") or "",
        )

    def kept(self, **other: str) -> dict[str, str]:
        """What narrows the list now, with what is to be otherwise."""
        given = {name: str(self.data[name]) for name in self.fields if self.data.get(name)}
        return {name: value for name, value in {**given, **other}.items() if value}
