"""Forms of staff about what a customer is given at discretion."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from entitlements import actions
from entitlements.access import grant_for
from entitlements.forms_grants import GrantForm
from entitlements.queries import discretionary_features
from plans.queries import sold_products
from portal.core.errors import Refused
from portal.identity.access import account_for
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.CSM)
@keeps_text
def grant(request: PersonRequest, key: str) -> HttpResponse:
    account = account_for(request.person, key)
    form = GrantForm(
        request.POST or kept_fields(request),
        features=discretionary_features(request.tenant),
        products=list(sold_products(request.tenant)),
        today=account.localdate(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.grant_feature(account=account, actor=request.person, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The feature is granted."))
            return redirect("entitlements:contracts", account.key)
    return render(request, "entitlements/grant_form.html", {"account": account, "form": form})


@require_POST
@role_required(Role.ADMIN, Role.CSM)
def revoke(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    account = account_for(request.person, key)
    granted = grant_for(request.person, account, pk)
    try:
        actions.revoke_grant(grant=granted, actor=request.person)
        messages.success(request, _("The grant is revoked."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("entitlements:contracts", account.key)
