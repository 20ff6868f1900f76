"""What an administrator sets for the whole portal."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.core.errors import Refused
from portal.identity.access import team_for
from portal.identity.actions import add_team, edit_tenant, rename_team, set_sales_contact
from portal.identity.enums import Role
from portal.identity.forms import PortalForm, TeamForm, show_refusal
from portal.identity.guards import role_required
from portal.identity.models import Tenant
from portal.identity.queries import staff_of, teams_of
from portal.identity.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def portal_settings(request: PersonRequest) -> HttpResponse:
    # A copy of its own: the form writes into its instance, and the request's tenant is shared.
    form = PortalForm(
        request.POST or None,
        instance=Tenant.objects.get(pk=request.tenant.pk),
        staff=staff_of(request.person),
    )
    if request.method == "POST" and form.is_valid():
        set_sales_contact(actor=request.person, person=form.cleaned_data.pop("sales_contact"))
        edit_tenant(tenant=request.tenant, actor=request.person, **form.cleaned_data)
        messages.success(request, _("The settings were saved."))
        return redirect("identity:portal_settings")
    return render(request, "identity/portal_settings.html", {"form": form})


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def teams(request: PersonRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_team(actor=request.person, name=form.cleaned_data["name"])
            return redirect("identity:teams")
        except Refused as refused:
            show_refusal(form, refused)
    return render(request, "identity/teams.html", {"form": form, "teams": teams_of(request.person)})


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def edit_team(request: PersonRequest, pk: int) -> HttpResponse:
    team = team_for(request.person, pk)
    form = TeamForm(request.POST or None, initial={"name": team.name})
    if request.method == "POST" and form.is_valid():
        try:
            rename_team(team=team, actor=request.person, name=form.cleaned_data["name"])
            return redirect("identity:teams")
        except Refused as refused:
            show_refusal(form, refused)
    return render(request, "identity/team.html", {"form": form, "team": team})
