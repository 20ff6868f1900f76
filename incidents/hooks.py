"""What webhooks are told of an incident as it goes on; of its promises, ``alerts.telling`` tells them."""

from datetime import datetime
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incidents.models import Incident
from notifications.webhooks.actions import tell_webhooks
from notifications.webhooks.events import HookEvent

CHANGED = HookEvent(
    "incidents.changed",
    _("An incident was logged or answered, or its state or severity changed"),
    for_accounts=True,
)


class Change(StrEnum):
    """What was done, as receivers read it: the words stay."""

    LOGGED = "logged"
    ANSWERED = "answered"  # support has written, or noted a call
    WRITTEN = "written"  # somebody of the account has
    STATE = "state"
    SEVERITY = "severity"


def tell_changed(incident: Incident, change: Change, *, at: datetime) -> None:
    """To be called when the change is saved: its revision names the event.

    The account's administrators see every incident of theirs; nothing is told that a contact may not read.
    """
    tell_webhooks(
        tenant=incident.tenant,
        account_id=incident.account_id,
        event=CHANGED.code,
        key=f"{incident.pk}:{incident.revision}",
        data={
            "change": change,
            "reference": incident.reference,
            "title": incident.title,
            "state": incident.state,
            "severity": incident.severity,
            "url": reverse("incidents:incident", args=[incident.reference]),
            "at": at.isoformat(),
        },
        at=at,
    )
