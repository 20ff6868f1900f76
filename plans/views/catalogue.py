"""Administrators: features and plans are added, put in order, retired and taken up again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from plans import actions
from plans.access import feature_for, plan_for
from plans.forms_catalogue import NewFeatureForm, NewPlanForm
from plans.queries import feature_name
from portal.core.errors import Refused
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required
from portal.identity.kept import keeps_text, kept_text
from portal.identity.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def add_feature(request: PersonRequest) -> HttpResponse:
    initial = {"language": request.tenant.language, **kept_text(request)}
    form = NewFeatureForm(request.POST or None, initial=initial, groups=request.LANGUAGE_CODE)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_feature(tenant=request.tenant, actor=request.person, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            added = _("%(name)s was added. Give it to plans in the draft of the next edition.")
            messages.success(request, added % {"name": form.cleaned_data["name"]})
            return redirect("plans:features")
    return render(request, "plans/feature_new.html", {"form": form})


@require_POST
@role_required(Role.ADMIN)
def move_feature(request: PersonRequest, code: str) -> HttpResponse:
    feature = feature_for(request.person, code)
    actions.move_feature(feature=feature, up="up" in request.POST, actor=request.person)
    return redirect("plans:features")


@require_POST
@role_required(Role.ADMIN)
def retire_feature(request: PersonRequest, code: str) -> HttpResponse:
    """Retires, or takes up again with ``restore``."""
    feature = feature_for(request.person, code)
    named = {"name": feature_name(feature.tenant_id, code, request.LANGUAGE_CODE)}
    try:
        if "restore" in request.POST:
            actions.restore_feature(feature=feature, actor=request.person)
            messages.success(request, _("%(name)s was taken up again.") % named)
        else:
            actions.retire_feature(feature=feature, actor=request.person)
            messages.success(request, _("%(name)s was retired.") % named)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("plans:features")


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def add_plan(request: PersonRequest) -> HttpResponse:
    initial = {"language": request.tenant.language, **kept_text(request)}
    form = NewPlanForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            plan = actions.add_plan(tenant=request.tenant, actor=request.person, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            added = _("%(name)s was added. Give it features in the draft of the next edition.")
            messages.success(request, added % {"name": plan.name})
            return redirect("plans:plans")
    return render(request, "plans/plan_new.html", {"form": form})


@require_POST
@role_required(Role.ADMIN)
def move_plan(request: PersonRequest, code: str) -> HttpResponse:
    actions.move_plan(plan=plan_for(request.person, code), up="up" in request.POST, actor=request.person)
    return redirect("plans:plans")


@require_POST
@role_required(Role.ADMIN)
def retire_plan(request: PersonRequest, code: str) -> HttpResponse:
    """Retires, or takes up again with ``restore``."""
    plan = plan_for(request.person, code)
    try:
        if "restore" in request.POST:
            plan = actions.restore_plan(plan=plan, actor=request.person)
            said = _("%(name)s was taken up again, at rank %(rank)d.") % {
                "name": plan.name,
                "rank": plan.rank,
            }
        else:
            actions.retire_plan(plan=plan, actor=request.person)
            said = _("%(name)s was retired.") % {"name": plan.name}
        messages.success(request, said)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("plans:plans")
