"""What administrators are told about their webhooks, of the tenant or of an account; the texts are in
templates/mail/webhooks/."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds import Kind, one_by_one
from notifications.models import Notification
from notifications.topics import Topic
from notifications.webhooks.rules import manages_own_webhooks, manages_webhooks


def _failed(data: Mapping[str, Any]) -> str:
    return _("The webhook “%(name)s” was switched off") % data


def _held(data: Mapping[str, Any]) -> str:
    return _("Support has stopped the webhook “%(name)s”") % data


def _released(data: Mapping[str, Any]) -> str:
    return _("Support allows the webhook “%(name)s” again") % data


def _still_manages(notification: Notification) -> bool:
    return manages_webhooks(notification.recipient, notification.tenant_id, notification.data.get("account"))


WEBHOOKS = Topic(
    code="webhooks",
    label=gettext_lazy("Webhooks"),
    help=gettext_lazy("A webhook failed and was switched off, or support has stopped it."),
    position=80,
    concerns=manages_own_webhooks,
)
KINDS = [
    Kind(
        code=f"webhooks.{name}",
        title=title,
        template=f"webhooks/{name}",
        icon="webhook",
        still_right_many=one_by_one(_still_manages),
        topic=WEBHOOKS,
    )
    for name, title in (("failed", _failed), ("held", _held), ("released", _released))
]
