"""When mail leaves: the hour of a digest and the end of quiet hours, on the clock of a person's wall.

Pure: no ORM, no request, and ``at`` is an argument. Instants are aware; what is worked out in the zone
goes straight back to UTC. A time that the clocks skip is the first instant after it; one that comes twice
is its first coming, and the end of quiet hours its second: nobody is disturbed an hour early.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONDAY_TO_SUNDAY = frozenset(range(7))
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quiet:
    """From a time to another on some days of the week; Monday is 0. Where it ends is not quiet any more.

    Hours over midnight belong to the day on which they begin; from a time to the same is a whole day.
    """

    begins: time
    ends: time
    days: Set[int] = MONDAY_TO_SUNDAY

    @property
    def never_ends(self) -> bool:
        return self.begins == self.ends and self.days >= MONDAY_TO_SUNDAY


def next_digest(at: datetime, daily: time, zone: ZoneInfo) -> datetime:
    """The first coming of that time of the day after ``at``."""
    today = at.astimezone(zone).date()
    days = (today + timedelta(days=number) for number in range(3))
    return next(instant for day in days if (instant := _instant(day, daily, zone)) > at)


def quiet_until(at: datetime, quiet: Quiet | None, zone: ZoneInfo) -> datetime:
    """The end of the quiet hours that ``at`` lies in, and of those that begin where these end; or ``at``."""
    if quiet is None or quiet.never_ends:
        return at
    end = at
    while (later := _end_of(end, quiet, zone)) > end:
        end = later
    return end


def _end_of(at: datetime, quiet: Quiet, zone: ZoneInfo) -> datetime:
    today = at.astimezone(zone).date()
    for day in (today - _DAY, today):
        if day.weekday() in quiet.days:
            begins = _instant(day, quiet.begins, zone)
            last = day if quiet.begins < quiet.ends else day + _DAY
            ends = _instant(last, quiet.ends, zone, fold=1)
            if begins <= at < ends:
                return ends
    return at


def _instant(day: date, wall: time, zone: ZoneInfo, *, fold: int = 0) -> datetime:
    """When the clocks of the zone show this; where they skip it, the end of the gap."""
    local = datetime.combine(day, wall, zone).replace(fold=fold)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    return _end_of_gap(local, zone)


def _end_of_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """The clocks jump between the instants that the offsets from before and after the gap give."""
    early, late = sorted(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    offset = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)
