"""The form that brings a file of contracts: the file, or its text. It checks size; ``sheets`` reads."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entitlements.sheets import LARGEST, BadFile, text_of


class SheetForm(forms.Form):
    file = forms.FileField(label=_("File"), required=False, widget=forms.FileInput(attrs={"accept": ".csv"}))
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("A file that was chosen stands here after a try, so that it need not be chosen again."),
    )

    def clean(self) -> dict[str, Any]:
        """With the text of the file in the place of ``text``."""
        data: dict[str, Any] = super().clean() or {}
        file, text = data.get("file"), data.get("text", "")
        if (file is not None and file.size > LARGEST) or len(text.encode()) > LARGEST:
            raise forms.ValidationError(gettext("The file is larger than 1 MB. Divide it."))
        if file is not None:
            try:
                text = text_of(file.read())
            except BadFile as bad:
                raise forms.ValidationError(str(bad)) from None
        if not text.strip():
            raise forms.ValidationError(gettext("Choose a file, or paste its text."))
        return {**data, "text": text}

    def kept(self) -> "SheetForm":
        """The same with the file's text in the text field."""
        return SheetForm(initial={"text": self.cleaned_data["text"]})
