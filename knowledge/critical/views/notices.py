"""Critical solutions: all that concern whoever looks, and one of them with what to do about it."""

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from knowledge.critical import actions, rules
from knowledge.critical.access import notice_for
from knowledge.critical.models import Loop, Notice
from knowledge.critical.present import exposure_rows, loop_row, notice_row, title_of
from knowledge.critical.queries import (
    open_loops,
    own_loop,
    own_loops,
    own_recipient,
    tellable,
    text_of,
    told_notices,
)
from knowledge.critical.scopes import words_of
from knowledge.critical.views import loops
from knowledge.solutions.registry import fixes_of
from portal.core.errors import Refused
from portal.identity.guards import person_required
from portal.identity.requests import PersonRequest

PANEL_ROWS = 5


@require_GET
@person_required
def notices(request: PersonRequest) -> HttpResponse:
    """For staff all notices, and what could be told; for contacts those that concern their account."""
    person, cursor = request.person, request.GET.get("after", "")
    try:
        page = told_notices(person, cursor) if person.is_staff_member else own_loops(person, cursor)
    except Refused:
        raise Http404 from None
    rows = [notice_row(one) if isinstance(one, Notice) else _own_row(one) for one in page.rows]
    context = {
        "rows": rows,
        "older": f"?after={page.next}" if page.next else "",
        "tellable": tellable(person) if rules.tells_customers(person) and not cursor else (),
    }
    return render(request, "critical/list.html", context)


@require_GET
@person_required
def notice(request: PersonRequest, reference: str) -> HttpResponse:
    """A contact reads it here, which is noted; staff watch here what becomes of it."""
    found = notice_for(request.person, reference)
    if request.person.is_staff_member:
        return loops.loop(request, found)
    person = request.person
    actions.mark_read(person=person, notice=found)
    loop = own_loop(person, found).get()
    text = text_of(found, get_language() or person.tenant.language)
    context = {
        "notice": found,
        "title": text.title if text else title_of(found),
        "text": text,
        "scope": words_of(found.scope),
        "fixed_in": fixes_of(person, text.solution) if text else (),
        **loop_row(loop),
        "recipient": own_recipient(person, found).first(),
        "exposures": exposure_rows(loop),
    }
    return render(request, "critical/notice.html", context)


def own_panel(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """On a contact's home: what their account is still exposed to."""
    person = cast(PersonRequest, request).person
    rows = [_own_row(one) for one in open_loops(person, PANEL_ROWS)]
    return {"rows": rows} if rows else None


def _own_row(loop: Loop) -> dict[str, Any]:
    return {**notice_row(loop.notice), **loop_row(loop)}
