"""Administrators: what an edition changes, and the publication of a draft."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from plans import actions
from plans.access import edition_for
from plans.difference_words import Group, grouped_sentences, names_of
from plans.differences import differences
from plans.draft_forms import PublishForm
from plans.drafting import says_the_same
from plans.editions import edition_before, read_matrix
from plans.models import Edition
from plans.views.shell import edition_context
from portal.core.errors import Conflict, Refused
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def changes(request: PersonRequest, number: int) -> HttpResponse:
    """The difference to the edition before; the form on a draft's publishes it."""
    found = edition_for(request.person, number)
    form = PublishForm(
        request.POST or kept_fields(request),
        zone=request.tenant.time_zone,
        now=actions.revision_of(found),
        initial={"when": "now"},
    )
    if request.method == "GET":
        return _show(request, found, form)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    typed = form.cleaned_data
    try:
        published = actions.publish_edition(
            edition=found,
            actor=request.person,
            note=typed["note"],
            effective_at=typed["effective_at"],
            seen=typed["seen"],
        )
    except Conflict as conflict:
        found.refresh_from_db()
        form.renew(actions.revision_of(found))
        return _show(request, found, form, status=conflict.status, conflict=str(conflict))
    except Refused as refused:
        show_refusal(form, refused)
        return _show(request, found, form, status=refused.status)
    messages.success(request, _("Edition %(number)d was published.") % {"number": published.number})
    return redirect("plans:editions")


def _show(
    request: PersonRequest, found: Edition, form: PublishForm, *, status: int = 200, conflict: str = ""
) -> HttpResponse:
    before = edition_before(found)
    context = edition_context(found, "edition_changes")
    groups = _groups(request, before, found) if before else []
    context |= {
        "before": before,
        "groups": groups,
        "same": before is not None and not groups and says_the_same(before, found),
        "form": form if found.is_draft else None,
        "conflict": conflict,
    }
    return render(request, "plans/edition_changes.html", context, status=status)


def _groups(request: PersonRequest, before: Edition, after: Edition) -> list[Group]:
    names = names_of(request.tenant, request.LANGUAGE_CODE)
    return grouped_sentences(differences(read_matrix(before), read_matrix(after)), names)
