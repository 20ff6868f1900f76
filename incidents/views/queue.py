"""The staff's queue: what to work on, in the promised order, and the next one at a key."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from incidents import board, queries, rules
from incidents.access import incident_for
from incidents.actions import take_next
from incidents.forms_queue import QueueForm
from incidents.models import Incident
from incidents.queue import Place, reasons
from plans.queries import severity_texts
from portal.identity.guards import staff_required
from portal.identity.models import Membership
from portal.identity.requests import PersonRequest

PANEL_ROWS = 6


@require_GET
@staff_required
def queue(request: PersonRequest) -> HttpResponse:
    form = QueueForm(request.person, request.GET)
    view, narrowed = form.view, form.narrowed
    page = queries.queue_page(
        request.person, view=view, narrowed=narrowed, cursor=request.GET.get("after", "")
    )
    return render(
        request,
        "incidents/queue.html",
        {
            "form": form,
            "narrowed": narrowed.in_use,
            "rows": board.drawn(request.person, page.rows),
            "tabs": _tabs(request.person, view),
            "view": view,
            "next_url": form.url_of_next(page.next) if page.next else "",
            "first_url": form.url_of_next("") if request.GET.get("after") else "",
            "takes": rules.takes_incidents(request.person),
        },
    )


def work_panel(request: HttpRequest, subject: object) -> dict[str, Any]:
    """The staff home: the queue in figures, and the person's own most urgent incidents."""
    person = cast(PersonRequest, request).person
    mine = queries.queue_page(
        person, view=queries.QueueView.MINE, narrowed=queries.QueueFilter(), size=PANEL_ROWS
    )
    return {
        "tabs": _tabs(person),
        "lines": board.lines(person, mine.rows),
        "takes": rules.takes_incidents(person),
        "queue": reverse("incidents:queue"),
    }


def _tabs(person: Membership, current: queries.QueueView | None = None) -> list[dict[str, Any]]:
    counts = queries.queue_counts(person)
    return [
        {
            "label": view.label,
            "url": f"?view={view.value}",
            "current": view == current,
            "count": f"{queries.COUNT_CAP}+" if counts[view] > queries.COUNT_CAP else counts[view],
        }
        for view in queries.QueueView
    ]


@require_POST
@staff_required
def next_incident(request: PersonRequest) -> HttpResponse:
    """Take next: one agent, one incident."""
    incident = take_next(person=request.person)
    if incident is None:
        messages.info(
            request, _("Nothing waits for you: no unassigned incident of your team, products and languages.")
        )
        return redirect("incidents:queue")
    return redirect("incidents:incident", incident.reference)


@require_GET
@staff_required
def why_here(request: PersonRequest, reference: str) -> HttpResponse:
    """Why an incident stands where it stands; a dialog in the queue, a page of its own without scripts."""
    incident = incident_for(request.person, reference)
    texts = severity_texts(request.tenant, get_language() or "en")
    sentences = [
        board.step_sentence(
            step,
            severity_name=texts[incident.severity].name,
            plan_name=incident.plan.name if incident.plan else "",
        )
        for step in reasons(_place(incident), timezone.now())
    ]
    template = "incidents/queue_why.html#reasons" if request.htmx else "incidents/queue_why.html"
    return render(
        request, template, {"incident": incident, "sentences": sentences, "back": reverse("incidents:queue")}
    )


def _place(incident: Incident) -> Place:
    return Place(
        severity=incident.severity,
        plan_order=incident.plan_order,
        due_at=incident.due_at,
        created_at=incident.created_at,
        id=incident.pk,
    )
