import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from notifications.access import notification_for
from notifications.actions import mark_all_read, mark_read
from notifications.kinds import find_kind
from notifications.letters import title_of
from notifications.models import Notification
from notifications.queries import NEWEST_FIRST, notifications_of, unread_of
from portal.core.errors import Refused
from portal.core.ui.formatting import formats
from portal.identity.guards import person_required, public
from portal.identity.requests import PersonRequest, PortalRequest

PAGE_SIZE = 50
SHOWN_AT_MOST = 99


@dataclass(frozen=True, slots=True)
class _Row:
    id: uuid.UUID
    icon: str
    title: str
    at: SafeString
    unread: bool


@require_GET
@person_required
def notifications(request: PersonRequest) -> HttpResponse:
    cursor = request.GET.get("after", "")
    try:
        page = NEWEST_FIRST.page(notifications_of(request.person), cursor, PAGE_SIZE)
    except Refused:
        raise Http404 from None
    rows = list(_rows(page.rows))
    context = {
        "rows": rows,
        "any_unread": any(row.unread for row in rows),
        "newest": page.rows[0].created_at.isoformat() if page.rows else "",
        "first_page": not cursor,
        "older": f"?after={page.next}" if page.next else "",
    }
    return render(request, "notifications/list.html", context)


@require_GET
@person_required
def open_notification(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """The address in mails and lists: notes that it was read, and leads on."""
    notification = notification_for(request.person, pk)
    mark_read(person=request.person, notification=notification)
    return redirect(notification.url)


@require_POST
@person_required
def read_all(request: PersonRequest) -> HttpResponse:
    try:
        shown = datetime.fromisoformat(request.POST.get("newest", ""))
    except ValueError:
        shown = timezone.now()
    mark_all_read(person=request.person, until=shown)
    return redirect("notifications:list")


@require_GET
@public
def unread(request: PortalRequest) -> HttpResponse:
    """The number on the bell, asked by every page; silent where the session has ended meanwhile."""
    if request.person is None:
        return HttpResponse(status=204)
    count = unread_of(request.person)[: SHOWN_AT_MOST + 1].count()
    context = {"count": count, "shown": f"{SHOWN_AT_MOST}+" if count > SHOWN_AT_MOST else count}
    return render(request, "notifications/unread.html", context)


def _rows(notifications: Sequence[Notification]) -> Iterator[_Row]:
    form, now = formats(), timezone.now()
    for told in notifications:
        if kind := find_kind(told.kind):
            yield _Row(
                id=told.pk,
                icon=kind.icon,
                title=title_of(kind, told.data),
                at=form.element(told.created_at, now),
                unread=told.read_at is None,
            )
