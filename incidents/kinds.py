"""What people are told about incidents: titles here, texts under templates/mail/incidents/."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from incidents.models import Incident
from notifications.kinds import Kind, register
from notifications.models import Notification

Data = Mapping[str, Any]


def sees_incident(notification: Notification) -> bool:
    """Sight can have been lost since: a contact may have stopped following, or changed roles."""
    person = notification.recipient
    return Incident.objects.visible_to(person).filter(reference=notification.data.get("reference")).exists()


def is_staff_still(notification: Notification) -> bool:
    """For what only staff may read."""
    return notification.recipient.is_staff_member and sees_incident(notification)


def _logged(data: Data) -> str:
    return _("%(reference)s is logged: %(title)s") % data


def _critical(data: Data) -> str:
    return _("Critical: %(reference)s, %(title)s") % data


def _coverage_check(data: Data) -> str:
    return _("%(reference)s waits for a check of its coverage: %(title)s") % data


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
    still_right: Callable[[Notification], bool] = sees_incident,
) -> Kind:
    return Kind(
        code=f"incidents.{name}",
        title=title,
        template=f"incidents/{name}",
        icon=icon,
        still_right=still_right,
    )


def register_kinds() -> None:
    register(
        _kind("logged", "inbox", _logged),
        _kind("critical", "siren", _critical, is_staff_still),
        _kind("coverage_check", "shield-question-mark", _coverage_check, is_staff_still),
        _kind("reply", "message-square", _reply),
        _kind("mention", "at-sign", _mention, is_staff_still),
        _kind("assigned", "user-check", _assigned, is_staff_still),
        _kind("severity", "arrow-up-down", _severity),
        _kind("severity_contested", "message-circle-warning", _severity_contested, is_staff_still),
        _kind("resolved", "circle-check", _resolved),
        _kind("reopened", "rotate-ccw", _reopened),
        _kind("covered", "shield-check", _covered),
    )
