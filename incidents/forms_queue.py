"""The filters of the queue, read from the address; what can't be read narrows nothing."""

from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.queries import QueueFilter, QueueView
from plans.queries import products_of, severity_texts
from portal.core.prepared import Prepared
from portal.core.ui.forms import QuickSelect
from portal.identity.models import Account, Membership, Team


def _read_teams(tenant: int) -> QuerySet[Any, Any]:
    return Team.objects.filter(tenant_id=tenant).order_by("name").values_list("pk", "name")


_TEAMS = Prepared(_read_teams)


class QueueForm(forms.Form):
    view_code = forms.ChoiceField(choices=QueueView, required=False)
    q = forms.CharField(max_length=20, required=False, label=_("Reference"))
    severity = forms.TypedChoiceField(
        coerce=int, required=False, empty_value=None, label=_("Severity"), widget=QuickSelect
    )
    product = forms.TypedChoiceField(
        coerce=int, required=False, empty_value=None, label=_("Product"), widget=QuickSelect
    )
    team = forms.TypedChoiceField(
        coerce=int, required=False, empty_value=None, label=_("Team"), widget=QuickSelect
    )
    language = forms.ChoiceField(required=False, label=_("Language"), widget=QuickSelect)
    account = forms.CharField(max_length=6, required=False, label=_("Account key"))

    def __init__(self, person: Membership, address: QueryDict) -> None:
        super().__init__({**address.dict(), "view_code": address.get("view", QueueView.TO_DO)})
        self.person = person
        texts = severity_texts(person.tenant, get_language() or "en")
        self._choose(
            "severity", _("Any severity"), [(level, f"{level} · {texts[level].name}") for level in texts]
        )
        self._choose("product", _("Any product"), [(p.id, p.name) for p in products_of(person.tenant)])
        self._choose("team", _("Any team"), _TEAMS(tenant=person.tenant_id))
        self._choose("language", _("Any language"), list(settings.LANGUAGES))
        self.is_valid()

    def _choose(self, name: str, nothing: object, choices: Sequence[tuple[Any, ...]]) -> None:
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = [("", nothing), *choices]
        field.widget.attrs.update({"aria-label": field.label, "class": "input"})

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
