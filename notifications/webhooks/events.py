"""What webhooks can be called for. An upper app registers its events in ``AppConfig.ready``.

    register(HookEvent("incidents.alert", _("An incident’s target is at risk or missed")))

and tells of one that happened by ``notifications.webhooks.actions.tell_webhooks``. What accounts
may choose as well is registered with ``for_accounts=True``.
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
    """``code`` is the ``type`` that receivers see; it stays. ``label`` is what an administrator chooses.

    ``for_accounts``: an account may choose it as well. Then its data may hold only what that account's
    administrators may see.
    """

    code: str
    label: str | Promise
    for_accounts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One event that happened. ``key`` names it within its kind of event; ``data`` is sent as JSON.

    ``account_id``: the account whose event it is. Its own webhooks are called too, where the event is for
    accounts; those of another never are.
    """

    event: str
    key: str
    data: Mapping[str, Any]
    account_id: int | None = None
    at: datetime = field(default_factory=timezone.now)

    @property
    def told_account_id(self) -> int | None:
        """:raises LookupError: the event is not registered."""
        return self.account_id if event_of(self.event).for_accounts else None


TEST = HookEvent("portal.test", _("Test call"), for_accounts=True)
"""Sent when an administrator asks for it; nobody chooses it."""

_events: dict[str, HookEvent] = {}


def register(*events: HookEvent) -> None:
    """Add events; the same code again replaces the earlier one."""
    for event in events:
        _events[event.code] = event


def event_of(code: str) -> HookEvent:
    """:raises LookupError: when no app of this process has registered the code."""
    return _events[code]


def events_to_choose(account_id: int | None) -> list[HookEvent]:
    """What the tenant may choose, or the account, in the order in which they were registered."""
    return [event for event in _events.values() if account_id is None or event.for_accounts]


def may_be_told(code: str, account_id: int | None) -> bool:
    """Whether an event may reach a webhook of the tenant, or of the account.

    Asked again when a call leaves. What only a newer process has registered was judged by that one.
    """
    event = _find(code)
    return account_id is None or event is None or event.for_accounts


def label_of(code: str) -> str | Promise:
    """The code itself while an older process shows what a newer one has stored."""
    event = _find(code)
    return event.label if event else code


def _find(code: str) -> HookEvent | None:
    return TEST if code == TEST.code else _events.get(code)
