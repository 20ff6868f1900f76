"""Administrators see what an edition means for contracts that run, before it takes effect."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from entitlements.enums import Part
from entitlements.outlook import Outlook, groups_of, outlook_of, row_of, sheet_head, sheet_rows
from plans.access import edition_for
from plans.difference_words import names_of
from plans.models import Edition
from plans.views.shell import edition_context
from portal.core import sheets
from portal.identity.enums import Role
from portal.identity.guards import role_required
from portal.identity.requests import PersonRequest

HERE = "entitlements:fortunes"


@require_GET
@role_required(Role.ADMIN)
def fortunes(request: PersonRequest, number: int) -> HttpResponse:
    """Those that fare alike together; nothing for an edition that has taken effect."""
    edition = edition_for(request.person, number)
    outlook, names = outlook_of(edition, timezone.now()), names_of(request.tenant, request.LANGUAGE_CODE)
    context = {**edition_context(edition, HERE), "outlook": outlook}
    if outlook is not None:
        tally = outlook.running.tally()
        context |= {
            "groups": groups_of(outlook, tally, names),
            "totals": [(part, tally.get((None, part))) for part in Part],
        }
    return render(request, "entitlements/fortunes.html", context)


@require_GET
@role_required(Role.ADMIN)
def fortune(request: PersonRequest, number: int, plan: str, editions: str) -> HttpResponse:
    """The contracts that fare alike."""
    edition = edition_for(request.person, number)
    outlook = _outlook(edition).only(plan, editions)
    if outlook is None:
        raise Http404
    names = names_of(request.tenant, request.LANGUAGE_CODE)
    page, held = outlook.running.page(request.GET.get("after", ""))
    context = {
        **edition_context(edition, HERE),
        "groups": groups_of(outlook, outlook.running.tally(), names),
        "rows": [row_of(one, held[one.pk], names) for one in page.rows if one.pk in held],
        "next": page.next,
    }
    return render(request, "entitlements/fortune.html", context)


@require_GET
@role_required(Role.ADMIN)
def fortunes_csv(request: PersonRequest, number: int) -> HttpResponse:
    outlook = _outlook(edition_for(request.person, number))
    rows = sheet_rows(outlook, names_of(request.tenant, request.LANGUAGE_CODE), most=sheets.LARGEST + 1)
    cut = _("Cut after %(rows)s rows: the lists on the page have them all.")
    return sheets.sheet(f"edition-{number}-contracts", sheet_head(), rows, cut=cut)


def _outlook(edition: Edition) -> Outlook:
    found = outlook_of(edition, timezone.now())
    if found is None:
        raise Http404
    return found
