"""What stands in the form that logs an incident, while it is written."""

from collections.abc import Sequence

from django import forms

from incidents.forms import TEXT_LIMIT
from knowledge.search.actions import Typed
from plans.queries import ProductValue


class WrittenForm(forms.Form):
    """As much as there is; nothing of it is required yet."""

    key = forms.CharField(required=False, max_length=80)
    title = forms.CharField(required=False, max_length=300)
    description = forms.CharField(required=False, max_length=TEXT_LIMIT, strip=False)
    product = forms.IntegerField(required=False)

    def typed(self, sold: Sequence[ProductValue]) -> Typed:
        """What can't be read, or is a product of nobody's, is left out."""
        self.is_valid()
        given = self.cleaned_data
        product = given.get("product")
        return Typed(
            key=given.get("key") or "",
            title=given.get("title") or "",
            text=given.get("description") or "",
            product_id=product if product in {one.id for one in sold} else None,
        )


class AnswerForm(WrittenForm):
    """Which answer it was: ``solution:12:en``, its kind, its object and its language."""

    solved = forms.RegexField(r"[a-z_.]{1,40}:[0-9]{1,18}:[a-z-]{2,10}")

    @property
    def answer(self) -> tuple[str, int, str]:
        """Only of a valid form."""
        kind, number, language = self.cleaned_data["solved"].split(":")
        return kind, int(number), language
