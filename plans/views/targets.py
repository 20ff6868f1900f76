"""Administrators: the times that an edition promises, and in a draft each of them on a page of its own."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from plans import actions
from plans.access import edition_for, plan_for, product_for, severity_for
from plans.draft_forms import TargetForm
from plans.drafting import calendars_of, promise_of, target_at
from plans.editions import calendar_value
from plans.enums import TargetKind, Unit
from plans.matrix import TargetValue
from plans.models import Product, Target
from plans.queries import severity_texts, sold_products
from plans.target_tables import target_grids, target_url
from plans.views.shell import edition_context
from plans.wording import calendar_name, target_words
from portal.core.errors import Conflict, Refused
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.requests import PersonRequest


@require_GET
@role_required(Role.ADMIN)
def targets(request: PersonRequest, number: int) -> HttpResponse:
    edition = edition_for(request.person, number)
    matrix, grids = target_grids(request.tenant, edition, request.LANGUAGE_CODE)
    context = {**edition_context(edition, "edition_targets"), "plans": matrix.plans, "grids": grids}
    return render(request, "plans/edition_targets.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def target(
    request: PersonRequest, number: int, kind: str, severity: int, plan: str, product: str = ""
) -> HttpResponse:
    """One target of a draft; ``remove`` takes it away."""
    if kind not in TargetKind.values:
        raise Http404
    edition = edition_for(request.person, number)
    place: dict[str, Any] = {
        "kind": kind,
        "severity": severity_for(request.person, severity),
        "plan": plan_for(request.person, plan),
        "product": product_for(request.person, product) if product else None,
    }
    if request.method == "GET" and not edition.is_draft:
        return redirect("plans:edition_targets", number)
    found = target_at(edition, **place)
    form = TargetForm(
        request.POST or kept_fields(request),
        calendars=calendars_of(edition),
        now=promise_of(found),
        initial=_initial(found),
    )
    status, conflict = 200, ""
    if request.method == "POST" and form.is_valid():
        asked = {"edition": edition, "actor": request.person, **place, "seen": form.cleaned_data["seen"]}
        try:
            done = _change(request, form, asked)
        except Conflict as changed:
            status, conflict, found = changed.status, str(changed), target_at(edition, **place)
            form.renew(promise_of(found))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, done)
            return redirect("plans:edition_targets", number)
    context = {
        **edition_context(edition, "edition_targets"),
        "form": form,
        "conflict": conflict,
        "now": _words(found),
        "found": found,
        "title": _title(request, place),
        "general": target_url(edition, kind, severity, place["plan"], None),
        "others": [
            (one, target_url(edition, kind, severity, place["plan"], one))
            for one in sold_products(request.tenant)
            if one != place["product"]
        ],
        **place,
    }
    return render(request, "plans/target_form.html", context, status=status)


def _change(request: PersonRequest, form: TargetForm, asked: dict[str, Any]) -> str:
    if request.POST.get("remove"):
        actions.remove_target(**asked)
        return _("The target was removed.")
    given = form.cleaned_data
    actions.set_target(**asked, minutes=given["total"], unit=given["unit"], calendar=given["calendar"])
    return _("The target was saved.")


def _initial(found: Target | None) -> dict[str, Any]:
    if found is None:
        return {"unit": Unit.COVERAGE_MINUTES}
    hours, minutes = divmod(found.minutes, 60)
    code = found.calendar.code if found.calendar else ""
    return {"hours": hours, "minutes": minutes, "unit": found.unit, "calendar": code}


def _words(found: Target | None) -> str:
    if found is None:
        return _("No such target")
    time = target_words(TargetValue(found.minutes, found.unit))
    return f"{time}, {calendar_name(calendar_value(found.calendar))}" if found.calendar else time


def _title(request: PersonRequest, place: dict[str, Any]) -> str:
    names = {
        "kind": TargetKind(place["kind"]).label,
        "severity": severity_texts(request.tenant, request.LANGUAGE_CODE)[place["severity"]].name,
        "plan": place["plan"].name,
    }
    product: Product | None = place["product"]
    if product is None:
        return _("%(kind)s, %(severity)s, %(plan)s") % names
    return _("%(kind)s, %(severity)s, %(plan)s, for %(product)s") % {**names, "product": product.name}
