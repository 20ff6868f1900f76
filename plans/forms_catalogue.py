"""Forms that add a feature or a plan. They check shape; the actions decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.actions.catalogue import HIGHEST_RANK
from plans.defaults import group_names
from plans.forms import LINE, summary_field
from portal.identity.forms import LanguageField


class NewFeatureForm(forms.Form):
    """:param groups: in which language the five groups are named."""

    category = forms.ChoiceField(label=_("Group"))
    language = LanguageField(label=_("Language of these words"))
    name = forms.CharField(label=_("Name"), max_length=120)
    summary = summary_field()
    product_limited = forms.BooleanField(label=_("Not available for certain products (*)"), required=False)
    discretionary = forms.BooleanField(label=_("At your sole discretion (**)"), required=False)

    def __init__(self, *args: Any, groups: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = list(group_names(groups).items())  # type: ignore[attr-defined]


class NewPlanForm(forms.Form):
    name = forms.CharField(label=_("Name of the plan"), max_length=80)
    rank = forms.IntegerField(
        label=_("Rank"),
        min_value=1,
        max_value=HIGHEST_RANK,
        required=False,
        help_text=_("A higher rank is a higher plan. Left empty, it stands above the others."),
    )
    language = LanguageField(label=_("Language of the line about it"))
    summary = forms.CharField(label=_("One line about it"), max_length=240, required=False, widget=LINE)
