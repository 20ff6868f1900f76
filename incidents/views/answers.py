"""Answers beside the form that logs an incident, and the incident that wasn't needed."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from incidents.forms_answers import AnswerForm, WrittenForm
from knowledge.search.access import entry_for
from knowledge.search.actions import note_prevented
from knowledge.search.marking import Marker
from knowledge.search.queries import Hit, marker_of, suggested
from plans.queries import products_of
from portal.identity.guards import person_required, public
from portal.identity.kept import keeps_text
from portal.identity.requests import PersonRequest, PortalRequest

_OF_THIS_REQUEST = {"csrfmiddlewaretoken", "solved"}


def _page_of_form(request: PersonRequest) -> str:
    return reverse("incidents:new")


@require_POST
@public
def beside(request: PortalRequest) -> HttpResponse:
    """The best three for what stands in the form. Sent as a form is, as it may be long.

    Silent where the session has ended meanwhile: nobody is led away from what they write.
    """
    if request.person is None:
        return HttpResponse(status=204)
    typed = WrittenForm(request.POST).typed(products_of(request.person.tenant))
    language = get_language() or "en"
    hits = suggested(request.person, typed.title, typed.text, product_id=typed.product_id, language=language)
    marker = marker_of(hits)
    return render(request, "incidents/answers.html", {"answers": [_answer(hit, marker) for hit in hits]})


def _answer(hit: Hit, marker: Marker) -> dict[str, Any]:
    return {
        "value": f"{hit.kind}:{hit.object_id}:{hit.language}",
        "url": hit.url,
        "language": hit.language,
        "title": marker.whole(hit.title),
        "excerpt": marker.excerpt(hit.text),
    }


@require_POST
@person_required
@keeps_text(page=_page_of_form)
def solved(request: PersonRequest) -> HttpResponse:
    """An answer was the right one: that is counted, and what was typed can still be logged."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Http404
    kind, object_id, language = form.answer
    entry = entry_for(request.person, kind=kind, object_id=object_id, language=language)
    typed = form.typed(products_of(request.tenant))
    note_prevented(person=request.person, entry=entry, typed=typed)
    kept = [(name, value) for name, values in request.POST.lists() for value in values]
    context = {"entry": entry, "kept": [pair for pair in kept if pair[0] not in _OF_THIS_REQUEST]}
    return render(request, "incidents/solved.html", context)
