from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incidents import actions, explain, page, people, present, reasons, rules, thread
from incidents.access import incident_for, may_still_see
from incidents.clocks.reading import latest_clocks
from incidents.forms import NoteForm, ReplyForm
from incidents.models import Incident
from incidents.shown import Shown, incident_shown_to
from incidents.views.changes import offered
from incidents.views.uploads import shown_files, take_files
from portal.core.errors import Refused
from portal.core.numbers import number_in
from portal.core.ui.still import draw_still
from portal.identity.guards import person_required, staff_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.requests import PersonRequest

Composer = ReplyForm | NoteForm


@require_GET
@person_required
def incident(request: PersonRequest, reference: str) -> HttpResponse:
    """The page of an incident; htmx asks it for earlier messages or for the other writing box."""
    shown = incident_shown_to(request.person, reference)
    if request.htmx and request.htmx.target == "write":
        return HttpResponse(_composer(request, shown.incident, _empty(request)))
    if request.htmx and "before" in request.GET:
        changes, _earlier = thread.latest_changes(request.person, shown.incident)
        return render(request, "incidents/incident.html#thread", _thread(request, shown, changes)[0])
    return _page(request, shown, _empty(request))


def _empty(request: PersonRequest) -> Composer:
    """The writing box as it opens: with what an ended session has kept, if anything."""
    kept = kept_fields(request)
    initial = {name: value for name, value in (kept or {}).items() if name in {"body", "key"}}
    if request.person.is_staff_member and (request.GET.get("write") == "note" or "mentions" in (kept or {})):
        mentions = kept.getlist("mentions") if kept else []
        return NoteForm(colleagues=people.staff_of(request.person), initial={**initial, "mentions": mentions})
    return ReplyForm(initial=initial)


def _page(
    request: PersonRequest, shown: Shown, form: Composer, *, uploads: list[UUID] | None = None
) -> HttpResponse:
    person, found = request.person, shown.incident
    changes, earlier_changes = thread.latest_changes(person, found)
    conversation, names = _thread(request, shown, changes)
    here, csrf = _page_of_incident(request, found.reference), get_token(request)
    clocks = latest_clocks(found)
    context = {
        "head": page.draw_head(found, here, clocks),
        "actions": page.draw_actions(person, found, here, csrf, offered(person, found)),
        "aside": page.draw_aside(
            person, shown, names, changes, clocks, longer=bool(earlier_changes), here=here, csrf=csrf
        ),
        "composer": _composer(request, found, form, uploads=uploads),
        **conversation,
    }
    return render(request, "incidents/incident.html", context, status=422 if form.errors else 200)


def _thread(
    request: PersonRequest, shown: Shown, changes: Sequence[thread.Changed]
) -> tuple[dict[str, Any], Mapping[int, people.Named]]:
    """One page of the conversation, the latest or what comes before a message; and everybody's names."""
    found, around, before = shown.incident, shown.around, _before(request)
    part = thread.thread_of(request.person, found, before=before)
    files = thread.files_of(request.person, found, part.messages)
    shown_people = {found.reported_by_id, *(said.author_id for said in part.messages)}
    names = people.named(found, shown_people | ({found.assignee_id} if found.assignee_id else set()))
    since = part.messages[0].created_at if part.earlier is not None else None
    until = part.messages[-1].created_at if before is not None and part.messages else None
    items = present.thread_items(around, names, part.messages, files, changes, since=since, until=until)
    description = present.description_item(found, around, names, files.get(None, []))
    context = {
        "incident": found,
        "description": present.drawn_thread([description]),
        "items": present.drawn_thread(items),
        "earlier": part.earlier,
        "before": before,
    }
    return context, names


def _before(request: PersonRequest) -> int | None:
    """The row before which a page ends."""
    return number_in(request.GET.get("before", ""))


def _composer(
    request: PersonRequest, found: Incident, form: Composer, *, uploads: list[UUID] | None = None
) -> SafeString:
    """The writing box. As it opens for a reply it is the same on every page but for these values."""
    internal, staff = isinstance(form, NoteForm), rules.works_incidents(request.person)
    here = _page_of_incident(request, found.reference)
    values = {
        "here": here,
        "action": f"{here}{'note' if internal else 'reply'}/",
        "upload": f"{reverse('incidents:upload')}?incident={found.reference}",
        "draft": f"{'note' if internal else 'reply'}:{found.reference}",
        "key": form.submission_key(),
        "csrf": get_token(request),
    }
    if not rules.may_reply(request.person, found) and not internal:
        return draw_still("incidents/composer_closed.html", {"here": here}, staff=staff)
    if not internal and not form.is_bound and "body" not in form.initial:
        return draw_still("incidents/composer.html", values, form=ReplyForm, staff=staff)
    files = shown_files(request.person, uploads or [])
    context = {**values, "form": form, "internal": internal, "staff": staff, "files": files}
    return SafeString(render_to_string("incidents/composer.html", context, request))


