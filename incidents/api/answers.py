"""Incidents as the API tells them. Lists are read as plain columns, in one statement."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from incidents.explain import Explained, clocks_of
from incidents.models import Attachment, Clock, Incident, Message
from incidents.queries import QueueRow
from incidents.queue import Place, reasons
from incidents.sentences import sentence_of
from plans.api import product_codes
from portal.core.models import HistoryEntry
from portal.core.prepared import IsOneOf, Prepared
from portal.identity.models import Membership

FILE_COLUMNS = ("id", "name", "size", "content_type")


class Row(NamedTuple):
    """An incident in a list, in the order of :data:`COLUMNS`."""

    id: int
    reference: str
    title: str
    kind: str
    severity: int
    state: str
    coverage_check: bool
    language: str
    account_key: str
    account_name: str
    product_id: int
    reported_by_id: int
    reported_by: str
    assignee_id: int | None
    assignee: str | None
    team_id: int | None
    created_at: datetime
    last_activity_at: datetime
    due_at: datetime | None
    due_kind: str | None
    resolved_at: datetime | None
    revision: int


_ELSEWHERE = {
    "account_key": "account__key",
    "account_name": "account__name",
    "reported_by": "reported_by__user__name",
    "assignee": "assignee__user__name",
    "due_kind": "due_clock__kind",
}
COLUMNS = tuple(_ELSEWHERE.get(name, name) for name in Row._fields)


def listed(row: Row, codes: Mapping[int, str]) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "title": row.title,
        "kind": row.kind,
        "severity": row.severity,
        "state": row.state,
        "coverage_check": row.coverage_check,
        "language": row.language,
        "account": {"key": row.account_key, "name": row.account_name},
        "product": codes[row.product_id],
        "reported_by": {"id": row.reported_by_id, "name": row.reported_by},
        "assignee": {"id": row.assignee_id, "name": row.assignee} if row.assignee_id else None,
        "team": row.team_id,
        "created_at": row.created_at,
        "last_activity_at": row.last_activity_at,
        "due_at": row.due_at,
        "due_kind": row.due_kind,
        "resolved_at": row.resolved_at,
        "revision": row.revision,
    }


def _row_of(incident: Incident) -> Row:
    said = {
        "account_key": incident.account.key,
        "account_name": incident.account.name,
        "reported_by": incident.reported_by.name,
        "assignee": incident.assignee.name if incident.assignee else None,
        "due_kind": incident.due_clock.kind if incident.due_clock else None,
    }
    return Row._make(said[name] if name in said else getattr(incident, name) for name in Row._fields)


def detailed(person: Membership, incident: Incident) -> dict[str, Any]:
    """One incident as the door ``incident_for`` gives it. Two statements, for its clocks and its files."""
    installation, line = incident.installation, incident.contract_line
    codes = product_codes(person.tenant)
    return {
        **listed(_row_of(incident), codes),
        "description": incident.description,
        "channel": incident.channel,
        "installation": installation
        and {
            "id": installation.pk,
            "name": installation.name,
            "product": codes[installation.product_id],
            "version": installation.version.name if installation.version else None,
            "environment": installation.environment,
            "kind": installation.kind,
        },
        "contract": line and {"number": line.contract.number, "plan": incident.plan and incident.plan.code},
        "clocks": [clock_of(clock) for clock in clocks_of(incident)],
        "waiting_since": incident.waiting_since,
        "closed_at": incident.closed_at,
        "resolution": incident.resolution,
        "attachments": _files_by_message(person, incident, [])[None],
    }


def clock_of(clock: Clock) -> dict[str, Any]:
    return {
        "id": clock.pk,
        "kind": clock.kind,
        "round": clock.round,
        "state": clock.state,
        "target_minutes": clock.minutes,
        "unit": clock.unit,
        "time_zone": clock.time_zone,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "paused_at": clock.paused_at,
        "ended_at": clock.ended_at,
        "broken": clock.broken,
        "commitment_at": clock.commitment_at,
    }


def why(opened: Explained) -> dict[str, Any]:
    """A clock with its segments and the hours that were counted."""
    return {
        **clock_of(opened.clock),
        "segments": [
            {
                "at": segment.at,
                "state": segment.state,
                "reason": segment.reason,
                "by": segment.actor.name if segment.actor else "",
                "target_minutes": segment.minutes,
                "unit": segment.unit,
            }
            for segment in opened.segments
        ],
        "spans": [{"start": span.start, "end": span.end} for part in opened.stretches for span in part.spans],
    }


def conversation(person: Membership, incident: Incident, messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages with their files. One statement, for the files."""
    files = _files_by_message(person, incident, [message.pk for message in messages])
    return [
        {
            "id": message.pk,
            "author": {"id": message.author_id, "name": message.author.name},
            "by_staff": message.by_staff,
            "internal": message.internal,
            "channel": message.channel,
            "body": message.body,
            "created_at": message.created_at,
            "attachments": files[message.pk],
        }
        for message in messages
    ]


def _files_by_message(
    person: Membership, incident: Incident, message_ids: Iterable[int]
) -> Mapping[int | None, list[dict[str, Any]]]:
    read = _FILES[person.is_contact, bool(message_ids)]
    found: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for message_id, *columns in read(
        tenant=incident.tenant_id, incident=incident.pk, messages=list(message_ids)
    ):
        found[message_id].append(dict(zip(FILE_COLUMNS, columns, strict=True)))
    return found


def _read_files(for_contact: bool, of_messages: bool) -> Prepared:
    def read(tenant: int, incident: int, messages: list[int]) -> QuerySet[Any, Any]:
        files = Attachment.objects.filter(tenant_id=tenant, incident_id=incident)
        files = files.filter(Q(IsOneOf("message_id", messages)) if of_messages else Q(message=None))
        if for_contact:
            files = files.filter(internal=False)
        return files.order_by("created_at", "name").values_list("message_id", *FILE_COLUMNS)

    return Prepared(read)


_FILES = {
    (for_contact, of_messages): _read_files(for_contact, of_messages)
    for for_contact in (True, False)
    for of_messages in (True, False)
}


def file_of(attachment: Attachment) -> dict[str, Any]:
    return {name: getattr(attachment, name) for name in FILE_COLUMNS}


def changed(entry: HistoryEntry) -> dict[str, Any]:
    sentence = sentence_of(entry)
    return {
        "id": entry.pk,
        "at": entry.at,
        "verb": entry.verb,
        "by": entry.actor_name,
        "sentence": sentence.text,
        "words": sentence.words,
    }


def queued(row: QueueRow, codes: Mapping[int, str], now: datetime) -> dict[str, Any]:
    place = Place(row.severity, row.plan_order, row.due_at, row.created_at, row.id)
    return {
        "reference": row.reference,
        "title": row.title,
        "severity": row.severity,
        "state": row.state,
        "account": row.account_name,
        "product": codes[row.product_id],
        "plan": row.plan_name,
        "assignee": {"id": row.assignee_id, "name": row.assignee_name} if row.assignee_id else None,
        "created_at": row.created_at,
        "last_activity_at": row.last_activity_at,
        "waiting_since": row.waiting_since,
        "due_at": row.due_at,
        "why": [{"code": step.code, "value": step.value} for step in reasons(place, now)],
    }
