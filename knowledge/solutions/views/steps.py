"""One text of a solution: how it stands, and its steps from a draft to its readers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from knowledge.solutions import actions, present, queries, rules
from knowledge.solutions.access import solution_for, text_for
from knowledge.solutions.actions.writing import mark_of
from knowledge.solutions.differences import compared
from knowledge.solutions.enums import OPEN, STAGE_TONE, Stage
from knowledge.solutions.forms import PublishForm, SendBackForm, WordsForm
from knowledge.solutions.models import Revision
from portal.core.errors import Conflict, Refused
from portal.core.numbers import number_in
from portal.core.ui.forms import SeenForm
from portal.identity.forms import show_refusal
from portal.identity.guards import staff_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.requests import PersonRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What can be done with a text that is still open; ``offered`` says to whom and when."""

    name: str
    perform: Callable[..., object]
    offered: Callable[..., bool]
    done: str | Promise
    form: type[SeenForm] = SeenForm


STEPS: Mapping[str, Step] = {
    step.name: step
    for step in (
        Step(
            name="review",
            perform=actions.ask_review,
            offered=rules.may_ask_review,
            done=_("It waits for a colleague to read and publish it."),
        ),
        Step(
            name="publish",
            perform=actions.publish,
            offered=rules.may_publish,
            done=_("Published. Readers see this text from now on."),
            form=PublishForm,
        ),
        Step(
            name="send-back",
            perform=actions.send_back,
            offered=rules.may_send_back,
            done=_("It is a draft again, with your words in its history."),
            form=SendBackForm,
        ),
        Step(
            name="discard",
            perform=actions.discard_draft,
            offered=rules.may_discard,
            done=_("The draft is discarded."),
        ),
    )
}


@require_GET
@staff_required
def text(request: PersonRequest, reference: str, language: str, number: int) -> HttpResponse:
    """A text as readers would read it, and what can be done with it."""
    return _show(request, text_for(request.person, reference, language, number))


@require_http_methods(["GET", "POST"])
@staff_required
@keeps_text
def step(request: PersonRequest, reference: str, language: str, name: str) -> HttpResponse:
    """A step of the open text; a refusal is said on its page."""
    taken, found = STEPS.get(name), solution_for(request.person, reference)
    shown = queries.open_texts(found).get(language)
    if taken is None or shown is None:
        raise Http404
    shown.solution = found
    if request.method == "GET":
        return _show(request, shown, name, taken.form(kept_fields(request), now=mark_of(shown)))
    form = taken.form(request.POST, now=mark_of(shown))
    status = 422
    if form.is_valid():
        given = {**form.cleaned_data, "seen": form.cleaned_data["seen"] or ""}
        try:
            taken.perform(person=request.person, solution=found, language=language, **given)
        except Refused as refused:
            show_refusal(form, refused)
            status = refused.status
            if isinstance(refused, Conflict):
                form.renew(mark_of(shown))
        else:
            messages.success(request, str(taken.done))
            return redirect("solutions:solution", reference)
    return _show(request, shown, name, form, status=status)


def _show(
    request: PersonRequest,
    shown: Revision,
    name: str = "",
    form: SeenForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """:param form: that of the step that is being taken."""
    found, mark = shown.solution, mark_of(shown)
    context: dict[str, Any] = {
        "solution": found,
        "text": shown,
        "stage": Stage(shown.stage).label,
        "tone": STAGE_TONE[Stage(shown.stage)],
        "language_name": present.language_name(shown.language),
        "history": queries.text_history(found, shown.language),
        "sent_back": queries.sent_back(shown),
        "is_open": shown.stage in OPEN,
        "waits_for_another": shown.stage == Stage.REVIEW and rules.wrote(request.person, shown),
        "offered": _offered(request, shown),
        "publish_form": PublishForm(
            now=mark, initial={"critical": found.critical, "audience": found.audience}
        ),
        "send_back_form": form if form is not None and name == "send-back" else SendBackForm(now=mark),
        "failed": form if form is not None and form.errors else None,
    }
    return render(request, "solutions/text.html", context, status=status)


def _offered(request: PersonRequest, shown: Revision) -> set[str]:
    return {one.name for one in STEPS.values() if one.offered(request.person, shown)}


@require_GET
@staff_required
def compare(request: PersonRequest, reference: str, language: str) -> HttpResponse:
    """Two texts of a language side by side, the latest with the one before it unless others are named."""
    found = solution_for(request.person, reference)
    history = queries.text_history(found, language)
    by_number = {text.number: text for text in history}
    new = by_number.get(_number(request, "new"), history[0] if history else None)
    if new is None:
        raise Http404
    older = (text for text in history if text.number < new.number)
    old = by_number.get(_number(request, "old")) or next(older, None)
    context = {
        "solution": found,
        "language": language,
        "language_name": present.language_name(language),
        "history": history,
        "old": old,
        "new": new,
        "parts": _parts(old, new) if old else [],
    }
    return render(request, "solutions/compare.html", context)


def _number(request: PersonRequest, name: str) -> int:
    return number_in(request.GET.get(name, "")) or 0


def _parts(old: Revision, new: Revision) -> list[dict[str, Any]]:
    return [
        {
            "label": WordsForm.base_fields[name].label,
            "lines": compared(getattr(old, name), getattr(new, name)),
        }
        for name in actions.PARTS
        if getattr(old, name) or getattr(new, name)
    ]
