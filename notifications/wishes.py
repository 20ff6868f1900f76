"""How a person wants to be told, and what that makes of one mail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from notifications.enums import Channel, Choice
from notifications.hours import Quiet, next_digest, quiet_until
from notifications.topics import Topic

EIGHT = time(8)
"""When a digest leaves, unless the person has chosen another time."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """``chosen`` holds what differs from the defaults: (topic, channel) → choice."""

    zone: ZoneInfo
    chosen: Mapping[tuple[str, str], str] = field(default_factory=dict)
    digest_at: time = EIGHT
    quiet: Quiet | None = None

    def choice(self, topic: Topic, channel: Channel) -> Choice:
        """What was chosen once and is no longer offered counts as the default."""
        chosen = self.chosen.get((topic.code, channel))
        return next((one for one in topic.choices[channel] if one == chosen), topic.default(channel))


class Leave(NamedTuple):
    """Now."""


class Wait(NamedTuple):
    """Not before the end of quiet hours."""

    until: datetime


class Gather(NamedTuple):
    """In the digest of that moment; it leaves later where the moment is in quiet hours."""

    planned_at: datetime
    due_at: datetime


class Drop(NamedTuple):
    """Not at all."""


Way = Leave | Wait | Gather | Drop


def way_of_mail(topic: Topic, *, urgent: bool, wishes: Wishes, at: datetime) -> Way:
    choice = wishes.choice(topic, Channel.MAIL)
    if choice == Choice.OFF:
        return Drop()
    if urgent:
        return Leave()
    if choice == Choice.DAILY:
        planned_at = next_digest(at, wishes.digest_at, wishes.zone)
        return Gather(planned_at, quiet_until(planned_at, wishes.quiet, wishes.zone))
    until = quiet_until(at, wishes.quiet, wishes.zone)
    return Wait(until) if until > at else Leave()
