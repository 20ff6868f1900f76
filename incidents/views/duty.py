"""Team leads and administrators: the rotas."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incidents import actions, people
from incidents.access import duty_for
from incidents.duty import duties_of
from incidents.forms_alerts import DutyForm
from portal.core.errors import Refused
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required
from portal.identity.kept import keeps_text, kept_text
from portal.identity.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.LEAD)
@keeps_text
def duty(request: PersonRequest) -> HttpResponse:
    """Who is on duty now and who comes; the form puts somebody on duty."""
    form = DutyForm(
        request.POST or None,
        initial=kept_text(request),
        staff=people.staff_of(request.person),
        teams=people.teams_of(request.person),
    )
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add_duty(actor=request.person, **form.given())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("%(name)s is on the rota.") % {"name": added.person.name})
            return redirect("incidents:duty")
    now = timezone.now()
    duties = duties_of(request.person, now)
    context = {
        "form": form,
        "now": [one for one in duties if one.starts_at <= now],
        "coming": [one for one in duties if one.starts_at > now],
    }
    return render(request, "incidents/alerts_duty.html", context, status=422 if form.errors else 200)


@require_POST
@role_required(Role.ADMIN, Role.LEAD)
def remove(request: PersonRequest, pk: int) -> HttpResponse:
    found = duty_for(request.person, pk)
    try:
        actions.remove_duty(actor=request.person, duty=found)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s is off the rota.") % {"name": found.person.name})
    return redirect("incidents:duty")
