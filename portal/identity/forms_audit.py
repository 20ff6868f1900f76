"""What is asked of the audit, read from the address."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.audit import kind_of, kinds
from portal.core.days import moments_of
from portal.core.ui.forms import DayField
from portal.identity.audit import Asked
from portal.identity.models import Account, Membership


class AuditForm(forms.Form):
    person = forms.EmailField(required=False, label=gettext_lazy("Person’s e-mail"))
    account = forms.CharField(required=False, max_length=20, label=gettext_lazy("Customer’s key"))
    what = forms.ChoiceField(required=False, label=gettext_lazy("What happened"))
    since = DayField(required=False, label=gettext_lazy("From"))
    until = DayField(required=False, label=gettext_lazy("Until"))

    def __init__(self, reader: Membership, address: QueryDict) -> None:
        super().__init__({name: value for name, value in address.dict().items() if value})
        self.reader = reader
        cast(forms.ChoiceField, self.fields["what"]).choices = list(_events())
        for name in ("person", "account"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean_person(self) -> tuple[int, ...]:
        """The places that the person has, or had, in this portal."""
        email = str(self.cleaned_data["person"]).lower()
        if not email:
            return ()
        places = Membership.objects.filter(tenant_id=self.reader.tenant_id, user__email=email)
        ids = tuple(places.order_by("pk").values_list("pk", flat=True))
        if not ids:
            raise forms.ValidationError(_("Nobody with this address has been in this portal."))
        return ids

    def clean_account(self) -> int | None:
        key = str(self.cleaned_data["account"]).upper()
        if not key:
            return None
        found = Account.objects.filter(tenant_id=self.reader.tenant_id, key=key).values_list("pk", flat=True)
        if (pk := found.first()) is None:
            raise forms.ValidationError(_("There is no customer with this key."))
        return pk

    def clean(self) -> dict[str, Any]:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first. Choose a later one."))
        return self.cleaned_data

    @property
    def asked(self) -> Asked:
        """Only of a valid form. Days begin and end in the reader's time zone."""
        given = self.cleaned_data
        kind, _dot, verb = given["what"].partition(".")
        since, until = moments_of(given["since"], given["until"])
        return Asked(
            actor_ids=given["person"],
            account_id=given["account"],
            kind=kind,
            verb=verb,
            since=since,
            until=until,
        )

    def address(self, **more: str) -> str:
        """What is asked for, as the query of an address."""
        kept = {name: self.data[name] for name in self.fields if self.data.get(name)}
        return urlencode({**kept, **more})


def _events() -> Iterator[tuple[str, Any]]:
    yield "", _("Anything")
    for kind in kinds():
        whole = (kind.name, _("%(kind)s: anything") % {"kind": kind.label})
        verbs = [(f"{kind.name}.{verb}", f"{kind.label}: {said.label}") for verb, said in kind.verbs.items()]
        yield str(kind.label), [whole, *verbs]


def name_of(asked: Asked) -> str:
    """What a sheet is called."""
    kind = kind_of(asked.kind)
    days = [f"{at:%Y-%m-%d}" for at in (asked.since, asked.until and asked.until - timedelta(days=1)) if at]
    return "-".join(["audit", *([kind.name] if kind else []), *days])
