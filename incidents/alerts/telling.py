"""What a batch of alerts tells: people, and whatever listens outside of the portal."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incidents.alerts.audiences import People
from incidents.alerts.raising import Raised
from incidents.clocks.counting import BREACH
from notifications.events import Event
from notifications.webhooks.events import HookEvent, Occurrence

ALERT = HookEvent("incidents.alert", _("A promised time is at risk or was missed"))
"""What webhooks can ask for: each alert, with the percent that was reached; 100 is the breach."""


def events_of(raised: Iterable[Raised], people: People) -> list[Event]:
    """The notifications of a batch: one for the staff of each alert, one for the customer at a breach."""
    events = []
    for one in raised:
        staff = people.staff_for(one.incident, one.audiences)
        if staff:
            events.append(_event(one, _kind_for_staff(one.percent), str(one.percent), staff))
        if one.tells_customer:
            contacts = people.contacts_of(one.incident)
            events.append(_event(one, "incidents.missed", "missed", contacts))
    return events


def hook_events(raised: Iterable[Raised]) -> list[Occurrence]:
    """What webhooks of the tenant are told of a batch."""
    return [
        Occurrence(
            event=ALERT.code,
            key=_key(one, str(one.percent)),
            data={**_data(one), "url": _url(one)},
            at=one.now,
        )
        for one in raised
    ]


def _kind_for_staff(percent: int) -> str:
    if percent < BREACH:
        return "incidents.due"
    return "incidents.breached" if percent == BREACH else "incidents.late"


def _event(one: Raised, kind: str, name: str, recipients: Any) -> Event:
    return Event(
        kind=kind,
        key=_key(one, name),
        recipients=recipients,
        url=_url(one),
        data=_data(one),
        at=one.now,
    )


def _key(one: Raised, name: str) -> str:
    return f"{one.incident.pk}:clock:{one.clock.pk}:{name}"


def _url(one: Raised) -> str:
    return reverse("incidents:incident", args=[one.incident.reference])


def _data(one: Raised) -> dict[str, Any]:
    clock, incident = one.clock, one.incident
    return {
        "reference": incident.reference,
        "title": incident.title,
        "severity": incident.severity,
        "clock": clock.pk,
        "promise": clock.kind,
        "round": clock.round,
        "percent": one.percent,
        "due_at": clock.due_at.isoformat(),
        "commitment_at": clock.commitment_at.isoformat() if clock.commitment_at else None,
        "late": one.late,
    }
