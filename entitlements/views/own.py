"""What a contact sees of their account's holdings."""

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from entitlements import overview
from entitlements.grants import grants_of
from entitlements.queries import csm_of, holdings_for, installations_of
from entitlements.responses import response_tables
from plans.comparison import compare_plans
from portal.core.ui import panels
from portal.identity.guards import person_required
from portal.identity.requests import PersonRequest


@require_GET
@person_required
def my_plan(request: PersonRequest) -> HttpResponse:
    account = request.person.account
    if account is None:
        raise Http404
    holdings, now = holdings_for(request.person), timezone.now()
    context = {
        "contracts": overview.contracts_of(holdings, now),
        "groups": list(overview.feature_groups(holdings, request.tenant, now)),
        "responses": response_tables(holdings, request.tenant, now),
        "grants": grants_of(holdings, now),
        "higher": list(overview.higher_plans(holdings, request.tenant, now)),
        "installations": installations_of(request.person, account),
        "csm": csm_of(account),
        "panels": panels.drawn(request, panels.Place.OWN_PLAN, account),
    }
    return render(request, "entitlements/my_plan.html", context)


@require_GET
@person_required
def compare(request: PersonRequest) -> HttpResponse:
    """The account's plan as it is enjoyed today, beside the plans as they are sold today."""
    account = request.person.account
    if account is None:
        raise Http404
    now = timezone.now()
    own = overview.held_today(holdings_for(request.person), now)
    context = {
        "compared": compare_plans(request.tenant, request.LANGUAGE_CODE, now, own=own),
        "own": own,
        "panels": panels.drawn(request, panels.Place.OWN_PLAN, account),
    }
    return render(request, "plans/comparison.html", context)


def home_panel(request: HttpRequest, subject: Any) -> dict[str, Any]:
    """For a contact's home: the contracts that count now, or that there is none."""
    contracts = overview.contracts_of(holdings_for(cast(PersonRequest, request).person), timezone.now())
    return {"contracts": [contract for contract in contracts if contract.in_force]}
