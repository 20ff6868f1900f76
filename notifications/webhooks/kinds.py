"""What administrators are told about webhooks; the text is templates/mail/webhooks/failed.txt."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds import Kind, one_by_one
from notifications.models import Notification
from notifications.topics import Topic
from portal.identity.rules import may_run_portal


def _failed(data: Mapping[str, Any]) -> str:
    return _("The webhook “%(name)s” was switched off") % data


def _is_still_admin(notification: Notification) -> bool:
    return may_run_portal(notification.recipient)


WEBHOOKS = Topic(
    code="webhooks",
    label=gettext_lazy("Webhooks"),
    help=gettext_lazy("A webhook failed and was switched off."),
    position=80,
    concerns=may_run_portal,
)
FAILED = Kind(
    code="webhooks.failed",
    title=_failed,
    template="webhooks/failed",
    icon="webhook",
    still_right_many=one_by_one(_is_still_admin),
    topic=WEBHOOKS,
)
