"""From an incident to a solution and back: made in one step, unlinked, and what a solution solved."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incidents import actions
from incidents.access import incident_for
from incidents.solved import incidents_of
from knowledge.solutions.access import solution_for
from knowledge.solutions.models import Solution
from portal.identity.guards import staff_required
from portal.identity.requests import PersonRequest


@require_POST
@staff_required
def make(request: PersonRequest, reference: str) -> HttpResponse:
    """The draft is there and linked; what is left is to write on it."""
    found = incident_for(request.person, reference)
    key = request.POST.get("key", "")[:80]
    made = actions.make_solution(person=request.person, incident=found, key=key)
    messages.success(
        request,
        _("%(solution)s is a draft now, linked to %(reference)s. Take out what only this customer has.")
        % {"solution": made.reference, "reference": reference},
    )
    return redirect("solutions:write", made.reference, made.language)


@require_POST
@staff_required
def unlink(request: PersonRequest, reference: str, solution: str) -> HttpResponse:
    found = incident_for(request.person, reference)
    actions.unlink_solution(
        person=request.person, incident=found, solution=solution_for(request.person, solution)
    )
    messages.success(request, _("%(solution)s is no longer linked.") % {"solution": solution})
    return redirect("incidents:incident", reference)


def solved_panel(request: HttpRequest, subject: Solution) -> dict[str, Any]:
    """On a solution's page: the incidents that it solved."""
    rows = incidents_of(subject)
    return {"rows": rows, "more": subject.links - len(rows)}
