"""What a customer holds, for staff."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from entitlements import overview, rules
from entitlements.grants import grants_of
from entitlements.holdings import load_holdings
from entitlements.queries import installations_of, uses_of
from entitlements.responses import response_tables
from plans.queries import feature_name
from portal.identity.access import account_for
from portal.identity.guards import staff_required
from portal.identity.models import Account
from portal.identity.requests import PersonRequest


@require_GET
@staff_required
def contracts(request: PersonRequest, key: str) -> HttpResponse:
    account = account_for(request.person, key)
    holdings, now = load_holdings(account), timezone.now()
    context = {
        "account": account,
        "contracts": overview.contracts_of(holdings, now),
        "responses": response_tables(holdings, request.tenant, now),
        "installations": installations_of(request.person, account),
        "uses": [
            (use, feature_name(request.tenant.pk, use.feature.code, request.LANGUAGE_CODE))
            for use in uses_of(request.person, account)
        ],
        "grants": grants_of(holdings, now),
        "today": timezone.localdate(timezone=holdings.zone),
        "may_manage": rules.may_manage_holdings(request.person),
        "may_note": rules.may_note_uses(request.person),
        "may_grant": rules.may_grant(request.person),
    }
    return render(request, "entitlements/contracts.html", context)


@require_GET
@staff_required
def decisions(request: PersonRequest, key: str) -> HttpResponse:
    """Every feature for every product: yes or no, and why."""
    account = account_for(request.person, key)
    context = {
        "account": account,
        "verdicts": overview.verdicts(load_holdings(account), request.tenant, timezone.now()),
    }
    return render(request, "entitlements/decisions.html", context)


def account_panel(request: HttpRequest, account: Account) -> dict[str, Any]:
    """On a customer's page: the contracts that count now or will."""
    found = overview.contracts_of(load_holdings(account), timezone.now())
    return {
        "account": account,
        "contracts": found[:4],
        "more": len(found) > 4,
        "may_manage": rules.may_manage_holdings(cast(PersonRequest, request).person),
    }
