"""Telling people something, and that they have read it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from notifications import outbox
from notifications.enums import Channel
from notifications.events import NEWS, Event
from notifications.kinds import kind_of
from notifications.models import Notification
from notifications.queries import unread_of
from portal.core.prepared import Call, run_together
from portal.core.waking import wake_after_commit
from portal.identity.models import Membership, Tenant


def notify(
    *,
    tenant: Tenant,
    kind: str,
    key: str,
    recipients: Iterable[Membership],
    url: str,
    data: Mapping[str, Any],
    actor: Membership | None = None,
    mail: bool = True,
    at: datetime | None = None,
) -> int:
    """Tell people of one event: :func:`notify_many` with its parts.

    ``actor``, who did it, is not told, in none of their roles. ``at`` is when the event happened,
    where that is not now.
    """
    event = Event(
        kind=kind,
        key=key,
        recipients=[person for person in recipients if actor is None or person.user_id != actor.user_id],
        url=url,
        data=data,
        at=at or timezone.now(),
    )
    return notify_many(tenant=tenant, events=[event], mail=mail)


def notify_many(*, tenant: Tenant, events: Iterable[Event], mail: bool = True) -> int:
    """Tell people of events, each person once of each: an event that was told before changes nothing.

    To be called in the transaction of the events. Costs one statement for any number of events and
    people. People who were removed are not told.

    :returns: how many notifications were not there before.
    :raises LookupError: a kind is not registered; nothing is stored.
    """
    calls = telling(tenant=tenant, events=events, mail=mail)
    if not calls:
        return 0
    with connection.cursor() as cursor:
        run_together(cursor, calls)
        stored: int = cursor.rowcount
    return stored


def telling(*, tenant: Tenant, events: Iterable[Event], mail: bool = True) -> list[Call]:
    """What :func:`notify_many` does, for who has more to write in the same round trip."""
    events = [event for event in events if any(person.removed_at is None for person in event.recipients)]
    if not events:
        return []
    for kind in {event.kind for event in events}:
        kind_of(kind)
    history = timezone.now() - NEWS
    if mail and any(event.at > history for event in events):
        wake_after_commit("notifications.tasks.deliver_due")
    return [outbox.storing(tenant, events, history=history, channels=[Channel.MAIL] if mail else [])]


def mark_read(*, person: Membership, notification: Notification) -> None:
    """Note when the person first opened it."""
    if notification.read_at is None:
        notification.read_at = timezone.now()
        unread_of(person).filter(pk=notification.pk).update(read_at=notification.read_at)


def mark_all_read(*, person: Membership, until: datetime) -> int:
    """Mark what was told until then, the newest that the person has seen in the list.

    :returns: how many were unread.
    """
    return unread_of(person).filter(created_at__lte=until).update(read_at=timezone.now())
