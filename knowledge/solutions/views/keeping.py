"""What staff do with a solution besides writing: readers, products, review, flags, retirement."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from knowledge.search.enums import Audience
from knowledge.solutions import actions, present, queries
from knowledge.solutions.access import flag_for, solution_for
from knowledge.solutions.forms import AboutForm, FlagForm, ResolveForm, RetireForm
from knowledge.solutions.models import Solution
from portal.core.errors import Conflict, Refused
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required, staff_required
from portal.identity.kept import keeps_text, kept_fields, kept_text
from portal.identity.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@staff_required
@keeps_text
def about(request: PersonRequest, reference: str) -> HttpResponse:
    """Who reads it, for which versions of which products, and until when it stands unseen."""
    person, found = request.person, solution_for(request.person, reference)
    ranges = queries.ranges_of(found)
    form = AboutForm(
        request.POST or kept_fields(request),
        person=person,
        solution=found,
        ranges=ranges,
        staff=queries.possible_owners(found),
    )
    status, conflict = 422 if request.method == "POST" else 200, ""
    if request.method == "POST" and form.is_valid():
        try:
            _change(request, found, form)
        except Conflict as changed:
            status, conflict = changed.status, str(changed)
            form.renew(found.revision)
        except Refused as refused:
            show_refusal(form, refused)
            status = refused.status
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("solutions:solution", reference)
    context = {"solution": found, "form": form, "conflict": conflict, "now": _now(found, ranges, conflict)}
    return render(request, "solutions/about.html", context, status=status)


def _change(request: PersonRequest, found: Solution, form: AboutForm) -> None:
    actions.change_solution(
        person=request.person,
        solution=found,
        audience=Audience(form.cleaned_data["audience"]),
        review_by=form.cleaned_data["review_by"],
        ranges=form.ranges(),
        owner=form.staff[form.cleaned_data["owner"]],
        revision=form.cleaned_data["seen"],
    )


def _now(found: Solution, ranges: Any, conflict: str) -> dict[str, Any]:
    """What it says now, where somebody was faster."""
    if not conflict:
        return {}
    from_now = {
        "audience": found.get_audience_display(),
        "owner": found.owner.name,
        "review_by": found.review_by,
    }
    return {**from_now, "products": present.applies_to(found.tenant_id, ranges)}


@require_POST
@staff_required
def look_again(request: PersonRequest, reference: str) -> HttpResponse:
    """It was looked at, and is still right."""
    actions.look_again(person=request.person, solution=solution_for(request.person, reference))
    messages.success(request, _("Noted. It stands for another half year."))
    return redirect("solutions:solution", reference)


@require_http_methods(["GET", "POST"])
@role_required(Role.LEAD, Role.ADMIN)
@keeps_text
def retire(request: PersonRequest, reference: str) -> HttpResponse:
    found = solution_for(request.person, reference)
    return _ask(
        request,
        found,
        RetireForm,
        partial(actions.retire, person=request.person, solution=found),
        title=_("Retire this solution"),
        explanation=_("Nobody but staff reads it from then on. Its texts are kept, and you can restore it."),
        button=_("Retire it"),
        done=_("It is retired."),
    )


@require_POST
@role_required(Role.LEAD, Role.ADMIN)
def restore(request: PersonRequest, reference: str) -> HttpResponse:
    actions.restore(person=request.person, solution=solution_for(request.person, reference))
    messages.success(request, _("It is restored."))
    return redirect("solutions:solution", reference)


@require_http_methods(["GET", "POST"])
@staff_required
@keeps_text
def flag(request: PersonRequest, reference: str) -> HttpResponse:
    found = solution_for(request.person, reference)
    return _ask(
        request,
        found,
        FlagForm,
        partial(actions.raise_flag, person=request.person, solution=found),
        title=_("Flag as wrong"),
        explanation=_("Colleagues see it on the solution and in the list until one of them resolves it."),
        button=_("Flag it"),
        done=_("It is flagged."),
    )


@require_http_methods(["GET", "POST"])
@staff_required
@keeps_text
def resolve_flag(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    raised = flag_for(request.person, reference, pk)
    return _ask(
        request,
        raised.solution,
        ResolveForm,
        partial(actions.resolve_flag, person=request.person, flag=raised),
        title=_("Resolve a flag"),
        explanation=raised.text,
        button=_("Resolve it"),
        done=_("The flag is resolved."),
    )


def _ask(
    request: PersonRequest,
    found: Solution,
    form_class: type[forms.Form],
    perform: Callable[..., object],
    *,
    title: str,
    explanation: str,
    button: str,
    done: str,
) -> HttpResponse:
    """A page with a few words to write and one button."""
    form = form_class(request.POST or None, initial=kept_text(request))
    status = 422 if request.method == "POST" else 200
    if form.is_valid():
        try:
            perform(**form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
            status = refused.status
        else:
            messages.success(request, done)
            return redirect("solutions:solution", found.reference)
    context = {"solution": found, "form": form, "title": title, "explanation": explanation, "button": button}
    return render(request, "solutions/ask.html", context, status=status)
