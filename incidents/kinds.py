"""What people are told about incidents: titles here, texts under templates/mail/incidents/."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Value
from django.utils.translation import gettext as _

from incidents.models import Incident
from incidents.topics import ASSIGNED, FOLLOWED, TEAM, is_critical
from notifications.kinds import Kind, StillRight, register
from notifications.models import Notification
from notifications.topics import Topic
from portal.identity.models import Membership

Data = Mapping[str, Any]


def seen_by_recipient(notifications: Sequence[Notification]) -> set[uuid.UUID]:
    """Sight can have been lost since: a contact may have stopped following, or changed roles."""
    asked: dict[Membership, set[str]] = defaultdict(set)
    for notification in notifications:
        asked[notification.recipient].add(notification.data.get("reference", ""))
    if not asked:
        return set()
    # One statement for any number of people, by the same rule as the pages.
    first, *others = (
        Incident.objects.visible_to(person)
        .filter(reference__in=references)
        .values_list(Value(person.pk), "reference")
        for person, references in asked.items()
    )
    seen = set(first.union(*others, all=True))
    return {one.pk for one in notifications if (one.recipient_id, one.data.get("reference", "")) in seen}


def seen_by_staff(notifications: Sequence[Notification]) -> set[uuid.UUID]:
    """For what only staff may read."""
    return seen_by_recipient([one for one in notifications if one.recipient.is_staff_member])


def _logged(data: Data) -> str:
    return _("%(reference)s is logged: %(title)s") % data


def _critical(data: Data) -> str:
    return _("Critical: %(reference)s, %(title)s") % data


def _coverage_check(data: Data) -> str:
    return _("%(reference)s waits for a check of its coverage: %(title)s") % data


def _plan(data: Data) -> str:
    return _("%(by)s asks about a plan in %(reference)s: %(title)s") % data


def _reply(data: Data) -> str:
    return _("%(by)s replied to %(reference)s: %(title)s") % data


def _mention(data: Data) -> str:
    return _("%(by)s mentioned you in %(reference)s: %(title)s") % data


def _assigned(data: Data) -> str:
    return _("%(by)s gave you %(reference)s: %(title)s") % data


def _severity(data: Data) -> str:
    return _("%(reference)s now has severity %(after)s: %(title)s") % data


def _severity_contested(data: Data) -> str:
    return _("%(by)s contests the severity of %(reference)s: %(title)s") % data


def _resolved(data: Data) -> str:
    return _("%(reference)s is resolved: %(title)s") % data


def _reopened(data: Data) -> str:
    return _("%(reference)s is open again: %(title)s") % data


def _covered(data: Data) -> str:
    return _("%(reference)s is under cover now: %(title)s") % data


def _kind(
    name: str,
    icon: str,
    title: Callable[[Data], str],
    still_right_many: StillRight = seen_by_recipient,
    topic: Topic = FOLLOWED,
) -> Kind:
    return Kind(
        code=f"incidents.{name}",
        title=title,
        template=f"incidents/{name}",
        icon=icon,
        still_right_many=still_right_many,
        topic=topic,
        urgent=is_critical,
    )


def register_kinds() -> None:
    register(
        _kind("logged", "inbox", _logged),
        _kind("critical", "siren", _critical, seen_by_staff, TEAM),
        _kind("coverage_check", "shield-question-mark", _coverage_check, seen_by_staff, TEAM),
        _kind("plan", "layers", _plan, seen_by_staff, ASSIGNED),
        _kind("reply", "message-square", _reply),
        _kind("mention", "at-sign", _mention, seen_by_staff, ASSIGNED),
        _kind("assigned", "user-check", _assigned, seen_by_staff, ASSIGNED),
        _kind("severity", "arrow-up-down", _severity),
        _kind("severity_contested", "message-circle-warning", _severity_contested, seen_by_staff, TEAM),
        _kind("resolved", "circle-check", _resolved),
        _kind("reopened", "rotate-ccw", _reopened),
        _kind("covered", "shield-check", _covered),
    )
