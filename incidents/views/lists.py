from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from incidents import people
from incidents.listing import Filters, page_of
from portal.core.errors import Refused
from portal.identity.enums import Role
from portal.identity.guards import person_required
from portal.identity.models import Membership
from portal.identity.requests import PersonRequest

PANEL_ROWS = 6


@require_GET
@person_required
def incidents(request: PersonRequest) -> HttpResponse:
    """A contact's incidents, or those of the whole tenant for staff; latest activity first."""
    person, asked = request.person, request.GET
    filters = Filters(
        only_open=asked.get("show") != "all",
        only_mine=asked.get("whose") == "mine",
        account_key=asked.get("account", ""),
        words=asked.get("q", ""),
    )
    try:
        page = page_of(person, filters, asked.get("after", ""))
    except Refused:
        return redirect("incidents:list")
    kept = {name: asked[name] for name in ("show", "whose", "account", "q") if asked.get(name)}
    company = person.is_staff_member or _sees_company(person)
    context = {
        "rows": page.rows,
        "filters": filters,
        "shows": _choices(kept, "show", {"": _("Open"), "all": _("All")}),
        "whose": _choices(kept, "whose", _whose(person)) if company else [],
        "accounts": people.accounts_of(person) if person.is_staff_member else [],
        "older": f"?{urlencode({**kept, 'after': page.next})}" if page.next else "",
        "first_page": not asked.get("after"),
        "kept": kept,
    }
    return render(request, "incidents/list.html", context)


def _sees_company(person: Membership) -> bool:
    return person.role == Role.CUSTOMER_ADMIN or person.tenant.customers_see_company


def _whose(person: Membership) -> dict[str, str]:
    if person.is_staff_member:
        return {"": _("Everybody’s"), "mine": _("Mine")}
    return {"": _("My company’s"), "mine": _("Mine")}


def _choices(kept: dict[str, str], name: str, words: dict[str, str]) -> list[dict[str, Any]]:
    """The choices of one filter as links that keep the other filters."""
    return [
        {
            "words": text,
            "url": f"?{urlencode({**kept, name: value})}" if value else f"?{urlencode(_without(kept, name))}",
            "current": kept.get(name, "") == value,
        }
        for value, text in words.items()
    ]


def _without(kept: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in kept.items() if key != name}


def home_panel(request: HttpRequest, subject: Any) -> dict[str, Any]:
    """A contact's home: their open incidents, those first that wait for them."""
    person = cast(PersonRequest, request).person
    page = page_of(person, Filters(only_open=True), "", size=PANEL_ROWS)
    waiting = [row for row in page.rows if row.waiting]
    others = [row for row in page.rows if not row.waiting]
    return {"waiting": waiting, "rows": others, "more": bool(page.next)}
