"""A solution as it is read, and what its readers say of it; for staff with all that is around it."""

from collections.abc import Mapping
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from knowledge.solutions import actions, present, queries, rules
from knowledge.solutions.access import solution_for, solution_for_reader
from knowledge.solutions.enums import STAGE_TONE, STATE_TONE, Reason, Stage, State
from knowledge.solutions.forms import VerdictForm
from knowledge.solutions.models import Revision, Solution
from knowledge.solutions.registry import fixes_of, opened
from plans.queries import nearest
from portal.core.errors import Refused
from portal.core.ui import panels
from portal.identity.forms import show_refusal
from portal.identity.guards import person_required, public, staff_required
from portal.identity.kept import keeps_text, kept_text
from portal.identity.models import Membership, Tenant
from portal.identity.requests import PersonRequest, PortalRequest


@require_GET
@public
def solution(request: PortalRequest, reference: str) -> HttpResponse:
    """For whoever may read it: nobody signed in reads what is public."""
    found = solution_for_reader(request.tenant, request.person, reference)
    kept = kept_text(request) if request.person else {}
    return _page(request, found, VerdictForm(initial=kept))


def _page_of(request: PortalRequest, reference: str) -> str:
    return reverse("solutions:solution", args=[reference])


@require_http_methods(["GET", "POST"])
@person_required
@keeps_text(page=_page_of)
def verdict(request: PersonRequest, reference: str) -> HttpResponse:
    """Whether it helped."""
    found = solution_for(request.person, reference)
    if request.method == "GET":
        return redirect("solutions:solution", reference)
    form = VerdictForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.say_verdict(
                person=request.person,
                solution=found,
                language=given["language"],
                helped=given["helped"] == "yes",
                reason=Reason(given["reason"]) if given["reason"] else None,
                text=given["text"],
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Thank you. What you say makes solutions better."))
            return redirect(f"{_page_of(request, reference)}?language={given['language']}")
    return _page(request, found, form)


@require_GET
@staff_required
def history(request: PersonRequest, reference: str) -> HttpResponse:
    """All that was done with it, the latest first, page by page."""
    found, cursor = solution_for(request.person, reference), request.GET.get("after", "")
    try:
        page = queries.changes_of(found, cursor)
    except Refused:
        raise Http404 from None
    titles = queries.titles_of(
        found.tenant_id, [found.pk], own=request.person.tenant.language, language=request.LANGUAGE_CODE
    )
    context = {
        "solution": found,
        "title": titles[found.pk],
        "changes": present.changes_in_words(page.rows),
        "first_page": not cursor,
        "older": f"?after={page.next}" if page.next else "",
    }
    return render(request, "solutions/history.html", context)


def _page(request: PortalRequest, found: Solution, form: VerdictForm) -> HttpResponse:
    tenant = cast(Tenant, request.tenant)
    staff = request.person is not None and request.person.is_staff_member
    published = queries.published_texts(found)
    drafts = queries.open_texts(found) if staff else {}
    texts = published or drafts
    asked = request.GET.get("language") or request.POST.get("language") or ""
    shown = texts.get(asked) or nearest(texts, tenant.language, request.LANGUAGE_CODE)
    context: dict[str, Any] = {
        "solution": found,
        "text": shown,
        "languages": present.spoken(found, texts, shown),
        "language_name": present.language_name(shown.language),
        "fallback": shown.language not in (asked, request.LANGUAGE_CODE),
        "stale": queries.is_stale(found, shown, published),
        "source_name": present.language_name(found.language),
        "products": present.applies_to(found.tenant_id, queries.ranges_of(found)),
        "is_published": found.state == State.PUBLISHED,
        "form": form,
        "fixed_in": fixes_of(request.person, found) if request.person else [],
        **(_of_reader(request.person, found, shown) if request.person else {}),
        **(_of_staff(cast(PersonRequest, request), found, published, drafts) if staff else {}),
    }
    template = "solutions/solution_staff.html" if staff else "solutions/solution.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _of_reader(person: Membership, found: Solution, shown: Revision) -> dict[str, Any]:
    if not rules.may_judge(person, found):
        return {}
    opened.tell(person, found)
    return {"judges": True, "verdict": queries.own_verdict(person, shown)}


def _of_staff(
    request: PersonRequest,
    found: Solution,
    published: Mapping[str, Revision],
    drafts: Mapping[str, Revision],
) -> dict[str, Any]:
    person = request.person
    changes = queries.changes_of(found, size=queries.HISTORY_BESIDE)
    return {
        "state": State(found.state).label,
        "tone": STATE_TONE[State(found.state)],
        "audience": found.get_audience_display(),
        "lines": [_line(found, code, published, drafts) for code, _name in settings.LANGUAGES],
        "flags": queries.flags_of(found),
        "said": queries.why_not(found) if found.not_helped else [],
        "due": queries.is_due(found),
        "may_retire": rules.may_retire(person, found),
        "may_restore": rules.may_restore(person, found),
        "changes": present.changes_in_words(changes.rows),
        "longer": bool(changes.next),
        "panels": panels.drawn(request, panels.Place.SOLUTION, found)["main"],
    }


def _line(
    found: Solution, code: str, published: Mapping[str, Revision], drafts: Mapping[str, Revision]
) -> dict[str, Any]:
    """How a solution stands in one language."""
    text, draft = published.get(code), drafts.get(code)
    return {
        "code": code,
        "name": present.language_name(code),
        "first": code == found.language,
        "published": text,
        "draft": draft,
        "stage": Stage(draft.stage).label if draft else "",
        "tone": STAGE_TONE[Stage(draft.stage)] if draft else "",
        "stale": text is not None and queries.is_stale(found, text, published),
    }
