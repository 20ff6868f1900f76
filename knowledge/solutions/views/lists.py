"""The list of solutions: for staff what is to be done, for contacts what helps with their products."""

from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from entitlements.queries import holdings_for
from knowledge.solutions import present, queries
from knowledge.solutions.forms import ListForm
from knowledge.solutions.queries import Filters, Show
from portal.core.errors import Refused
from portal.identity.guards import person_required
from portal.identity.requests import PersonRequest


@require_GET
@person_required
def solutions(request: PersonRequest) -> HttpResponse:
    form = ListForm(request.person, request.GET)
    try:
        return _for_staff(request, form) if request.person.is_staff_member else _for_contact(request, form)
    except Refused:
        return redirect("solutions:list")


def _for_staff(request: PersonRequest, form: ListForm) -> HttpResponse:
    after = request.GET.get("after", "")
    page = queries.staff_page(
        request.person, show=form.shown, sort=form.sorted, filters=form.filters, cursor=after
    )
    tabs = [
        {
            "label": show.label,
            "url": _address(form, show="" if show == Show.ALL else show.value),
            "current": show == form.shown,
        }
        for show in Show
    ]
    return _drawn(request, "solutions/list.html", form, page, {"tabs": tabs, "in_use": form.filters.in_use})


def _for_contact(request: PersonRequest, form: ListForm) -> HttpResponse:
    """What they run first: everything else is one step further."""
    own = frozenset(holdings_for(request.person).by_product)
    every, filters = request.GET.get("all") == "1", form.filters
    narrowed = (
        filters if filters.products or every or not own else Filters(products=own, language=filters.language)
    )
    page = queries.published_page(request.person, narrowed, request.GET.get("after", ""))
    kept = form.kept(product="")
    choices = [
        {
            "words": _("My products"),
            "url": f"?{urlencode(kept)}",
            "current": not every and not filters.products,
        },
        {"words": _("All products"), "url": f"?{urlencode({**kept, 'all': '1'})}", "current": every},
    ]
    more = {"choices": choices if own else [], "every": every, "in_use": filters.in_use}
    return _drawn(request, "solutions/browse.html", form, page, more, **({"all": "1"} if every else {}))


def _drawn(
    request: PersonRequest, template: str, form: ListForm, page: Any, more: dict[str, Any], **kept: str
) -> HttpResponse:
    context = {
        "form": form,
        "rows": present.rows_of(request.tenant, page.rows),
        "older": _address(form, **kept, after=page.next) if page.next else "",
        "first": _address(form, **kept) if request.GET.get("after") else "",
        **more,
    }
    return render(request, template, context)


def _address(form: ListForm, **other: str) -> str:
    return f"?{urlencode(form.kept(**other))}"


def to_read_panel(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """On the home of staff: what waits for them as the second person; nothing where nothing does."""
    texts = queries.to_read(cast(PersonRequest, request).person)
    return {"texts": texts} if texts else None
