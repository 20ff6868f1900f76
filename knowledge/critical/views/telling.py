"""Leads and administrators look at who would be told, and then tell them."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from knowledge.critical import actions, rules
from knowledge.critical.access import solution_to_tell
from knowledge.critical.enums import AFFECTED_TONE, TOLD, Why
from knowledge.critical.forms import TellForm
from knowledge.critical.preview import Preview, Row, preview
from knowledge.critical.queries import notices_of, published_text
from knowledge.solutions.models import Solution
from portal.core.errors import Refused
from portal.core.numbers import number_in
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@role_required(Role.LEAD, Role.ADMIN)
@keeps_text
def tell(request: PersonRequest, reference: str) -> HttpResponse:
    solution = solution_to_tell(request.person, reference)
    before, text = notices_of(solution), published_text(solution)
    form = TellForm(
        request.POST or kept_fields(request), told_before=bool(before), seen=text.pk if text else 0
    )
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                actions.tell_customers(person=request.person, solution=solution, **form.cleaned_data)
                messages.success(request, _("Customers are being told. Watch here how the loop closes."))
                return redirect("critical:notice", reference)
            status = 422
        except Refused as refused:
            show_refusal(form, refused)
            status = refused.status
    told = text is not None and any(one.revision_id == text.pk for one in before)
    context = {"form": form, "text": text, "told": told, "before": before, **_context(request, solution)}
    return render(request, "critical/tell.html", context, status=status)


def solution_panel(request: HttpRequest, solution: Solution) -> dict[str, Any] | None:
    """On a solution's page for staff: whether customers were told of it, and the way to tell them."""
    if not solution.critical:
        return None
    before, text = notices_of(solution), published_text(solution)
    may_tell = rules.tells_customers(cast(PersonRequest, request).person) and rules.can_be_told(solution)
    return {
        "solution": solution,
        "last": before[0] if before else None,
        "untold": text is not None and all(one.revision_id != text.pk for one in before),
        "may_tell": may_tell,
    }


def _context(request: PersonRequest, solution: Solution) -> dict[str, Any]:
    found = preview(request.person, solution, after=number_in(request.GET.get("after", "")) or 0)
    can_be_told = rules.can_be_told(solution)
    return {
        "solution": solution,
        "ready": can_be_told and bool(found.scopes),
        "can_be_told": can_be_told,
        "preview": found,
        "scope": [scope.words for scope in found.scopes],
        "reasons": _reasons(found),
        "rows": [_row(row) for row in found.rows],
        "older": f"?after={found.next}" if found.next else "",
    }


def _reasons(found: Preview) -> list[dict[str, Any]]:
    return [
        {"why": why, "number": found.people[why], "told": why in TOLD} for why in Why if found.people[why]
    ]


def _row(row: Row) -> dict[str, Any]:
    affected = row.judged.affected
    return {
        "row": row,
        "refused": row.judged.refused,
        "affected": affected,
        "tone": AFFECTED_TONE[affected],
        "installations": ", ".join(row.installations),
    }
