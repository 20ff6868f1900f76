"""The form of a question about plans."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.forms import KeyedForm, offer, text_area
from plans.matrix import PlanValue
from plans.queries import ProductValue


class PlanQuestionForm(KeyedForm):
    plan = forms.ChoiceField(label=_("Plan"), required=False)
    product = forms.TypedChoiceField(label=_("Product"), coerce=int)
    question = text_area(
        _("What do you want to know?"),
        rows=6,
        help_text=_("What you need that your plan doesn’t give, for how many people, and from when."),
    )

    def __init__(
        self, *args: Any, plans: Sequence[PlanValue], products: Sequence[ProductValue], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.plans = {plan.code: plan for plan in plans}
        offer(self, "plan", [("", gettext("Plans in general")), *((plan.code, plan.name) for plan in plans)])
        offer(self, "product", [(product.id, product.name) for product in products])

    def clean_plan(self) -> PlanValue | None:
        return self.plans.get(self.cleaned_data["plan"])
