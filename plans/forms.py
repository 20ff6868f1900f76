"""Forms about what a tenant sells. They check shape; the actions decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.models import CODE
from portal.core.ui.forms import DayInput

LINE = forms.Textarea(attrs={"rows": 2})


class ProductForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        validators=[CODE],
        help_text=_("For programs; it stays when the name changes."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )


class ProductNameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)


class VersionForm(forms.Form):
    name = forms.CharField(label=_("Version"), max_length=40)
    released_on = forms.DateField(label=_("Released on"), required=False, widget=DayInput)
    supported_until = forms.DateField(label=_("Supported until"), required=False, widget=DayInput)


class PlanForm(forms.Form):
    """A plan's name, the same in every language, and one line about it in the language being edited."""

    name = forms.CharField(label=_("Name of the plan"), max_length=80)
    summary = forms.CharField(label=_("One line about it"), max_length=240, widget=LINE)


def summary_field() -> forms.CharField:
    return forms.CharField(
        label=_("Summary"),
        max_length=240,
        required=False,
        widget=LINE,
        help_text=_("One sentence: what the customer gets."),
    )


class FeatureTextForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    summary = summary_field()
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What exactly it means, and its limits."),
    )
    use = forms.CharField(
        label=_("Where to use it"),
        max_length=300,
        required=False,
        widget=LINE,
        help_text=_("One sentence: where in the portal, or whom to ask."),
    )


class SeverityTextForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=40)
    definition = forms.CharField(label=_("Definition"), max_length=300, widget=LINE)
    example = forms.CharField(label=_("Example"), max_length=300, required=False, widget=LINE)
