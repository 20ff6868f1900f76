"""Forms of staff about what a customer holds."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from entitlements import actions
from entitlements.access import contract_for, installation_for, use_for
from entitlements.forms import ContractForm, InstallationForm, UseForm
from entitlements.queries import limited_features
from plans.queries import sold_plans, sold_products, versions_of
from portal.core.errors import Refused
from portal.identity.access import account_for
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def sign(request: PersonRequest, key: str) -> HttpResponse:
    account = account_for(request.person, key)
    form = ContractForm(
        request.POST or kept_fields(request),
        plans=list(sold_plans(request.tenant)),
        products=list(sold_products(request.tenant)),
        grace_days=request.tenant.grace_days,
    )
    if request.method == "POST" and form.is_valid():
        try:
            contract = actions.sign_contract(account=account, actor=request.person, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Contract %(number)s is signed.") % {"number": contract.number})
            return redirect("entitlements:contracts", account.key)
    return render(request, "entitlements/contract_form.html", {"account": account, "form": form})


@require_POST
@role_required(Role.ADMIN)
def cancel(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    account = account_for(request.person, key)
    contract = contract_for(request.person, account, pk)
    try:
        actions.cancel_contract(contract=contract, actor=request.person)
        messages.success(request, _("Contract %(number)s is cancelled.") % {"number": contract.number})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("entitlements:contracts", account.key)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def new_installation(request: PersonRequest, key: str) -> HttpResponse:
    account = account_for(request.person, key)
    form = InstallationForm(request.POST or kept_fields(request), **_offer(request))
    if request.method == "POST" and form.is_valid():
        try:
            installation = actions.add_installation(
                account=account, product=form.product, actor=request.person, **form.facts
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": installation.name})
            return redirect("entitlements:contracts", account.key)
    return render(request, "entitlements/installation_form.html", {"account": account, "form": form})


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def edit_installation(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    account = account_for(request.person, key)
    installation = installation_for(request.person, account, pk)
    form = InstallationForm(
        request.POST or kept_fields(request), installation=installation, **_offer(request)
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_installation(installation=installation, actor=request.person, **form.facts)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": installation.name})
            return redirect("entitlements:contracts", account.key)
    context = {"account": account, "form": form, "installation": installation}
    return render(request, "entitlements/installation_form.html", context)


@require_POST
@role_required(Role.ADMIN)
def retire_installation(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """Takes it out of use, or with ``restore`` back into use."""
    account = account_for(request.person, key)
    installation = installation_for(request.person, account, pk)
    if request.POST.get("restore"):
        actions.restore_installation(installation=installation, actor=request.person)
        messages.success(request, _("%(name)s is in use again.") % {"name": installation.name})
    else:
        actions.retire_installation(installation=installation, actor=request.person)
        messages.success(request, _("%(name)s is no longer in use.") % {"name": installation.name})
    return redirect("entitlements:contracts", account.key)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.CSM)
@keeps_text
def note_use(request: PersonRequest, key: str) -> HttpResponse:
    account = account_for(request.person, key)
    form = UseForm(
        request.POST or kept_fields(request),
        features=limited_features(account, request.tenant),
        products=list(sold_products(request.tenant)),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.note_allowance_use(account=account, actor=request.person, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The use was noted."))
            return redirect("entitlements:contracts", account.key)
    return render(request, "entitlements/use_form.html", {"account": account, "form": form})


@require_POST
@role_required(Role.ADMIN, Role.CSM)
def cancel_use(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    account = account_for(request.person, key)
    use = use_for(request.person, account, pk)
    try:
        actions.cancel_allowance_use(use=use, actor=request.person)
        messages.success(request, _("The use was given back."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("entitlements:contracts", account.key)


def _offer(request: PersonRequest) -> dict[str, Any]:
    return {
        "products": list(sold_products(request.tenant)),
        "versions": list(versions_of(request.tenant)),
    }