def _page_of_incident(request: PersonRequest, reference: str) -> str:
    return reverse("incidents:incident", args=[reference])


@require_http_methods(["GET", "POST"])
@person_required
@keeps_text(page=_page_of_incident)
def reply(request: PersonRequest, reference: str) -> HttpResponse:
    """Write a public message."""
    found = incident_for(request.person, reference)
    if request.method == "GET":
        return redirect("incidents:incident", reference)
    form = ReplyForm(request.POST, request.FILES)
    return _write(request, found, form)


@require_http_methods(["GET", "POST"])
@staff_required
@keeps_text(page=_page_of_incident)
def note(request: PersonRequest, reference: str) -> HttpResponse:
    """Write an internal note."""
    found = incident_for(request.person, reference)
    if request.method == "GET":
        return redirect(f"{_page_of_incident(request, reference)}?write=note#write")
    form = NoteForm(request.POST, request.FILES, colleagues=people.staff_of(request.person))
    return _write(request, found, form)


def _write(request: PersonRequest, found: Incident, form: Composer) -> HttpResponse:
    valid = form.is_valid()
    uploads = take_files(form, person=request.person, account=found.account)
    if valid and form.is_valid():
        try:
            message = _call_action(request, found, form, uploads)
        except Refused as refused:
            form.add_error("body" if refused.field == "body" else None, str(refused))
        else:
            return redirect(f"{_page_of_incident(request, found.reference)}#message-{message.pk}")
    return _page(request, incident_shown_to(request.person, found.reference), form, uploads=uploads)


def _call_action(request: PersonRequest, found: Incident, form: Composer, uploads: list[UUID]) -> Any:
    given = form.cleaned_data
    common = {"person": request.person, "incident": found, "body": given["body"], "key": given["key"]}
    if isinstance(form, NoteForm):
        return actions.add_note(**common, attachments=uploads, mentions=form.mentioned())
    waiting = bool(given["waiting"]) and request.person.is_staff_member
    return actions.reply(**common, attachments=uploads, waiting=waiting)


@require_GET
@person_required
def history(request: PersonRequest, reference: str) -> HttpResponse:
    """Every change, the latest first, page by page."""
    found = incident_for(request.person, reference)
    before = _before(request)
    changes, earlier = thread.latest_changes(request.person, found, before=before)
    context = {
        "incident": found,
        "history": present.drawn_thread(present.history_items(changes)),
        "older": f"?before={earlier}" if earlier else "",
        "first_page": before is None,
    }
    return render(request, "incidents/history.html", context)


@require_GET
@person_required
def why(request: PersonRequest, reference: str) -> HttpResponse:
    """Why this time? A clock with its segments, and the hours that were counted."""
    found = incident_for(request.person, reference)
    clocks = explain.clocks_of(found)
    wanted = request.GET.get("clock", "")
    number = number_in(wanted)
    clock = explain.clock_to_explain(found, clocks, number) if number or not wanted else None
    if clock is None and wanted:
        raise Http404
    context = {"incident": found, **(reasons.of_clock(clock, clocks) if clock else {})}
    return render(request, "incidents/why.html#dialog" if request.htmx else "incidents/why.html", context)


@require_POST
@person_required
def follow(request: PersonRequest, reference: str) -> HttpResponse:
    actions.follow(person=request.person, incident=incident_for(request.person, reference))
    messages.success(request, _("You follow %(reference)s.") % {"reference": reference})
    return redirect("incidents:incident", reference)


@require_POST
@person_required
def unfollow(request: PersonRequest, reference: str) -> HttpResponse:
    """Stop following; who saw the incident only as a follower goes on to the list."""
    found = incident_for(request.person, reference)
    actions.unfollow(person=request.person, incident=found)
    messages.success(request, _("You no longer follow %(reference)s.") % {"reference": reference})
    if may_still_see(request.person, reference):
        return redirect("incidents:incident", reference)
    return redirect("incidents:list")
