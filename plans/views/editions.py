"""Stand-in for the pages of the matrix editor."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from plans.access import edition_for
from portal.identity.enums import Role
from portal.identity.guards import role_required
from portal.identity.requests import PersonRequest


@require_GET
@role_required(Role.ADMIN)
def editions(request: PersonRequest) -> HttpResponse:
    return redirect("plans:plans")


@require_GET
@role_required(Role.ADMIN)
def edition(request: PersonRequest, number: int) -> HttpResponse:
    edition_for(request.person, number)
    return redirect("plans:edition_targets", number)
