from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from knowledge.search.asked import LONGEST
from knowledge.search.forms import SearchForm
from knowledge.search.present import rows_of
from knowledge.search.queries import MOST, Results, search
from portal.core.errors import Refused
from portal.core.ui.rows import draw_rows
from portal.identity.guards import public
from portal.identity.limits import SEARCH, client_address, spend
from portal.identity.models import Tenant
from portal.identity.requests import PortalRequest

_NOTHING = Results([], {}, False)


@require_GET
@public
def everything(request: PortalRequest) -> HttpResponse:
    """One box over all that is known. Whoever is not signed in finds what is public."""
    if request.tenant is None:
        raise Http404
    form = SearchForm(request.tenant, request.GET)
    asking = bool(form.text) and form.is_valid()
    if asking and request.person is None:
        spend(SEARCH, client_address(request))
    problem: Refused | None = None
    try:
        results = _results(request, form) if asking else _NOTHING
    except Refused as refused:
        results, problem = _NOTHING, refused
    context = {
        "form": form,
        "rows": _drawn(request, request.tenant, results),
        "count": len(results.hits),
        "most": MOST,
        "more": results.more,
        "corrections": list(results.corrections.items()),
        "asked": asking and problem is None,
        "problem": problem,
        "shortened": LONGEST if len(form.text) > LONGEST else 0,
    }
    return render(request, "search/search.html", context, status=problem.status if problem else 200)


def _results(request: PortalRequest, form: SearchForm) -> Results:
    return search(request.person, form.text, language=get_language() or "en", narrowed=form.narrowed)


def _drawn(request: PortalRequest, tenant: Tenant, results: Results) -> str:
    rows = rows_of(results.hits, request.person, tenant.pk, get_language() or "en")
    return draw_rows("search/results.html", rows=list(rows))
