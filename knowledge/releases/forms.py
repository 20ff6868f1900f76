"""Forms about releases. They check shape; the actions decide."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import Any, cast

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge.releases.actions import Facts, Words
from knowledge.releases.enums import Kind, State
from knowledge.releases.models import LONGEST_FIX, Release, ReleaseText
from knowledge.releases.queries import Filters
from knowledge.solutions.models import Solution
from plans.models import ProductVersion
from plans.queries import ProductValue
from portal.core.ui.forms import DayInput, QuickSelect

Find = Callable[[Collection[int]], dict[int, Release]]
FindSolutions = Callable[[Collection[str]], dict[str, Solution]]
_LONGEST_NOTES = 50_000
_MOST_FIXES = 200
_MOST_RELATIVES = 40
SHA256 = RegexValidator(r"^[0-9a-fA-F]{64}$", _("A SHA-256 has 64 digits and letters from a to f."))


class ReferencesField(forms.CharField):
    """Releases by their numbers: ``R-12, R-15``; or, with ``S``, solutions by theirs.

    Its letters have no limit: browsers cut what is pasted beyond one, without a word.
    """

    def __init__(self, letter: str = "R", *, required: bool = False, **kwargs: Any) -> None:
        self._letter, self._pattern = letter, re.compile(rf"{letter}-(\d{{1,9}})", re.IGNORECASE)
        example = f"{letter}-12, {letter}-15"
        super().__init__(
            required=required,
            widget=forms.TextInput(attrs={"placeholder": example, "spellcheck": "false"}),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        words = [word for word in re.split(r"[\s,;]+", super().clean(value)) if word]
        found = [self._pattern.fullmatch(word) for word in words]
        for word, match in zip(words, found, strict=True):
            if match is None:
                raise forms.ValidationError(
                    _("“%(word)s” isn’t a number such as %(letter)s-12."),
                    params={"word": word, "letter": self._letter},
                )
        numbers = list(dict.fromkeys(int(match[1]) for match in found if match))
        if len(numbers) > _MOST_RELATIVES:
            raise forms.ValidationError(
                _("At most %(most)d numbers fit here, and there are %(given)d. Take some of them out."),
                params={"most": _MOST_RELATIVES, "given": len(numbers)},
            )
        return numbers


class FactsForm(forms.Form):
    """What a draft is."""

    version = forms.TypedChoiceField(
        label=_("Version"),
        coerce=int,
        widget=QuickSelect,
        help_text=_("The one that an update brings, or that anything else is for."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    released_on = forms.DateField(
        label=_("Released on"),
        widget=DayInput,
        help_text=_("Customers whose contract has ended may download what was released up to its end."),
    )
    first_version = forms.TypedChoiceField(
        label=_("Fits from version"), coerce=int, required=False, empty_value=None, widget=QuickSelect
    )
    last_version = forms.TypedChoiceField(
        label=_("Fits up to version"),
        coerce=int,
        required=False,
        empty_value=None,
        widget=QuickSelect,
        help_text=_("Left open: on its own version alone, an update on every older one."),
    )
    needs = ReferencesField(label=_("Needs"), help_text=_("Releases that have to be installed before."))
    replaces = ReferencesField(label=_("Replaces"), help_text=_("Releases that this one takes the place of."))
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        products: Sequence[ProductValue],
        versions: Sequence[ProductVersion],
        find: Find,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._versions, self._find = {version.pk: version for version in versions}, find
        choices = [
            (version.id, f"{product.name} {version.name}")
            for product in products
            for version in product.versions
            if version.id in self._versions
        ]
        for name, empty in (
            ("version", gettext("Choose a version")),
            ("first_version", "–"),
            ("last_version", "–"),
        ):
            cast(forms.ChoiceField, self.fields[name]).choices = [("", empty), *choices]

    def clean_needs(self) -> list[Release]:
        return self._found("needs")

    def clean_replaces(self) -> list[Release]:
        return self._found("replaces")

    def _found(self, name: str) -> list[Release]:
        numbers = self.cleaned_data[name]
        found = self._find(numbers)
        for number in numbers:
            if number not in found:
                raise forms.ValidationError(_("There is no release R-%(number)s."), params={"number": number})
        return [found[number] for number in numbers]

    def facts(self) -> Facts:
        values = self.cleaned_data
        return Facts(
            version=self._versions[values["version"]],
            kind=values["kind"],
            released_on=values["released_on"],
            first_version=self._versions.get(values["first_version"] or 0),
            last_version=self._versions.get(values["last_version"] or 0),
            needs=values["needs"],
            replaces=values["replaces"],
        )


def facts_of(release: Release, needs: Sequence[str], replaces: Sequence[str]) -> dict[str, Any]:
    """What the form shows of a draft."""
    return {
        "version": release.version_id,
        "kind": release.kind,
        "released_on": release.released_on,
        "first_version": release.first_version_id,
        "last_version": release.last_version_id,
        "needs": ", ".join(needs),
        "replaces": ", ".join(replaces),
        "revision": release.revision,
    }


class WordsForm(forms.Form):
    """The words of a release in one language."""

    title = forms.CharField(label=_("Title"), max_length=160)
    notes = forms.CharField(
        label=_("Release notes"),
        required=False,
        max_length=_LONGEST_NOTES,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Markdown."),
    )
    fixes = forms.CharField(
        label=_("What it fixes"),
        required=False,
        max_length=_MOST_FIXES * LONGEST_FIX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A line for each."),
    )
    words_revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_fixes(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["fixes"].splitlines() if line.strip()]
        if len(lines) > _MOST_FIXES or any(len(line) > LONGEST_FIX for line in lines):
            raise forms.ValidationError(
                _("At most %(lines)d lines of %(letters)d letters each."),
                params={"lines": _MOST_FIXES, "letters": LONGEST_FIX},
            )
        return lines

    def words(self, language: str) -> Words:
        values = self.cleaned_data
        return Words(language=language, title=values["title"], notes=values["notes"], fixes=values["fixes"])


def words_shown(text: ReleaseText | None) -> dict[str, Any]:
    """What the form shows of words; none yet has the revision 0."""
    if text is None:
        return {"words_revision": 0}
    return {
        "title": text.title,
        "notes": text.notes,
        "fixes": "\n".join(text.fixes),
        "words_revision": text.revision,
    }


class DraftForm(FactsForm, WordsForm):
    """A new draft: what it is, and its words in one language."""

    field_order = ("version", "kind", "released_on", "title", "notes", "fixes")


class FileForm(forms.Form):
    """A file that comes with the form, for whoever has no JavaScript."""

    file = forms.FileField(label=_("File"), widget=forms.FileInput)
    sha256 = forms.CharField(
        label=_("Its SHA-256, if you know it"),
        required=False,
        max_length=64,
        validators=[SHA256],
        help_text=_("The file is only kept if it arrives with this one."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )


class UploadForm(forms.Form):
    """The beginning of an upload that comes part by part."""

    name = forms.CharField(max_length=400)
    size = forms.IntegerField(min_value=0, max_value=2**53)
    stamp = forms.CharField(max_length=40, required=False)
    sha256 = forms.CharField(max_length=64, required=False, validators=[SHA256])


class FixesForm(forms.Form):
    """Solutions that a release fixes, by their numbers."""

    solutions = ReferencesField("S", label=_("Solutions"), required=True)

    def __init__(self, *args: Any, find: FindSolutions, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._find = find

    def clean_solutions(self) -> list[Solution]:
        references = [f"S-{number}" for number in self.cleaned_data["solutions"]]
        found = self._find(references)
        for reference in references:
            if reference not in found:
                raise forms.ValidationError(
                    _("There is no solution %(reference)s."), params={"reference": reference}
                )
        return [found[reference] for reference in references]


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it withdrawn?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Customers read it, also those who have downloaded it already."),
    )


class FiltersForm(forms.Form):
    """The filters of the list. What can't be used narrows nothing."""

    product = forms.CharField(label=_("Product"), required=False, max_length=40, widget=QuickSelect)
    version = forms.IntegerField(label=_("Version"), required=False, widget=QuickSelect)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Every kind")), *Kind.choices], widget=QuickSelect
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Every state")), *State.choices], widget=QuickSelect
    )

    def __init__(self, *args: Any, products: Sequence[ProductValue], staff: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ids = {product.code: product.id for product in products}
        shown = [product for product in products if product.code == self.data.get("product")] or products
        self._choices("product", _("All products"), [(one.code, one.name) for one in products])
        versions = [
            (version.id, f"{product.name} {version.name}")
            for product in shown
            for version in product.versions
        ]
        self._choices("version", _("All versions"), versions)
        if not staff:
            del self.fields["state"]

    def _choices(self, name: str, empty: Any, choices: Sequence[tuple[Any, str]]) -> None:
        cast(Any, self.fields[name].widget).choices = [("", empty), *choices]

    def filters(self) -> Filters:
        self.is_valid()
        values = self.cleaned_data
        return Filters(
            product_id=self._ids.get(values.get("product", "")),
            version_id=values.get("version"),
            kind=values.get("kind", ""),
            state=values.get("state", ""),
        )
