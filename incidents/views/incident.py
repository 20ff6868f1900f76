from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incidents import actions, people, present, rules, thread
from incidents.access import incident_for, may_still_see
from incidents.explain import explained, pinned_calendar
from incidents.foretell import calendar_name
from incidents.forms import NoteForm, ReplyForm
from incidents.models import Incident
from incidents.views.changes import offered
from incidents.views.uploads import shown_files, take_files
from portal.core.errors import Refused
from portal.core.ui.formatting import formats
from portal.identity.guards import person_required, staff_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.requests import PersonRequest

Composer = ReplyForm | NoteForm


@require_GET
@person_required
def incident(request: PersonRequest, reference: str) -> HttpResponse:
    """The page of an incident; htmx asks it for earlier messages or for the other writing box."""
    found = incident_for(request.person, reference)
    if request.htmx and request.htmx.target == "write":
        return render(request, "incidents/incident.html#composer", _composer(request, found, _empty(request)))
    if request.htmx and "before" in request.GET:
        return render(request, "incidents/incident.html#thread", _thread(request, found))
    return _page(request, found, _empty(request))


def _empty(request: PersonRequest) -> Composer:
    """The writing box as it opens: with what an ended session has kept, if anything."""
    kept = kept_fields(request)
    initial = {name: value for name, value in (kept or {}).items() if name in {"body", "waiting", "key"}}
    if request.person.is_staff_member and (request.GET.get("write") == "note" or "mentions" in (kept or {})):
        mentions = kept.getlist("mentions") if kept else []
        return NoteForm(colleagues=people.staff_of(request.person), initial={**initial, "mentions": mentions})
    return ReplyForm(initial=initial)


def _page(
    request: PersonRequest, found: Incident, form: Composer, *, uploads: list[UUID] | None = None
) -> HttpResponse:
    person = request.person
    changes, earlier_changes = thread.latest_changes(person, found)
    followers = people.followers_of(person, found)
    context = {
        "incident": found,
        "summary": present.summary_of(found),
        "details": present.details_of(found, person),
        "history": present.history_items(changes),
        "earlier_changes": earlier_changes,
        "followers": followers,
        "following": any(one.pk == person.pk for one in followers),
        "changes": offered(person, found),
        "takes": rules.may_take(person, found),
        **_thread(request, found, changes=changes),
        **_composer(request, found, form, uploads=uploads),
    }
    return render(request, "incidents/incident.html", context, status=422 if form.errors else 200)


def _thread(request: PersonRequest, found: Incident, *, changes: Any = None) -> dict[str, Any]:
    """One page of the conversation: the latest, or what comes before a message."""
    person = request.person
    before = request.GET.get("before", "")
    cursor = int(before) if before.isdecimal() else None
    part = thread.thread_of(person, found, before=cursor)
    files = thread.files_of(person, found, part.messages)
    if changes is None:
        changes, _earlier = thread.latest_changes(person, found)
    since = part.messages[0].created_at if part.earlier is not None else None
    until = part.messages[-1].created_at if cursor is not None and part.messages else None
    items = present.thread_items(found, part.messages, files, changes, since=since, until=until)
    return {
        "incident": found,
        "description": present.description_item(found, files.get(None, [])),
        "items": items,
        "earlier": part.earlier,
        "before": cursor,
    }


def _composer(
    request: PersonRequest, found: Incident, form: Composer, *, uploads: list[UUID] | None = None
) -> dict[str, Any]:
    internal = isinstance(form, NoteForm)
    return {
        "incident": found,
        "form": form,
        "internal": internal,
        "may_write": internal or rules.may_reply(request.person, found),
        "may_note": rules.works_incidents(request.person),
        "files": shown_files(request.person, uploads or []),
        "upload_url": f"{reverse('incidents:upload')}?incident={found.reference}",
    }


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
    return _page(request, found, form, uploads=uploads)


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
    before = request.GET.get("before", "")
    cursor = int(before) if before.isdecimal() else None
    changes, earlier = thread.latest_changes(request.person, found, before=cursor)
    context = {
        "incident": found,
        "history": present.history_items(changes),
        "older": f"?before={earlier}" if earlier else "",
        "first_page": cursor is None,
    }
    return render(request, "incidents/history.html", context)


@require_GET
@person_required
def why(request: PersonRequest, reference: str) -> HttpResponse:
    """Why this time? The coverage that the promised time was counted from."""
    found = incident_for(request.person, reference)
    explanation = explained(found)
    calendar = pinned_calendar(found)
    form, now = formats(), timezone.now()
    spans = [
        {
            "day": form.weekday(span.start),
            "hours": f"{form.time(span.start)}–{form.time(span.end)}",
            "length": form.duration(span.length),
        }
        for span in (explanation.spans if explanation else ())
    ]
    context = {
        "incident": found,
        "summary": present.summary_of(found),
        "from": found.first_response_from and form.full(found.first_response_from),
        "due": found.first_response_due_at and form.full(found.first_response_due_at),
        "clock": present.clock_of(found, now, form),
        "hours": calendar_name(dict(calendar.names), calendar.code) if calendar else "",
        "zone": found.time_zone if calendar else "",
        "covered": form.duration(explanation.covered) if explanation else "",
        "spans": spans,
        "closed": [form.weekday(day) for day in explanation.holidays] if explanation else [],
        "own": [form.weekday(day) for day in explanation.own_dates] if explanation else [],
    }
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
