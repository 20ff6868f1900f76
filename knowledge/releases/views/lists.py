from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from knowledge.releases import rules
from knowledge.releases.forms import FiltersForm
from knowledge.releases.queries import page_of
from knowledge.releases.whats_new import new_for
from plans.queries import products_of
from portal.core.errors import Refused
from portal.identity.guards import person_required
from portal.identity.requests import PersonRequest


@require_GET
@person_required
def releases(request: PersonRequest) -> HttpResponse:
    """What is new for a contact's account, then everything that is released, the latest first."""
    person, after = request.person, request.GET.get("after", "")
    form = FiltersForm(request.GET, products=products_of(request.tenant), staff=person.is_staff_member)
    filters = form.filters()
    try:
        page = page_of(person, filters, request.LANGUAGE_CODE, after)
    except Refused:
        return redirect("releases:list")
    kept = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
    first = not (after or kept)
    context: dict[str, Any] = {
        "form": form,
        "rows": page.rows,
        "filtered": bool(kept),
        "latest": f"?{urlencode(kept)}" if after else "",
        "older": f"?{urlencode({**kept, 'after': page.next})}" if page.next else "",
        "may_release": rules.may_release(person),
        "is_new": new_for(person, person.account, request.LANGUAGE_CODE)
        if person.account and first
        else None,
    }
    return render(request, "releases/list.html", context)
