"""What a contact sees of their account's holdings."""

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from entitlements import overview
from entitlements.queries import csm_of, holdings_for, installations_of
from entitlements.responses import response_tables
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
        "higher": list(overview.higher_plans(holdings, request.tenant, now)),
        "installations": installations_of(request.person, account),
        "csm": csm_of(account),
    }
    return render(request, "entitlements/my_plan.html", context)


def home_panel(request: HttpRequest, subject: Any) -> dict[str, Any]:
    """For a contact's home: the contracts that count now, or that there is none."""
    contracts = overview.contracts_of(holdings_for(cast(PersonRequest, request).person), timezone.now())
    return {"contracts": [contract for contract in contracts if contract.in_force]}
