"""Changes to a contract that is signed: the next period, a higher plan, more products, more grace."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from entitlements import actions
from entitlements.access import contract_for
from entitlements.decide import last_line
from entitlements.forms_lifetimes import ExtensionForm, GraceForm, RenewalForm, UpgradeForm
from entitlements.holdings import load_holdings
from entitlements.models import Contract
from entitlements.values import Line
from plans.queries import sold_plans, sold_products
from portal.core.errors import Refused
from portal.core.ui.formatting import formats
from portal.identity.access import account_for
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.models import Account
from portal.identity.requests import PersonRequest


@dataclass(frozen=True, slots=True)
class _Page:
    """A form about one contract: its words, and what was done once it is through."""

    account: Account
    contract: Contract
    form: forms.Form
    heading: str
    lead: str
    verb: str
    done: str


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def renew(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    account, contract, lines = _asked(request, key, pk)
    sold = list(sold_products(request.tenant))
    form = RenewalForm(
        request.POST or kept_fields(request),
        contract=contract,
        plan_id=last_line(lines).plan.id,
        product_ids={line.product_id for line in lines},
        plans=list(sold_plans(request.tenant)),
        products=sold,
    )
    page = _Page(
        account,
        contract,
        form,
        heading=_("Renew contract %(number)s") % {"number": contract.number},
        lead=_(
            "A new contract from the day after %(end)s on, pinned to the edition of the plans in force now."
        )
        % {"end": formats().day(contract.ends_on)},
        verb=_("Renew"),
        done=_("Contract %(number)s is renewed.") % {"number": contract.number},
    )
    return _answer(request, page, actions.renew_contract)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def upgrade(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    account, contract, lines = _asked(request, key, pk)
    last = last_line(lines)
    form = UpgradeForm(
        request.POST or kept_fields(request),
        plans=[plan for plan in sold_plans(request.tenant) if plan.pk != last.plan.id],
        first=actions.first_day_of_change(contract),
    )
    page = _Page(
        account,
        contract,
        form,
        heading=_("Upgrade contract %(number)s") % {"number": contract.number},
        lead=_(
            "It has %(plan)s. A higher plan holds from a day of the period on, for all its products;"
            " what the contract has now stays."
        )
        % {"plan": last.plan.name},
        verb=_("Upgrade"),
        done=_("Contract %(number)s is upgraded.") % {"number": contract.number},
    )
    return _answer(request, page, actions.upgrade_contract)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def extend(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    account, contract, lines = _asked(request, key, pk)
    has = {line.product_id for line in lines}
    form = ExtensionForm(
        request.POST or kept_fields(request),
        products=[product for product in sold_products(request.tenant) if product.pk not in has],
        first=actions.first_day_of_change(contract),
    )
    page = _Page(
        account,
        contract,
        form,
        heading=_("Add products to contract %(number)s") % {"number": contract.number},
        lead=_("They are covered from that day to the end of the period, %(end)s.")
        % {"end": formats().day(contract.ends_on)},
        verb=_("Add"),
        done=_("Contract %(number)s covers more products.") % {"number": contract.number},
    )
    return _answer(request, page, actions.extend_contract)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def grace(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    account, contract, _lines = _asked(request, key, pk)
    page = _Page(
        account,
        contract,
        GraceForm(request.POST or kept_fields(request), contract=contract),
        heading=_("Change the grace of contract %(number)s") % {"number": contract.number},
        lead=_("Once its period has begun, a contract can be given more days of grace, not fewer."),
        verb=_("Save"),
        done=_("The grace of contract %(number)s is changed.") % {"number": contract.number},
    )
    return _answer(request, page, actions.set_grace)


def _asked(request: PersonRequest, key: str, pk: int) -> tuple[Account, Contract, list[Line]]:
    account = account_for(request.person, key)
    contract = contract_for(request.person, account, pk)
    return account, contract, [line for line in load_holdings(account).lines if line.contract_id == pk]


def _answer(request: PersonRequest, page: _Page, act: Callable[..., Any]) -> HttpResponse:
    if request.method == "POST" and page.form.is_valid():
        try:
            act(contract=page.contract, actor=request.person, **page.form.cleaned_data)
        except Refused as refused:
            show_refusal(page.form, refused)
        else:
            messages.success(request, page.done)
            return redirect("entitlements:contracts", page.account.key)
    context = {name: getattr(page, name) for name in _Page.__dataclass_fields__}
    return render(request, "entitlements/contract_change_form.html", context)
