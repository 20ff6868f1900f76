from typing import Any

from django import forms
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext_lazy as _

from notifications.webhooks.events import events_to_choose
from notifications.webhooks.models import Webhook


class WebhookForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Which of your systems it calls."))
    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        help_text=_("A public address that begins with https://."),
    )
    events = forms.MultipleChoiceField(label=_("Call it for"), widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, *args: Any, account_id: int | None, webhook: Webhook | None = None, **kwargs: Any
    ) -> None:
        if webhook is not None:
            kwargs["initial"] = {"name": webhook.name, "url": webhook.url, "events": webhook.events}
        super().__init__(*args, **kwargs)
        self.fields["events"].choices = [(event.code, event.label) for event in events_to_choose(account_id)]  # type: ignore[attr-defined]

    def clean_url(self) -> str:
        """In the letters that are sent: a host name as IDNA, a path with its characters escaped."""
        scheme, _slashes, rest = self.cleaned_data["url"].partition("://")
        host, slash, path = rest.partition("/")
        try:
            host = host if host.isascii() else host.encode("idna").decode()
        except UnicodeError:
            raise forms.ValidationError(_("The host name is not known.")) from None
        return f"{scheme.lower()}://{host.lower()}{slash or '/'}{iri_to_uri(path)}"
