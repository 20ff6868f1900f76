from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from knowledge.releases import actions
from knowledge.releases.access import draft_for, release_for, release_to_keep_for
from knowledge.releases.forms import WithdrawForm
from knowledge.releases.views.shown import fixes_form, release_page
from portal.core.errors import Refused
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import person_required, role_required
from portal.identity.kept import keeps_text, kept_text
from portal.identity.requests import PersonRequest


@require_GET
@person_required
def release(request: PersonRequest, number: int) -> HttpResponse:
    found = release_for(request.person, number)
    return release_page(request, found, fixes_form=fixes_form(request, initial=kept_text(request)))


@require_POST
@role_required(Role.ADMIN, Role.LEAD)
def publish(request: PersonRequest, number: int) -> HttpResponse:
    found = release_to_keep_for(request.person, number)
    try:
        actions.publish(actor=request.person, release=found)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(release)s is published.") % {"release": found.reference})
    return redirect("releases:release", found.number)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.LEAD)
@keeps_text
def withdraw(request: PersonRequest, number: int) -> HttpResponse:
    found = release_to_keep_for(request.person, number)
    form = WithdrawForm(request.POST or None, initial=kept_text(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(actor=request.person, release=found, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("%(release)s is withdrawn.") % {"release": found.reference})
            return redirect("releases:release", found.number)
    status = 422 if form.errors else 200
    return render(request, "releases/withdraw.html", {"release": found, "form": form}, status=status)


@require_POST
@role_required(Role.ADMIN, Role.LEAD)
def discard(request: PersonRequest, number: int) -> HttpResponse:
    found = draft_for(request.person, number)
    try:
        actions.discard_draft(actor=request.person, release=found)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("releases:release", found.number)
    messages.success(request, _("The draft %(release)s is gone.") % {"release": found.reference})
    return redirect("releases:list")
