"""How changes are said: an app registers the words of what it records when it starts.

register(Kind(model=Team, label=_("Team"), verbs={
    "renamed": Said(_("Renamed"), _("%(who)s renamed the team from “%(was)s” to “%(now)s”")),
}))
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from portal.core.models import HistoryEntry

Words = str | Promise
Values = Mapping[str, Any]


class Found(NamedTuple):
    """What an entry is about, as a reader finds it; no address where nothing shows it."""

    name: str
    url: str = ""


Find = Callable[[Any, Collection[int]], Mapping[int, Found]]
"""Those of these ids that a person may open, in one statement."""


@dataclass(frozen=True, slots=True)
class Said:
    """A verb: in the list of events, and as a sentence with its placeholders, or what writes one."""

    label: Words
    sentence: Words | Callable[[HistoryEntry], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is done to the rows of one model."""

    model: type[Model]
    label: Words
    verbs: Mapping[str, Said]
    find: Find | None = None

    @property
    def name(self) -> str:
        return str(self.model._meta.model_name)


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Add kinds; verbs for a model that has some already are added to them."""
    for kind in kinds:
        before = _kinds.get(kind.name)
        verbs = {**before.verbs, **kind.verbs} if before else kind.verbs
        find = kind.find or (before.find if before else None)
        _kinds[kind.name] = Kind(model=kind.model, label=kind.label, verbs=verbs, find=find)


def kinds() -> list[Kind]:
    """In the order of their labels in the active language."""
    return sorted(_kinds.values(), key=lambda kind: str(kind.label).casefold())


def kind_of(subject_type: str) -> Kind | None:
    return _kinds.get(subject_type)


def sentence_of(entry: HistoryEntry) -> str:
    """What happened, in the active language; what nobody has words for is told as it was recorded."""
    kind = _kinds.get(entry.subject_type)
    said = kind.verbs.get(entry.verb) if kind else None
    if said is None:
        return _as_recorded(entry)
    if not callable(said.sentence):
        return str(said.sentence) % values_of(entry)
    try:
        return said.sentence(entry)
    except (KeyError, ValueError):  # of a version that recorded other data
        return _as_recorded(entry)


def values_of(entry: HistoryEntry, **more: Any) -> dict[str, Any]:
    """The placeholders of a sentence: the entry's data, ``who``, and ``changes`` where it has them."""
    values = _Values({name: _plain(value) for name, value in entry.data.items()})
    values["who"] = _who(entry)
    was, now = entry.data.get("was"), entry.data.get("now")
    if isinstance(was, dict) and isinstance(now, dict):
        values["changes"] = ", ".join(_changes(was, now))
    values.update(more)
    return values


def as_json(entry: HistoryEntry) -> str:
    return json.dumps(entry.data, ensure_ascii=False, sort_keys=True) if entry.data else ""


def ids_by_kind(entries: Iterable[HistoryEntry]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for entry in entries:
        found.setdefault(entry.subject_type, set()).add(entry.subject_id)
    return found


class _Values(dict[str, Any]):
    """A placeholder that an older entry has no value for is a dash, not an error."""

    def __missing__(self, name: str) -> str:
        return "–"


def _as_recorded(entry: HistoryEntry) -> str:
    raw = {"who": _who(entry), "verb": entry.verb, "kind": entry.subject_type, "data": as_json(entry)}
    return _("%(who)s: %(kind)s %(verb)s %(data)s") % raw


def _who(entry: HistoryEntry) -> str:
    return entry.actor_name or _("The portal")


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "–"
    return "–" if value is None or value == "" else value


def _changes(was: dict[str, Any], now: dict[str, Any]) -> Iterable[str]:
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            yield f"{name} “{_plain(was.get(name))}” → “{_plain(now.get(name))}”"
