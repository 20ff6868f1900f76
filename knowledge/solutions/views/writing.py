"""Writing: a new solution, and the text of one in a language beside what it translates."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from knowledge.solutions import actions, present, queries
from knowledge.solutions.access import solution_for
from knowledge.solutions.actions.writing import mark_of
from knowledge.solutions.forms import NewForm, WordsForm
from knowledge.solutions.models import Revision, Solution
from portal.core.errors import Conflict, Refused
from portal.identity.forms import show_refusal
from portal.identity.guards import staff_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@staff_required
@keeps_text
def new(request: PersonRequest) -> HttpResponse:
    """Begin a solution, in the language that others are translated from."""
    kept, person = kept_fields(request), request.person
    form = NewForm(request.POST or kept, person=person, initial={"language": request.LANGUAGE_CODE})
    if request.method == "POST" and form.is_valid():
        try:
            solution = actions.draft_solution(
                person=person,
                language=form.cleaned_data["language"],
                words=form.words(),
                ranges=form.ranges(),
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("%(reference)s is a draft now.") % {"reference": solution.reference})
            return redirect("solutions:text", solution.reference, solution.language, 1)
    status = 422 if request.method == "POST" else 200
    return render(request, "solutions/new.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@staff_required
@keeps_text
def write(request: PersonRequest, reference: str, language: str) -> HttpResponse:
    """The draft in a language: the one there is, the next one, or the first as a translation."""
    found = solution_for(request.person, reference)
    drafts, published = queries.open_texts(found), queries.published_texts(found)
    draft = drafts.get(language)
    before = draft or published.get(language)
    first = published.get(found.language) or drafts.get(found.language)
    source = first if language != found.language else None
    form = WordsForm(
        request.POST or kept_fields(request), now=mark_of(draft), initial=_initial(before, source)
    )
    status, conflict = 200, ""
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, found, language, form)
        except Conflict as changed:
            status, conflict = changed.status, str(changed)
            form.renew(mark_of(draft))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The draft is saved. Readers don’t see it yet."))
            return redirect("solutions:text", reference, language, saved.number)
    if form.errors and request.method == "POST":
        status = 422
    context = {
        **_around(found, language, source),
        "stale": before is not None and queries.is_stale(found, before, published),
        "form": form,
        "conflict": conflict,
        "now": before if conflict else None,
    }
    return render(request, "solutions/write.html", context, status=status)


def _initial(before: Revision | None, source: Revision | None) -> dict[str, Any]:
    words = {name: getattr(before, name) for name in actions.PARTS} if before else {}
    return {**words, "source": source.pk if source else None}


def _save(request: PersonRequest, found: Solution, language: str, form: WordsForm) -> Revision:
    return actions.save_draft(
        person=request.person,
        solution=found,
        language=language,
        words=form.words(),
        seen=form.cleaned_data["seen"] or "",
        source=form.cleaned_data["source"],
    )


def _around(found: Solution, language: str, source: Revision | None) -> dict[str, Any]:
    return {
        "solution": found,
        "language": language,
        "language_name": present.language_name(language),
        "source": source,
        "source_name": present.language_name(found.language),
    }
