"""Who changed what, when: one append-only table for every kind of object."""

from datetime import datetime
from typing import Any, ClassVar, Protocol

from django.db.models import QuerySet
from django.utils import timezone

from portal.core.models import HistoryEntry


class Subject(Protocol):
    pk: Any
    _meta: ClassVar[Any]

    @property
    def tenant_id(self) -> int: ...


class Actor(Protocol):
    pk: Any

    @property
    def name(self) -> str: ...


def entry(
    subject: Subject,
    verb: str,
    actor: Actor | None,
    *,
    internal: bool = False,
    at: datetime | None = None,
    **data: Any,
) -> HistoryEntry:
    """An unsaved entry, for actions that write many at once."""
    account_id = subject.pk if subject._meta.model_name == "account" else getattr(subject, "account_id", None)
    return HistoryEntry(
        tenant_id=subject.tenant_id,
        account_id=account_id,
        subject_type=subject._meta.model_name,
        subject_id=subject.pk,
        verb=verb,
        actor_id=actor.pk if actor else None,
        actor_name=actor.name if actor else "",
        internal=internal,
        data=data,
        at=at or timezone.now(),
    )


def record(
    subject: Subject,
    verb: str,
    actor: Actor | None,
    *,
    internal: bool = False,
    at: datetime | None = None,
    **data: Any,
) -> HistoryEntry:
    """Store that ``actor`` did ``verb`` to ``subject``; call it in the action's transaction.

    :param at: when the action happened, where that is not now.
    """
    written = entry(subject, verb, actor, internal=internal, at=at, **data)
    written.save(force_insert=True)
    return written


def history_of(subject: Subject) -> QuerySet[HistoryEntry]:
    """The entries of one object that the current scope may see, oldest first."""
    return HistoryEntry.objects.filter(
        tenant_id=subject.tenant_id, subject_type=subject._meta.model_name, subject_id=subject.pk
    ).order_by("id")
