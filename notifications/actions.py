"""Telling people something, and what they do with it."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from notifications import outbox
from notifications.enums import Channel
from notifications.kinds import kind_of
from notifications.models import Notification
from notifications.outbox import Event
from notifications.queries import unread_of
from portal.identity.models import Membership, Tenant

log = logging.getLogger(__name__)

NEWS = timedelta(days=1)
"""What happened longer ago is history: whoever is told of it only now finds it read, and gets no mail."""


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
    """Tell people of one event, once each: ``key`` names the event within its kind.

    To be called in the transaction of the event. Costs two statements for any number of people.
    ``actor``, who did it, is not told, in none of their roles. ``url`` is a path in the tenant's
    portal; ``data`` holds what the kind's title and mail need, as JSON. ``at`` is when the event
    happened, where that is not now; see :data:`NEWS`.

    :returns: how many people had not been told before.
    :raises LookupError: the kind is not registered.
    """
    people = {
        person.pk: person.user_id
        for person in recipients
        if person.removed_at is None and (actor is None or person.user_id != actor.user_id)
    }
    if not people:
        return 0
    now = timezone.now()
    at = at or now
    is_news = at > now - NEWS
    event = Event(
        tenant_id=tenant.pk,
        kind=kind_of(kind).code,
        key=key,
        url=url,
        data=data,
        at=at,
        people=people,
        read_at=None if is_news else at,
    )
    told = outbox.store(event)
    if mail and is_news:
        outbox.queue(event, Channel.MAIL)
        _wake_after_commit()
    return told


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


def _wake_after_commit() -> None:
    """Once for each transaction, however many people are told in it."""
    if not any(_wake in entry for entry in connection.run_on_commit):
        transaction.on_commit(_wake)


def _wake() -> None:
    """Ask a worker to deliver now. Without a broker the periodic sweep finds what is due."""
    try:
        current_app.send_task("notifications.tasks.deliver_due", retry=False, expires=60, ignore_result=True)
    except (OperationalError, OSError) as error:
        log.warning("No worker was woken, the sweep will deliver: %s", type(error).__name__)
