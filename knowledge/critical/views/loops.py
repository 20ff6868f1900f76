"""The vendor watches a loop close: numbers, a picture, accounts, and the people of one account."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from knowledge.critical import following, rules, sheets
from knowledge.critical.access import loop_for, notice_for
from knowledge.critical.enums import NoticeState, Standing
from knowledge.critical.figures import figures_of, picture
from knowledge.critical.forms import SayForForm
from knowledge.critical.models import Loop, Notice
from knowledge.critical.present import exposure_rows, loop_row, title_of
from knowledge.critical.scopes import words_of
from knowledge.critical.views.saying import say_of
from portal.core.errors import Refused
from portal.identity.forms import show_refusal
from portal.identity.guards import staff_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.requests import PersonRequest

PANEL_ROWS = 8


def loop(request: PersonRequest, notice: Notice) -> HttpResponse:
    """The page of a notice for staff; asks for its numbers anew while people are being told.

    When all are told the whole page is loaded again: its list was as long as it was then.
    """
    numbers = _numbers(request, notice)
    if request.htmx:
        if not numbers["telling"]:
            return HttpResponseClientRefresh()
        return render(request, "critical/loop.html#numbers", numbers)
    asked = following.Asked(request.GET.get("show", ""), request.GET.get("account", "").strip().upper())
    try:
        page = following.page_of(request.person, notice, asked, request.GET.get("after", ""))
    except Refused:
        raise Http404 from None
    context = {
        **numbers,
        "title": title_of(notice),
        "scope": words_of(notice.scope),
        "asked": asked,
        "filters": following.filters(asked),
        "rows": [loop_row(one) for one in page.rows],
        "older": f"?{asked.query}after={page.next}" if page.next else "",
        "may_tell": rules.tells_customers(request.person),
        "own_only": rules.follows_own_accounts(request.person),
    }
    return render(request, "critical/loop.html", context)


def _numbers(request: PersonRequest, notice: Notice) -> dict[str, Any]:
    figures = figures_of(request.person, notice)
    return {
        "notice": notice,
        "telling": notice.state == NoticeState.TELLING,
        "figures": figures,
        "picture": picture(figures) if figures.accounts else "",
    }


@require_http_methods(["GET", "POST"])
@staff_required
@keeps_text
def account(request: PersonRequest, reference: str, key: str) -> HttpResponse:
    """Who of one account was told, and what each did; here staff say what became of it for the customer."""
    found = loop_for(request.person, reference, key)
    exposures, status = exposure_rows(found), 200
    form = SayForForm(request.POST or kept_fields(request), exposures=[row["exposure"] for row in exposures])
    if request.method == "POST":
        try:
            if form.is_valid():
                _say_noted(request, say_of(request, found, form))
                return redirect("critical:account", reference, key)
            status = 422
        except Refused as refused:
            show_refusal(form, refused)
            status = refused.status
    context = {"form": form, "exposures": exposures, **_account(request, found)}
    return render(request, "critical/account.html", context, status=status)


def _say_noted(request: PersonRequest, loop: Loop) -> None:
    left = loop.standing == Standing.EXPOSED
    messages.success(
        request, _("Noted.") if left else _("Noted. Nothing of this customer’s is exposed any more.")
    )


def _account(request: PersonRequest, found: Loop) -> dict[str, Any]:
    try:
        page = following.recipients_page(found, request.GET.get("after", ""))
    except Refused:
        raise Http404 from None
    return {
        **loop_row(found),
        "notice": found.notice,
        "title": title_of(found.notice),
        "may_say": rules.speaks_for(request.person, found),
        "people": page.rows,
        "older": f"?after={page.next}" if page.next else "",
    }


@require_GET
@staff_required
def export(request: PersonRequest, reference: str) -> HttpResponse:
    return sheets.recipients(request.person, notice_for(request.person, reference))


def exposed_panel(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """On a success manager's home: their accounts that are still exposed."""
    person = cast(PersonRequest, request).person
    rows = [
        {**loop_row(one), "title": title_of(one.notice)} for one in following.exposed_of(person, PANEL_ROWS)
    ]
    return {"rows": rows} if rows else None
