"""What an account held when, and what it had on a day: for staff, and for its own people."""

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from entitlements import overview
from entitlements.forms_lifetimes import DayForm
from entitlements.holdings import load_holdings
from entitlements.timeline import ONE_DAY, timeline_of
from entitlements.values import day_begins
from plans.editions import NoEdition
from portal.identity.access import account_for
from portal.identity.guards import person_required, staff_required
from portal.identity.models import Account
from portal.identity.requests import PersonRequest


@require_GET
@staff_required
def timeline(request: PersonRequest, key: str) -> HttpResponse:
    account = account_for(request.person, key)
    return render(request, "entitlements/timeline.html", _context(request, account))


@require_GET
@person_required
def my_timeline(request: PersonRequest) -> HttpResponse:
    account = request.person.account
    if account is None:
        raise Http404
    return render(request, "entitlements/my_timeline.html", _context(request, account))


def _context(request: PersonRequest, account: Account) -> dict[str, Any]:
    form = DayForm(request.GET if "on" in request.GET else None)
    holdings, now = load_holdings(account), timezone.now()
    today = timezone.localdate(timezone=holdings.zone)
    found = timeline_of(holdings, today)
    context = {"account": account, "timeline": found, "form": form, "today": today}
    if form.is_valid():
        day: date = form.cleaned_data["on"]
        at = now if day == today else day_begins(day + ONE_DAY, holdings.zone) - datetime.resolution
        context |= {"on": day, "held": found.on(day), **_had(request, account, at, day)}
    return context


def _had(request: PersonRequest, account: Account, at: datetime, day: date) -> dict[str, Any]:
    """As the last instant of the day decides it (today, this one), by the edition in force then."""
    try:
        then = load_holdings(account, at=at, used_until=day)
    except NoEdition:
        return {"verdicts": None}
    return {"verdicts": overview.verdicts(then, request.tenant, at), "edition": then.current.number}
