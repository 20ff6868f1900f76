"""What an incident's page reads: its latest messages with their files, and its history."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from incidents.models import Attachment, Incident, Message
from portal.core.models import HistoryEntry
from portal.core.prepared import IsOneOf, Prepared
from portal.identity.models import Membership

MESSAGES = 30
CHANGES = 40
_FROM_THE_LATEST = 2**63 - 1


class Said(NamedTuple):
    """One message; the fields are the columns that are read for it."""

    id: int
    by_staff: bool
    internal: bool
    channel: str
    body: str
    created_at: datetime
    author_id: int


class File(NamedTuple):
    """One attachment; ``message_id`` is None for those of the description."""

    id: UUID
    name: str
    size: int
    message_id: int | None


class Changed(NamedTuple):
    """One entry of the history."""

    id: int
    verb: str
    actor_name: str
    data: Mapping[str, Any]
    at: datetime


class Thread(NamedTuple):
    """Part of a conversation, oldest first; ``earlier`` says before which message there are more."""

    messages: Sequence[Said]
    earlier: int | None


def thread_of(person: Membership, incident: Incident, *, before: int | None = None) -> Thread:
    """The latest messages that the person may read, or the latest of those before one of them."""
    rows = _MESSAGES[person.is_staff_member](
        tenant=incident.tenant_id, incident=incident.pk, before=before or _FROM_THE_LATEST
    )
    found = [Said(*row) for row in rows]
    shown = found[:MESSAGES][::-1]
    return Thread(shown, shown[0].id if len(found) > MESSAGES else None)


def files_of(
    person: Membership, incident: Incident, messages: Iterable[Said]
) -> Mapping[int | None, list[File]]:
    """The files of these messages and of the description, by message."""
    by_message: dict[int | None, list[File]] = defaultdict(list)
    for row in _FILES[person.is_staff_member](
        tenant=incident.tenant_id, incident=incident.pk, messages=[message.id for message in messages]
    ):
        by_message[row[3]].append(File(*row))
    return by_message


def latest_changes(
    person: Membership, incident: Incident, *, before: int | None = None
) -> tuple[list[Changed], int | None]:
    """The latest changes that the person may read, oldest first, and before which one there are more."""
    rows = _CHANGED[person.is_staff_member](
        tenant=incident.tenant_id, incident=incident.pk, before=before or _FROM_THE_LATEST
    )
    found = [Changed(pk, verb, who, json.loads(data), at) for pk, verb, who, data, at in rows]
    shown = found[:CHANGES][::-1]
    return shown, shown[0].id if len(found) > CHANGES else None


def _readable(rows: QuerySet[Any], by_staff: bool) -> QuerySet[Any]:
    return rows if by_staff else rows.filter(internal=False)


def _messages(by_staff: bool) -> Prepared:
    def read(tenant: int, incident: int, before: int) -> QuerySet[Any, Any]:
        messages = Message.objects.filter(tenant_id=tenant, incident_id=incident, pk__lt=before)
        return _readable(messages, by_staff).order_by("-id").values_list(*Said._fields)[: MESSAGES + 1]

    return Prepared(read)


def _files(by_staff: bool) -> Prepared:
    def read(tenant: int, incident: int, messages: list[int]) -> QuerySet[Any, Any]:
        files = Attachment.objects.filter(tenant_id=tenant, incident_id=incident)
        files = files.filter(Q(message=None) | Q(IsOneOf("message_id", messages)))
        return _readable(files, by_staff).order_by("created_at", "name").values_list(*File._fields)

    return Prepared(read)


def _changed(by_staff: bool) -> Prepared:
    def read(tenant: int, incident: int, before: int) -> QuerySet[Any, Any]:
        entries = HistoryEntry.objects.filter(
            tenant_id=tenant, subject_type=Incident._meta.model_name, subject_id=incident, pk__lt=before
        )
        return _readable(entries, by_staff).order_by("-id").values_list(*Changed._fields)[: CHANGES + 1]

    return Prepared(read)


_MESSAGES = {by_staff: _messages(by_staff) for by_staff in (True, False)}
_FILES = {by_staff: _files(by_staff) for by_staff in (True, False)}
_CHANGED = {by_staff: _changed(by_staff) for by_staff in (True, False)}
