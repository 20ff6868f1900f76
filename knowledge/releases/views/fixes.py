"""Leads and administrators say which solutions a release makes needless."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from knowledge.releases import actions
from knowledge.releases.access import release_to_keep_for
from knowledge.releases.views.shown import fixes_form, release_page
from knowledge.solutions.access import solution_for
from portal.core.errors import Refused
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required
from portal.identity.kept import keeps_text
from portal.identity.requests import PersonRequest, PortalRequest


def _page_of(request: PortalRequest, number: int) -> str:
    return reverse("releases:release", args=[number])


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.LEAD)
@keeps_text(page=_page_of)
def name(request: PersonRequest, number: int) -> HttpResponse:
    found = release_to_keep_for(request.person, number)
    if request.method == "GET":
        return redirect("releases:release", number)
    form = fixes_form(request, request.POST)
    if form.is_valid():
        try:
            actions.name_fixes(actor=request.person, release=found, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("%(release)s was saved.") % {"release": found.reference})
            return redirect(f"{_page_of(request, number)}#fixes")
    return release_page(request, found, status=422, fixes_form=form)


@require_POST
@role_required(Role.ADMIN, Role.LEAD)
def take_back(request: PersonRequest, number: int, solution: str) -> HttpResponse:
    found = release_to_keep_for(request.person, number)
    named = solution_for(request.person, solution)
    actions.take_back_fix(actor=request.person, release=found, solution=named)
    messages.success(request, _("%(release)s was saved.") % {"release": found.reference})
    return redirect(f"{_page_of(request, number)}#fixes")
