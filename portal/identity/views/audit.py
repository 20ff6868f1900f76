"""The audit: everything that was done in the portal, for its administrators."""

from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.core import sheets
from portal.core.audit import as_json, sentence_of
from portal.core.errors import Refused
from portal.core.models import HistoryEntry
from portal.identity.audit import LOOKED_AT, accounts_of, every_entry, kind_name, lines_of, page_of
from portal.identity.enums import Role
from portal.identity.forms_audit import AuditForm, name_of
from portal.identity.guards import role_required
from portal.identity.models import Membership
from portal.identity.requests import PersonRequest


@require_GET
@role_required(Role.ADMIN)
def audit(request: PersonRequest) -> HttpResponse:
    form, after = AuditForm(request.person, request.GET), request.GET.get("after", "")
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        try:
            page = page_of(request.person, form.asked, after)
        except Refused:
            return redirect(f"{reverse('identity:audit')}?{form.address()}")
        context |= {
            "lines": lines_of(request.person, page.entries),
            "asked": form.address(),
            "looked_on": page.looked_on,
            "looked_at": number_format(LOOKED_AT, force_grouping=True),
            "newest_url": f"?{form.address()}" if after else "",
            "older_url": f"?{form.address(after=page.next)}" if page.next else "",
            "csv_url": f"{reverse('identity:audit_csv')}?{form.address()}",
        }
    return render(request, "identity/audit.html", context)


@require_GET
@role_required(Role.ADMIN)
def audit_csv(request: PersonRequest) -> HttpResponse:
    """What the filters show. Times are in the reader's zone."""
    form = AuditForm(request.person, request.GET)
    if not form.is_valid():
        return redirect(f"{reverse('identity:audit')}?{form.address()}")
    asked = form.asked
    head = [
        *(_("Time"), _("Person"), _("Customer"), _("Kind"), _("Number"), _("Event")),
        *(_("What happened"), _("Recorded data")),
    ]
    lots, older = every_entry(request.person, asked, most=sheets.LARGEST)
    rows = _rows(request.person, lots)
    cut = _("The newest %(rows)s entries were looked at. Choose a shorter period for older ones.")
    return sheets.sheet(name_of(asked), head, rows, cut=cut, more=older)


def _rows(person: Membership, lots: Iterable[Sequence[HistoryEntry]]) -> Iterator[Sequence[object]]:
    for lot in lots:
        accounts = accounts_of(person, lot)
        for entry in lot:
            account = accounts.get(entry.account_id or 0)
            yield [
                *(sheets.instant(entry.at), entry.actor_name, account.url if account else ""),
                *(kind_name(entry), entry.subject_id, entry.verb, sentence_of(entry), as_json(entry)),
            ]
