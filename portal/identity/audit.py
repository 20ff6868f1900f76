"""The audit of a portal: what was done, by whom, newest first.

One filter is answered by an index. Of several, the narrowest picks the index and the others are tried on
the entries that it gives, at most :data:`LOOKED_AT` at a time, so that no page reads more, whatever is asked.
"""

import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from portal.core.audit import Found, ids_by_kind, kind_of, sentence_of
from portal.core.keyset import Keyset
from portal.core.models import HistoryEntry
from portal.core.ui.formatting import formats
from portal.identity import rules
from portal.identity.models import Account, Membership

NEWEST_FIRST = Keyset(("at", "id"), descending=True)
SIZE = 50
LOOKED_AT = 2_000
"""Entries that one page looks at."""
_LOT = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Empty fields ask for all. ``actor_ids`` are the places of one person; ``until`` is not included."""

    actor_ids: tuple[int, ...] = ()
    account_id: int | None = None
    kind: str = ""
    verb: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Looked(NamedTuple):
    """What decides whether an entry is asked for."""

    at: datetime
    id: int
    subject_type: str
    verb: str
    account_id: int | None
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class AuditPage:
    entries: Sequence[HistoryEntry]
    next: str
    looked_on: bool


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is shown. ``account`` and ``thing`` are empty where there is none any more."""

    at: str
    who: str
    email: str
    sentence: str
    kind: str
    thing: Found
    account: Found


def page_of(person: Membership, asked: Asked, cursor: str) -> AuditPage:
    """Two statements. ``looked_on`` says that the page isn't full and that older entries wait.

    :raises BadCursor: the cursor isn't one of ours.
    """
    looked = _look(person, asked, cursor, LOOKED_AT)
    wanted = [one for one in looked if _is_asked_for(one, asked)]
    shown, after = wanted[:SIZE], ""
    if len(wanted) > SIZE:
        after = NEWEST_FIRST.cursor(shown[-1])
    elif len(looked) == LOOKED_AT:
        after = NEWEST_FIRST.cursor(looked[-1])
    return AuditPage(_entries(person, shown), after, bool(after) and len(wanted) <= SIZE)


def every_entry(person: Membership, asked: Asked, *, most: int) -> tuple[Iterator[list[HistoryEntry]], bool]:
    """As :func:`page_of`, without pages, of the ``most`` newest looked at: the entries a lot at a time, and
    whether there are older ones."""
    looked = _look(person, asked, "", most + 1)
    wanted = [one for one in looked[:most] if _is_asked_for(one, asked)]
    lots = (_entries(person, wanted[start : start + _LOT]) for start in range(0, len(wanted), _LOT))
    return lots, len(looked) > most


def lines_of(person: Membership, entries: Sequence[HistoryEntry]) -> list[Line]:
    """What entries say, in the active language: a statement for people, accounts and each kind of thing."""
    write = formats()
    emails = _emails(person, {entry.actor_id for entry in entries if entry.actor_id})
    accounts = accounts_of(person, entries)
    things: dict[str, Mapping[int, Found]] = {}
    for name, ids in ids_by_kind(entries).items():
        kind = kind_of(name)
        things[name] = kind.find(person, ids) if kind and kind.find else {}
    return [
        Line(
            at=write.full(entry.at),
            who=entry.actor_name,
            email=emails.get(entry.actor_id or 0, ""),
            sentence=sentence_of(entry),
            kind=kind_name(entry),
            thing=things[entry.subject_type].get(entry.subject_id, Found("")),
            account=accounts.get(entry.account_id or 0, Found("")),
        )
        for entry in entries
    ]


def kind_name(entry: HistoryEntry) -> str:
    kind = kind_of(entry.subject_type)
    return str(kind.label) if kind else entry.subject_type


def accounts_of(person: Membership, entries: Sequence[HistoryEntry]) -> dict[int, Found]:
    """The accounts of entries: key as the address, name as the name."""
    ids = {entry.account_id for entry in entries if entry.account_id}
    rows = Account.objects.filter(tenant_id=person.tenant_id, pk__in=ids) if ids else Account.objects.none()
    return {pk: Found(name, key) for pk, name, key in rows.values_list("pk", "name", "key")}


def _look(person: Membership, asked: Asked, cursor: str, most: int) -> list[Looked]:
    """The newest entries after the cursor that the leading filter gives; one statement for each place."""
    if not rules.may_run_portal(person):
        return []
    found = [
        [Looked(*row) for row in NEWEST_FIRST.after(rows, cursor).values_list(*Looked._fields)[:most]]
        for rows in _led(person, asked)
    ]
    return list(heapq.merge(*found, key=lambda one: (one.at, one.id), reverse=True))[:most]


def _led(person: Membership, asked: Asked) -> list[QuerySet[HistoryEntry]]:
    """Each an equality and a range that one index answers."""
    rows = HistoryEntry.objects.filter(tenant_id=person.tenant_id)
    if asked.since:
        rows = rows.filter(at__gte=asked.since)
    if asked.until:
        rows = rows.filter(at__lt=asked.until)
    if asked.actor_ids:
        return [rows.filter(actor_id=actor_id) for actor_id in asked.actor_ids]
    if asked.account_id:
        return [rows.filter(account_id=asked.account_id)]
    if asked.kind:
        rows = rows.filter(subject_type=asked.kind)
    return [rows]


def _is_asked_for(one: Looked, asked: Asked) -> bool:
    return (
        (not asked.actor_ids or one.actor_id in asked.actor_ids)
        and (not asked.account_id or one.account_id == asked.account_id)
        and (not asked.kind or one.subject_type == asked.kind)
        and (not asked.verb or one.verb == asked.verb)
    )


def _entries(person: Membership, looked: Sequence[Looked]) -> list[HistoryEntry]:
    if not looked:
        return []
    ids = [one.id for one in looked]
    return list(HistoryEntry.objects.filter(tenant_id=person.tenant_id, pk__in=ids).order_by("-at", "-id"))


def _emails(person: Membership, ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows: Any = Membership.objects.filter(tenant_id=person.tenant_id, pk__in=ids)
    return dict(rows.values_list("pk", "user__email"))
