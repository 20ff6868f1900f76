"""The portal's customers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.errors import Refused
from portal.core.ui import panels
from portal.core.ui.panels import Place
from portal.identity import rules
from portal.identity.access import account_for
from portal.identity.actions import add_account, edit_account
from portal.identity.enums import Role
from portal.identity.forms import AccountForm, show_refusal
from portal.identity.guards import role_required, staff_required
from portal.identity.queries import BY_NAME, accounts_of, csms_of, people_of
from portal.identity.requests import PersonRequest

_PAGE = 50


@require_GET
@staff_required
def accounts(request: PersonRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    try:
        page = BY_NAME.page(accounts_of(request.person, search), request.GET.get("after", ""), _PAGE)
    except Refused:
        return redirect("identity:accounts")
    context = {"page": page, "search": search, "may_add": rules.may_run_portal(request.person)}
    return render(request, "identity/accounts.html", context)


@require_GET
@staff_required
def account(request: PersonRequest, key: str) -> HttpResponse:
    customer = account_for(request.person, key)
    context = {
        "account": customer,
        "people": people_of(request.person, customer),
        "panels": panels.drawn(request, Place.ACCOUNT, customer),
        "may_edit": rules.may_run_portal(request.person),
    }
    return render(request, "identity/account.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def new_account(request: PersonRequest) -> HttpResponse:
    initial = {"language": request.tenant.language, "time_zone": request.tenant.time_zone}
    form = AccountForm(request.POST or None, csms=csms_of(request.person), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            customer = add_account(actor=request.person, **form.cleaned_data)
            messages.success(request, _("%(name)s was added.") % {"name": customer.name})
            return redirect("identity:account", customer.key)
        except Refused as refused:
            show_refusal(form, refused)
    return render(request, "identity/account_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def change_account(request: PersonRequest, key: str) -> HttpResponse:
    customer = account_for(request.person, key)
    form = AccountForm(request.POST or None, csms=csms_of(request.person), account=customer)
    if request.method == "POST" and form.is_valid():
        try:
            edit_account(account=customer, actor=request.person, **form.cleaned_data)
            messages.success(request, _("%(name)s was saved.") % {"name": form.cleaned_data["name"]})
            return redirect("identity:account", customer.key)
        except Refused as refused:
            show_refusal(form, refused)
    return render(request, "identity/account_form.html", {"form": form, "account": customer})
