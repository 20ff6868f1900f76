"""Work that may never stand still, and how that is noticed (a dead man's switch).

Whoever does the work notes each time that it was done; an upper app registers in ``AppConfig.ready`` what
is to be watched. ``/readyz`` and a banner on the pages of staff say when it was not done for too long. The
notes are rows: Redis may be emptied at any time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import NamedTuple

from django.db import connection

_NOTED_EVERY = 10.0
"""Seconds in which a process notes the same work once."""
_ASKED_EVERY = 10.0
"""Seconds for which a process remembers what stands still."""
_NOTE = """
INSERT INTO core_heartbeat (name, at) VALUES (%s, statement_timestamp())
    ON CONFLICT (name) DO UPDATE SET at = greatest(core_heartbeat.at, EXCLUDED.at)
"""
_READ = "SELECT name, at, statement_timestamp() - at FROM core_heartbeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """``late`` is how old the last note may be; ``notice`` tells staff, given when that was."""

    name: str
    late: timedelta
    notice: Callable[[datetime], str]


class Beat(NamedTuple):
    at: datetime
    age: timedelta


class _Memory:
    """What this process knows, by its own clock."""

    def __init__(self) -> None:
        self.noted: dict[str, float] = {}
        self.asked = float("-inf")
        self.beats: dict[str, Beat] = {}


_watched: dict[str, Watched] = {}
_memory = _Memory()


def watch(*watched: Watched) -> None:
    """Watch more work; the same name again replaces the earlier one."""
    for one in watched:
        _watched[one.name] = one


def watched() -> list[Watched]:
    return list(_watched.values())


def note(name: str) -> None:
    """The work was done. Costs one statement in ten seconds."""
    now = monotonic()
    if now - _memory.noted.get(name, float("-inf")) < _NOTED_EVERY:
        return
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [name])
    _memory.noted[name] = now


def beats() -> dict[str, Beat]:
    """When each work was last done, and how long ago by the database's clock. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        return {name: Beat(at, max(age, timedelta())) for name, at, age in cursor.fetchall()}


def notices() -> list[str]:
    """What stands still, in the reader's language. Mostly without a statement.

    What was never done is not told here: a portal that was just started has nothing to be missed yet, and
    ``/readyz`` says so.
    """
    now = monotonic()
    if now - _memory.asked >= _ASKED_EVERY:
        _memory.beats, _memory.asked = beats(), now
    passed = timedelta(seconds=now - _memory.asked)
    return [
        one.notice(beat.at)
        for one in _watched.values()
        if (beat := _memory.beats.get(one.name)) and beat.age + passed > one.late
    ]


def forget() -> None:
    """Note and ask again at the next occasion."""
    _memory.__init__()  # type: ignore[misc]
