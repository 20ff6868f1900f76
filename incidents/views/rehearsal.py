"""Administrators rehearse a draft on what has really happened, before they publish it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from incidents import actions
from incidents.access import rehearsal_of
from incidents.enums import OTHERWISE, Fared, RehearsalState
from incidents.rehearsal import results
from plans.access import edition_for
from plans.models import Edition
from plans.views.shell import edition_context
from portal.core.errors import Refused
from portal.identity.enums import Role
from portal.identity.guards import role_required
from portal.identity.requests import PersonRequest

_HERE = "incidents:rehearsal"


@require_GET
@role_required(Role.ADMIN)
def rehearsal(request: PersonRequest, number: int) -> HttpResponse:
    """How far it is, or what came of it; asks for itself anew while it runs."""
    edition = edition_for(request.person, number)
    template = "incidents/rehearsal.html#state" if request.htmx else "incidents/rehearsal.html"
    return render(request, template, _context(request, edition))


@require_POST
@role_required(Role.ADMIN)
def start(request: PersonRequest, number: int) -> HttpResponse:
    edition = edition_for(request.person, number)
    try:
        actions.start_rehearsal(edition=edition, actor=request.person)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(_HERE, number)


@require_POST
@role_required(Role.ADMIN)
def cancel(request: PersonRequest, number: int) -> HttpResponse:
    found = rehearsal_of(edition_for(request.person, number))
    if found is None:
        raise Http404
    try:
        actions.cancel_rehearsal(rehearsal=found, actor=request.person)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(_HERE, number)


@require_GET
@role_required(Role.ADMIN)
def behind(request: PersonRequest, number: int, fared: str) -> HttpResponse:
    """The incidents behind a number."""
    edition = edition_for(request.person, number)
    found = rehearsal_of(edition)
    if found is None or fared not in OTHERWISE:
        raise Http404
    page = results.lines(found, fared, cursor=request.GET.get("after", ""))
    tabs = [{"fared": Fared(one), "current": one == fared} for one in OTHERWISE]
    context = {"fared": Fared(fared), "page": page, "outcomes": tabs, **edition_context(edition, _HERE)}
    return render(request, "incidents/rehearsal_list.html", context)


def _context(request: PersonRequest, edition: Edition) -> dict[str, Any]:
    found = rehearsal_of(edition)
    return {
        **edition_context(edition, _HERE),
        "rehearsal": found,
        "running": found is not None and found.state == RehearsalState.RUNNING,
        "outdated": found is not None and results.is_outdated(found),
        "table": results.table(found, request.tenant, request.LANGUAGE_CODE) if found else None,
    }
