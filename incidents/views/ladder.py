"""Administrators: the ladder of alerts."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incidents import actions
from incidents.access import step_for
from incidents.clocks.counting import BREACH
from incidents.clocks.ladder import steps_of
from incidents.enums import Audience
from incidents.forms_alerts import StepForm
from incidents.models import AlertStep
from plans.enums import Severity
from portal.core.errors import Refused
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required
from portal.identity.requests import PersonRequest


def _lines(tenant_id: int) -> list[tuple[AlertStep, str, str]]:
    """Each step with its severities and who is told, in words."""
    return [
        (
            step,
            ", ".join(map(str, step.severities)) if len(step.severities) < len(Severity) else "",
            " · ".join(str(Audience(code).label) for code in step.audiences),
        )
        for step in steps_of(tenant_id)
    ]


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def ladder(request: PersonRequest) -> HttpResponse:
    """The steps from low to high; the form adds one."""
    form = StepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_step(actor=request.person, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The step was added."))
            return redirect("incidents:ladder")
    context = {"steps": _lines(request.person.tenant_id), "form": form, "breach": BREACH}
    return render(request, "incidents/alerts_ladder.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def step(request: PersonRequest, pk: int) -> HttpResponse:
    found = step_for(request.person, pk)
    form = StepForm(request.POST or None, step=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_step(actor=request.person, step=found, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The step was saved."))
            return redirect("incidents:ladder")
    context = {"step": found, "form": form}
    return render(request, "incidents/alerts_step.html", context, status=422 if form.errors else 200)


@require_POST
@role_required(Role.ADMIN)
def remove(request: PersonRequest, pk: int) -> HttpResponse:
    try:
        actions.remove_step(actor=request.person, step=step_for(request.person, pk))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The step was removed."))
    return redirect("incidents:ladder")
