"""What an incident's page reads: its latest messages with their files, and its history."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from incidents.models import Attachment, Incident, Message
from portal.core.history import history_of
from portal.core.models import HistoryEntry
from portal.identity.models import Membership

MESSAGES = 30
CHANGES = 40


class Said(NamedTuple):
    """One message; the fields are the columns that are read for it."""

    id: int
    by_staff: bool
    internal: bool
    channel: str
    body: str
    mentions: Sequence[int]
    created_at: datetime
    author_id: int


class File(NamedTuple):
    """One attachment; ``message_id`` is None for those of the description."""

    id: UUID
    name: str
    size: int
    message_id: int | None


class Thread(NamedTuple):
    """Part of a conversation, oldest first; ``earlier`` says before which message there are more."""

    messages: Sequence[Said]
    earlier: int | None


def thread_of(person: Membership, incident: Incident, *, before: int | None = None) -> Thread:
    """The latest messages that the person may read, or the latest of those before one of them."""
    messages = Message.objects.filter(tenant_id=incident.tenant_id, incident=incident)
    if person.is_contact:
        messages = messages.filter(internal=False)
    if before is not None:
        messages = messages.filter(pk__lt=before)
    rows = messages.order_by("-id").values_list(*Said._fields)[: MESSAGES + 1]
    found = [Said(*row) for row in rows]
    shown = found[:MESSAGES][::-1]
    return Thread(shown, shown[0].id if len(found) > MESSAGES else None)


def files_of(
    person: Membership, incident: Incident, messages: Sequence[Said]
) -> Mapping[int | None, list[File]]:
    """The files of these messages and of the description, by message."""
    files = Attachment.objects.filter(tenant_id=incident.tenant_id, incident=incident).filter(
        Q(message=None) | Q(message_id__in=[message.id for message in messages])
    )
    if person.is_contact:
        files = files.filter(internal=False)
    by_message: dict[int | None, list[File]] = defaultdict(list)
    for row in files.order_by("created_at", "name").values_list("id", "name", "size", "message_id"):
        by_message[row[3]].append(File(*row))
    return by_message


def latest_changes(
    person: Membership, incident: Incident, *, before: int | None = None
) -> tuple[list[HistoryEntry], int | None]:
    """The latest changes that the person may read, oldest first, and before which one there are more."""
    entries = history_of(incident).order_by("-id")
    if person.is_contact:
        entries = entries.filter(internal=False)
    if before is not None:
        entries = entries.filter(pk__lt=before)
    found = list(entries[: CHANGES + 1])
    shown = found[:CHANGES][::-1]
    return shown, shown[0].pk if len(found) > CHANGES else None
