"""Administrators: the history of editions, and the draft of the next one."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from plans import actions
from plans.access import edition_for
from plans.editions import current_edition_id
from plans.models import Edition
from portal.core.errors import Refused
from portal.core.numbers import number_in
from portal.identity.enums import Role
from portal.identity.guards import role_required
from portal.identity.requests import PersonRequest


@require_GET
@role_required(Role.ADMIN)
def editions(request: PersonRequest) -> HttpResponse:
    """Every edition, the newest first, and which of them is in force."""
    found = Edition.objects.filter(tenant=request.tenant).select_related("published_by__user")
    newest_first = list(found.order_by("-number"))
    now = timezone.now()
    in_force = current_edition_id(request.tenant.pk, now)
    context = {
        "rows": [{"edition": edition, **_standing(edition, in_force, now)} for edition in newest_first],
        "draft": next((one for one in newest_first if one.is_draft), None),
    }
    return render(request, "plans/editions.html", context)


def _standing(edition: Edition, in_force: int, now: datetime) -> dict[str, Any]:
    if edition.is_draft:
        return {"state": _("Draft"), "tone": "warn"}
    if edition.pk == in_force:
        return {"state": _("In force"), "tone": "ok"}
    if edition.effective_at is not None and edition.effective_at > now:
        return {"state": _("Scheduled"), "tone": "info"}
    return {"state": _("Earlier"), "tone": "neutral"}


@require_POST
@role_required(Role.ADMIN)
def start(request: PersonRequest) -> HttpResponse:
    """A draft from the edition in force, or from the one whose number is given."""
    number = request.POST.get("number", "")
    source = edition_for(request.person, number_in(number) or 0) if number else None
    try:
        draft = actions.start_draft(tenant=request.tenant, actor=request.person, source=source)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("plans:editions")
    messages.success(request, _("The draft of edition %(number)d was started.") % {"number": draft.number})
    return redirect("plans:edition", draft.number)


@require_POST
@role_required(Role.ADMIN)
def discard(request: PersonRequest, number: int) -> HttpResponse:
    found = edition_for(request.person, number)
    try:
        actions.discard_draft(edition=found, actor=request.person)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The draft of edition %(number)d was discarded.") % {"number": number})
    return redirect("plans:editions")
