"""The vendor watches a loop close: numbers, a picture, accounts, and the people of one account."""

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from knowledge.critical import following, rules, sheets
from knowledge.critical.access import loop_for, notice_for
from knowledge.critical.enums import AFFECTED_TONE, STANDING_TONE, Affected, NoticeState, Standing
from knowledge.critical.figures import figures_of, picture
from knowledge.critical.models import Loop, Notice
from knowledge.critical.queries import exposures_of
from knowledge.critical.scopes import words_of
from knowledge.critical.telling import title_in
from portal.core.errors import Refused
from portal.identity.enums import Role
from portal.identity.guards import role_required
from portal.identity.requests import PersonRequest

STAFF = (Role.AGENT, Role.LEAD, Role.CSM, Role.ADMIN)
PANEL_ROWS = 8


def loop(request: PersonRequest, notice: Notice) -> HttpResponse:
    """The page of a notice for staff; asks for its numbers anew while people are being told."""
    asked = following.Asked(request.GET.get("show", ""), request.GET.get("account", "").strip().upper())
    try:
        page = following.page_of(request.person, notice, asked, request.GET.get("after", ""))
    except Refused:
        raise Http404 from None
    figures = figures_of(request.person, notice)
    context = {
        "notice": notice,
        "title": title_in(notice.titles, get_language(), notice.language),
        "scope": words_of(notice.scope),
        "telling": notice.state == NoticeState.TELLING,
        "figures": figures,
        "picture": picture(figures) if figures.accounts else "",
        "asked": asked,
        "filters": following.filters(asked),
        "rows": [_row(one) for one in page.rows],
        "older": f"?{asked.query}after={page.next}" if page.next else "",
        "first_page": not request.GET.get("after"),
        "may_tell": rules.tells_customers(request.person),
        "own_only": request.person.role == Role.CSM,
    }
    template = "critical/loop.html#numbers" if request.htmx else "critical/loop.html"
    return render(request, template, context)


@require_GET
@role_required(*STAFF)
def account(request: PersonRequest, reference: str, key: str) -> HttpResponse:
    """Who of one account was told, and what each did."""
    found = loop_for(request.person, reference, key)
    try:
        page = following.recipients_page(found, request.GET.get("after", ""))
    except Refused:
        raise Http404 from None
    context = {
        **_row(found),
        "notice": found.notice,
        "title": title_in(found.notice.titles, get_language(), found.notice.language),
        "exposures": [
            {"exposure": one, "tone": STANDING_TONE[Standing(one.standing)]}
            for one in exposures_of(found.account_id, found.notice)
        ],
        "people": page.rows,
        "older": f"?after={page.next}" if page.next else "",
        "first_page": not request.GET.get("after"),
    }
    return render(request, "critical/account.html", context)


@require_GET
@role_required(*STAFF)
def export(request: PersonRequest, reference: str) -> HttpResponse:
    return sheets.recipients(request.person, notice_for(request.person, reference))


def exposed_panel(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """On a success manager's home: their accounts that are still exposed."""
    person = cast(PersonRequest, request).person
    rows = [
        {**_row(one), "title": title_in(one.notice.titles, get_language(), one.notice.language)}
        for one in following.exposed_of(person, PANEL_ROWS)
    ]
    return {"rows": rows} if rows else None


def _row(one: Loop) -> dict[str, Any]:
    return {
        "loop": one,
        "affected": Affected(one.affected).label,
        "affected_tone": AFFECTED_TONE[Affected(one.affected)],
        "standing": Standing(one.standing).label,
        "tone": STANDING_TONE[Standing(one.standing)],
    }
