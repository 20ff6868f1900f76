"""Downloads: the button, the link that it leads to, and the log."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from knowledge.releases import actions, log
from knowledge.releases.access import download_for, file_for
from knowledge.releases.links import LinkExpired, link_to, read_link
from knowledge.releases.sending import send
from knowledge.releases.streams import goes_on
from portal.core import sheets
from portal.core.errors import Refused
from portal.core.numbers import number_in
from portal.identity.guards import person_required
from portal.identity.queries import accounts_of
from portal.identity.requests import PersonRequest


@require_POST
@person_required
def ask(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The button: the right is looked at, and leads to a link that is good for minutes."""
    download = actions.ask_for(person=request.person, file=file_for(request.person, pk))
    return redirect("releases:link", link_to(download))


@require_GET
@person_required
def link(request: PersonRequest, token: str) -> HttpResponseBase:
    """The content, to the person whom the link was made for, if they may still have it."""
    pk, may_begin = read_link(token)
    download = download_for(request.person, pk)
    if not may_begin and not (download.started_at and goes_on(download.file, request.headers)):
        raise LinkExpired
    return send(person=request.person, download=download, headers=request.headers)


@require_GET
@person_required
def log_page(request: PersonRequest) -> HttpResponse:
    """Who downloaded what: of the contact's account, or for staff of everybody."""
    asked, after = _asked(request), request.GET.get("after", "")
    try:
        page = log.page_of(request.person, asked, after)
    except Refused:
        return redirect("releases:log")
    kept = {name: request.GET[name] for name in ("account", "release") if request.GET.get(name)}
    context = {
        "lines": page.rows,
        "asked": asked,
        "accounts": accounts_of(request.person).order_by("name"),
        "latest": f"?{urlencode(kept)}" if after else "",
        "older": f"?{urlencode({**kept, 'after': page.next})}" if page.next else "",
        "query": urlencode(kept),
    }
    return render(request, "releases/log.html", context)


@require_GET
@person_required
def log_csv(request: PersonRequest) -> HttpResponse:
    """Times are in the reader's zone."""
    head = [
        *(_("Started"), _("Complete"), _("Person"), _("Customer"), _("Release"), _("File")),
        *(_("Size in bytes"), _("Bytes sent"), "SHA-256"),
    ]
    rows = (
        [
            *(sheets.instant(line.at), sheets.instant(line.finished_at), line.person, line.account),
            *(line.reference, line.file, line.size, line.bytes_sent, line.sha256),
        ]
        for line in log.every_line(request.person, _asked(request))
    )
    return sheets.sheet(_("downloads"), head, rows)


def _asked(request: PersonRequest) -> log.Asked:
    number = request.GET.get("release", "").upper().removeprefix("R-")
    return log.Asked(
        account_key=request.GET.get("account", "") if request.person.is_staff_member else "",
        number=number_in(number),
    )
