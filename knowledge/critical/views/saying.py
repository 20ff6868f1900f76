"""A contact says that they have read it, and what became of it; so do staff whom a customer told."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from knowledge.critical import actions, rules
from knowledge.critical.access import notice_for
from knowledge.critical.enums import Standing
from knowledge.critical.forms import SayForm
from knowledge.critical.models import Loop, Notice
from knowledge.critical.queries import own_loop
from portal.core.errors import Conflict, Refused
from portal.identity.guards import person_required
from portal.identity.requests import PersonRequest


@require_POST
@person_required
def acknowledge(request: PersonRequest, reference: str) -> HttpResponse:
    found = _own_notice(request, reference)
    actions.acknowledge(person=request.person, notice=found)
    messages.success(request, _("Thank you. We know that you have read it."))
    return redirect("critical:notice", reference)


@require_POST
@person_required
def say(request: PersonRequest, reference: str) -> HttpResponse:
    """What became of it, of one installation or of all."""
    found, form = _own_notice(request, reference), SayForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(_("Choose what became of it, and send that again."))
        loop = say_of(request, own_loop(request.person, found).select_related("notice").get(), form)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        left = loop.standing == Standing.EXPOSED
        messages.success(request, _("Noted.") if left else _("Noted. Nothing of yours is exposed any more."))
    return redirect("critical:notice", reference)


def say_of(request: PersonRequest, loop: Loop, form: SayForm) -> Loop:
    """What a valid form says of an account.

    :raises Conflict: the page was about an earlier notice; what was repaired may not be what is told now.
    """
    given = form.cleaned_data
    if given["seen"] != loop.notice_id:
        raise Conflict(_("A correction was told meanwhile. Read it first, then say what became of it."))
    return actions.say(
        person=request.person,
        loop=loop,
        standing=Standing(given["standing"]),
        exposures=None if given["exposure"] is None else [given["exposure"]],
        note=given.get("note", ""),
    )


def _own_notice(request: PersonRequest, reference: str) -> Notice:
    if not rules.answers_for_account(request.person):
        raise Http404
    return notice_for(request.person, reference)
