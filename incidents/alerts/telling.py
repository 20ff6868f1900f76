"""What a batch of alerts tells: people, and whatever listens outside of the portal."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse

from incidents.alerts.audiences import People
from incidents.alerts.raising import Raised
from incidents.clocks.counting import BREACH
from notifications.events import Event

HOOK_EVENT = "incidents.alert"


class HookEvent(NamedTuple):
    """An alert as plain values, for a receiver outside; ``key`` names it for good."""

    event: str
    key: str
    data: Mapping[str, Any]
    at: datetime


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


def hook_events(raised: Iterable[Raised]) -> list[HookEvent]:
    """What webhooks of the tenant are told of a batch."""
    return [
        HookEvent(HOOK_EVENT, _key(one, str(one.percent)), {**_data(one), "url": _url(one)}, one.now)
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
