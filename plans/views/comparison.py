from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from plans.comparison import compare_plans
from portal.identity.guards import public
from portal.identity.requests import PortalRequest


@require_GET
@public
def comparison(request: PortalRequest) -> HttpResponse:
    """The brochure: what each plan has, for whoever wants to know."""
    if request.tenant is None:
        raise Http404
    compared = compare_plans(request.tenant, request.LANGUAGE_CODE, timezone.now())
    return render(request, "plans/comparison.html", {"compared": compared})
