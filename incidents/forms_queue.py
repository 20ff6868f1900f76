"""The filters of the queue, read from the address; what can't be read narrows nothing."""

from collections.abc import Iterable
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.queries import QueueFilter, QueueView
from plans.queries import products_of, severity_texts
from portal.identity.models import Account, Membership, Team


class Option(NamedTuple):
    value: str
    label: str
    chosen: bool


class Filter(NamedTuple):
    name: str
    label: str
    options: tuple[Option, ...]


class QueueForm(forms.Form):
    view_code = forms.ChoiceField(choices=QueueView, required=False)
    q = forms.CharField(max_length=20, required=False, label=_("Reference"))
    severity = forms.TypedChoiceField(coerce=int, required=False, empty_value=None, label=_("Severity"))
    product = forms.TypedChoiceField(coerce=int, required=False, empty_value=None, label=_("Product"))
    team = forms.TypedChoiceField(coerce=int, required=False, empty_value=None, label=_("Team"))
    language = forms.ChoiceField(required=False, label=_("Language"))
    account = forms.CharField(max_length=6, required=False, label=_("Account key"))

    def __init__(self, person: Membership, address: QueryDict) -> None:
        super().__init__({**address.dict(), "view_code": address.get("view", QueueView.TO_DO)})
        self.person = person
        texts = severity_texts(person.tenant, get_language() or "en")
        teams = Team.objects.filter(tenant_id=person.tenant_id).order_by("name").values_list("pk", "name")
        self._choose(
            "severity", _("Any severity"), [(level, f"{level} · {texts[level].name}") for level in texts]
        )
        self._choose("product", _("Any product"), [(p.id, p.name) for p in products_of(person.tenant)])
        self._choose("team", _("Any team"), list(teams))
        self._choose("language", _("Any language"), list(settings.LANGUAGES))
        self.is_valid()

    def _choose(self, name: str, nothing: object, choices: list[tuple[object, object]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [("", nothing), *choices]

    def filters(self) -> "tuple[Filter, ...]":
        """The drop-down lists as values."""
        return tuple(self._filter(name) for name in ("severity", "product", "team", "language"))

    def _filter(self, name: str) -> "Filter":
        field, chosen = cast(forms.ChoiceField, self.fields[name]), str(self.data.get(name, ""))
        options = tuple(
            Option(str(value), str(label), str(value) == chosen) for value, label in _plain(field.choices)
        )
        return Filter(name, str(field.label), options)

    @property
    def view(self) -> QueueView:
        return QueueView(self.cleaned_data.get("view_code") or QueueView.TO_DO)

    @property
    def narrowed(self) -> QueueFilter:
        read = self.cleaned_data
        return QueueFilter(
            severity=read.get("severity"),
            product_id=read.get("product"),
            team_id=read.get("team"),
            account_id=self._account_id(read.get("account") or ""),
            language=read.get("language") or "",
            reference=(read.get("q") or "").strip().upper(),
        )

    def _account_id(self, key: str) -> int | None:
        """The account with this key; an unknown key narrows to nothing, as a typing error should show."""
        if not key:
            return None
        accounts = Account.objects.filter(tenant_id=self.person.tenant_id, key=key.strip().upper())
        return accounts.values_list("pk", flat=True).first() or 0

    def url_of_next(self, cursor: str) -> str:
        named = ("view", *(name for name in self.fields if name != "view_code"))
        kept = {name: self.data[name] for name in named if self.data.get(name)}
        return "?" + urlencode({**kept, **({"after": cursor} if cursor else {})})


def _plain(choices: Any) -> Iterable[tuple[object, object]]:
    """None of the lists has groups."""
    return cast(Iterable[tuple[object, object]], choices)
