from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from entitlements.holdings import Holdings, load_holdings
from entitlements.queries import holdings_for
from incidents import actions, people
from incidents.access import account_to_log_for, installations_of, product_for
from incidents.actions.log import NewIncident
from incidents.enums import LOGGED_KINDS, Kind
from incidents.foretell import Foretold, foretell
from incidents.forms import LogForm
from incidents.models import Incident
from incidents.views.uploads import shown_files, take_files
from plans.enums import Severity
from plans.queries import ProductValue, severity_texts, sold_products_of
from portal.core.errors import Refused
from portal.core.numbers import number_in
from portal.identity.guards import person_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.models import Account, Membership
from portal.identity.requests import PersonRequest


@dataclass(frozen=True, slots=True)
class _Desk:
    """For which account an incident is logged, and what that account has."""

    account: Account
    holdings: Holdings
    covered: list[ProductValue]
    others: list[ProductValue]

    @classmethod
    def of(cls, request: PersonRequest, key: str) -> "_Desk":
        """:param key: of the customer for whom staff log."""
        person = request.person
        own = holdings_for(person) if person.is_contact else None
        account = account_to_log_for(person, key)
        holdings = own or load_holdings(account)
        sold = sold_products_of(request.tenant)
        named = set(holdings.by_product)
        return cls(
            account=account,
            holdings=holdings,
            covered=[product for product in sold if product.id in named],
            others=[product for product in sold if product.id not in named],
        )

    def form(
        self,
        data: Any = None,
        files: Any = None,
        *,
        contacts: Sequence[Membership] | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> LogForm:
        return LogForm(
            data,
            files,
            covered=self.covered,
            others=self.others,
            installations=cache(partial(installations_of, self.account)),
            contacts=contacts,
            initial=dict(initial or {}),
        )


@require_http_methods(["GET", "POST"])
@person_required
@keeps_text
def new(request: PersonRequest) -> HttpResponse:
    """Log an incident; staff choose first for whom."""
    person = request.person
    kept = kept_fields(request)
    key = (request.POST or kept or request.GET).get("account", "")
    if person.is_staff_member and not key:
        return render(request, "incidents/new_for.html", {"accounts": people.accounts_of(person)})
    desk = _Desk.of(request, key)
    if request.method == "POST":
        return _log(request, desk)
    initial: dict[str, Any] = {"kind": Kind.DEFECT}
    if len(desk.covered) == 1:
        initial["product"] = desk.covered[0].id
    if kept is not None:
        initial.update({name: value for name, value in kept.items() if name != "uploads"})
    form = desk.form(contacts=_contacts(person, desk), initial=initial)
    return _show(request, desk, form, _kept_uploads(form, kept))


def _contacts(person: Membership, desk: _Desk) -> Sequence[Membership] | None:
    """For whom staff can log; contacts log for themselves."""
    return people.contacts_of(desk.account) if person.is_staff_member else None


def _kept_uploads(form: LogForm, kept: QueryDict | None) -> list[UUID]:
    if kept is None:
        return []
    form.data = kept
    ids = form.upload_ids()
    form.data = {}
    return ids


def _log(request: PersonRequest, desk: _Desk) -> HttpResponse:
    contacts = _contacts(request.person, desk)
    form = desk.form(request.POST, request.FILES, contacts=contacts)
    valid = form.is_valid()
    uploads = take_files(form, person=request.person, account=desk.account)
    if "foretell" in request.POST:
        # Without JavaScript: nothing is logged, and what was typed comes back with the promise beside it.
        return _show(request, desk, desk.form(contacts=contacts, initial=request.POST.dict()), uploads)
    if valid and form.is_valid():
        try:
            logged = _call_action(request.person, desk, form, uploads)
        except Refused as refused:
            field = refused.field if refused.field in form.fields else None
            form.add_error(field, str(refused))
            return _show(request, desk, form, uploads)
        messages.success(request, _("%(reference)s is logged.") % {"reference": logged.reference})
        return redirect("incidents:incident", logged.reference)
    return _show(request, desk, form, uploads)


def _call_action(person: Membership, desk: _Desk, form: LogForm, uploads: list[UUID]) -> Incident:
    given = form.cleaned_data
    contacts = form.contacts
    return actions.log_incident(
        person=person,
        reported_by=contacts[given["reported_by"]] if contacts else None,
        key=given["key"],
        holdings=desk.holdings,
        incident=NewIncident(
            kind=Kind(given["kind"]),
            severity=Severity(given["severity"]),
            product=product_for(person, given["product"]),
            installation=given["installation"],
            title=given["title"],
            description=given["description"],
            attachments=uploads,
        ),
    )


def _show(request: PersonRequest, desk: _Desk, form: LogForm, uploads: list[UUID]) -> HttpResponse:
    context = {
        "form": form,
        "account": desk.account,
        "kinds": LOGGED_KINDS,
        "kind": form["kind"].value(),
        "severities": _severities(request),
        "severity": str(form["severity"].value() or ""),
        "files": shown_files(request.person, uploads),
        "upload_url": f"{reverse('incidents:upload')}?account={desk.account.key}",
        **_promise_context(desk, request, form),
    }
    return render(request, "incidents/new.html", context, status=422 if form.errors else 200)


def _severities(request: PersonRequest) -> list[dict[str, Any]]:
    """The four cards, in the words of the tenant."""
    texts = severity_texts(request.tenant, get_language() or "en")
    return [
        {
            "value": str(number),
            "name": f"{number} · {words.name}",
            "definition": words.definition,
            "example": words.example,
        }
        for number, words in sorted(texts.items())
    ]


@require_GET
@person_required
def promise(request: PersonRequest) -> HttpResponse:
    """What is promised for a product and a severity, before anything is logged."""
    desk = _Desk.of(request, request.GET.get("account", ""))
    names = ("product", "severity", "installation", "reported_by")
    asked = {name: request.GET.get(name, "") for name in names}
    form = desk.form(contacts=_contacts(request.person, desk), initial=asked)
    context = {"account": desk.account, "form": form, **_promise_context(desk, request, form)}
    template = "incidents/promise.html#panel" if request.htmx else "incidents/promise.html"
    return render(request, template, context)


def _promise_context(desk: _Desk, request: PersonRequest, form: LogForm) -> dict[str, Any]:
    """The panel beside the form, for what is chosen in it; in the zone of the contact who is answered."""
    product_id = _number(form["product"].value(), {one.id for one in (*desk.covered, *desk.others)})
    severity = _number(form["severity"].value(), set(Severity.values))
    foretold: Foretold | None = None
    zone = _zone_of_contact(desk, form) if request.person.is_staff_member else None
    if product_id is not None and severity is not None:
        foretold = foretell(
            desk.holdings,
            request.tenant,
            severity=severity,
            product_id=product_id,
            at=timezone.now(),
            installation_kind=_kind_of_installation(form, product_id),
            zone=zone,
        )
    return {"foretold": foretold, "zone": zone}


def _zone_of_contact(desk: _Desk, form: LogForm) -> str:
    """Of the contact whom staff have chosen; before that, of the account's support region."""
    chosen = _number(form["reported_by"].value(), set(form.contacts)) if form.contacts else None
    zone: str = form.contacts[chosen].user.time_zone if chosen is not None else desk.account.time_zone
    return zone


def _kind_of_installation(form: LogForm, product_id: int) -> str | None:
    chosen = form["installation"].value()
    if not chosen:
        return None
    mine = (one for one in form.installations() if str(one.pk) == str(chosen))
    return next((one.kind for one in mine if one.product_id == product_id), None)


def _number(value: Any, allowed: set[int]) -> int | None:
    number = number_in(str(value or ""))
    return number if number in allowed else None
