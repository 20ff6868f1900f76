"""By what contacts choose how they are told of critical solutions, and the two kinds of what they are told.

The texts are in templates/mail/critical/.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from knowledge.critical import rules
from knowledge.critical.models import Notice, Recipient, Registration
from knowledge.critical.telling import REMINDER, SOLUTION, title_in
from notifications.kinds import Kind, register
from notifications.models import Notification
from notifications.topics import Topic

CRITICAL = Topic(
    code="critical",
    label=gettext_lazy("Critical solutions"),
    help=gettext_lazy("A critical problem in a product that you have registered for, and its solution."),
    position=15,
    concerns=rules.registers,
)


def _title(data: Mapping[str, Any]) -> str:
    words = _words(data)
    if data["correction"]:
        return _("Correction of critical solution %(reference)s: %(title)s") % words
    return _("Critical solution %(reference)s: %(title)s") % words


def _reminder_title(data: Mapping[str, Any]) -> str:
    return _("Not yet read: critical solution %(reference)s: %(title)s") % _words(data)


def _words(data: Mapping[str, Any]) -> dict[str, str]:
    title = title_in(data["titles"], get_language(), data["language"])
    return {"reference": data["reference"], "title": title}


def _still_right(notifications: Sequence[Notification]) -> set[uuid.UUID]:
    """Whoever is still registered by mail, while customers still find the solution. Three statements."""
    return _those(notifications, _wanted(notifications))


def _wanted(notifications: Sequence[Notification]) -> set[tuple[int, int]]:
    """Notices with those who still want mail about them."""
    tenant_id = notifications[0].tenant_id
    people = {one.recipient_id for one in notifications}
    notices = Notice.objects.filter(
        tenant_id=tenant_id, pk__in={one.data["notice"] for one in notifications}
    ).select_related("solution")
    found = {notice.pk: set(notice.products) for notice in notices if rules.can_be_told(notice.solution)}
    mailed: dict[int, set[int]] = {}
    registered = Registration.objects.filter(tenant_id=tenant_id, person_id__in=people, by_mail=True)
    for person_id, product_id in registered.values_list("person_id", "product_id"):
        mailed.setdefault(person_id, set()).add(product_id)
    return {
        (notice_id, person_id)
        for notice_id, products in found.items()
        for person_id, own in mailed.items()
        if products & own
    }


def _still_unread(notifications: Sequence[Notification]) -> set[uuid.UUID]:
    unread = Recipient.objects.filter(
        tenant_id=notifications[0].tenant_id,
        notice_id__in={one.data["notice"] for one in notifications},
        person_id__in={one.recipient_id for one in notifications},
        read_at=None,
    )
    return _those(
        notifications, _wanted(notifications).intersection(unread.values_list("notice_id", "person_id"))
    )


def _those(notifications: Sequence[Notification], wanted: set[tuple[int, int]]) -> set[uuid.UUID]:
    return {one.pk for one in notifications if (one.data["notice"], one.recipient_id) in wanted}


def _always(data: Mapping[str, Any]) -> bool:
    return True


def register_kinds() -> None:
    register(
        Kind(
            code=SOLUTION,
            title=_title,
            template="critical/solution",
            icon="shield-alert",
            still_right_many=_still_right,
            topic=CRITICAL,
            urgent=_always,
            in_bulk=True,
        ),
        Kind(
            code=REMINDER,
            title=_reminder_title,
            template="critical/reminder",
            icon="shield-alert",
            still_right_many=_still_unread,
            topic=CRITICAL,
            in_bulk=True,
        ),
    )
