"""What webhooks can be called for. An upper app registers its events in ``AppConfig.ready``.

    register(HookEvent("incidents.alert", _("An incident’s target is at risk or missed")))

and tells of one that happened by ``notifications.webhooks.actions.tell_webhooks``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class HookEvent:
    """``code`` is the ``type`` that receivers see; it stays. ``label`` is what an administrator chooses."""

    code: str
    label: str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One event that happened. ``key`` names it within its kind of event; ``data`` is sent as JSON."""

    event: str
    key: str
    data: Mapping[str, Any]
    at: datetime = field(default_factory=timezone.now)


TEST = HookEvent("portal.test", _("Test call"))
"""Sent when an administrator asks for it; nobody chooses it."""

_events: dict[str, HookEvent] = {}


def register(*events: HookEvent) -> None:
    """Add events; the same code again replaces the earlier one."""
    for event in events:
        _events[event.code] = event


def event_of(code: str) -> HookEvent:
    """:raises LookupError: when no app of this process has registered the code."""
    return _events[code]


def events_to_choose() -> list[HookEvent]:
    """In the order in which they were registered."""
    return list(_events.values())


def label_of(code: str) -> str | Promise:
    """The code itself while an older process shows what a newer one has stored."""
    event = TEST if code == TEST.code else _events.get(code)
    return event.label if event else code
