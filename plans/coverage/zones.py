"""Where a zone's distance from UTC is constant.

Instants and amounts are whole microseconds, counted from 1970-01-01 00:00: in UTC they are *instants*, on
the wall clock of a zone *readings*. Inside one stretch, reading = instant + shift.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 1440 * MINUTE
WEEK = 7 * DAY

_SECOND = timedelta(seconds=1)
# The shortest stretch that the zone database knows lasts a week less an hour (Brazil, October 2000).
_STEP = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Stretches:
    """`starts[i]` is the first instant of stretch i; the last one ends at LAST_INSTANT."""

    starts: tuple[int, ...]
    shifts: tuple[int, ...]


def _microseconds(amount: timedelta) -> int:
    return (amount.days * 86_400 + amount.seconds) * SECOND + amount.microseconds


LAST_INSTANT = _microseconds(datetime(2200, 1, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC))


@cache
def stretches_of(zone_name: str) -> Stretches:
    zone = ZoneInfo(zone_name)
    first, last = datetime(1970, 1, 1, tzinfo=zone), datetime(2200, 1, 1, tzinfo=zone)
    # Both sides of a subtraction in one zone are plain readings: what is left is the distance from UTC.
    starts, shifts = [0], [_microseconds(zone.fromutc(first) - first)]
    low = first
    while low < last:
        high = low + _STEP
        if zone.fromutc(low) - low != zone.fromutc(high) - high:
            change = _change(zone, low, high)
            starts.append(_microseconds(change - first))
            shifts.append(_microseconds(zone.fromutc(change) - change))
        low = high
    return Stretches(tuple(starts), tuple(shifts))


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The second in (low, high] from which the distance at `high` applies."""
    shift = zone.fromutc(high) - high
    while high - low > _SECOND:
        middle = low + (high - low) // (2 * _SECOND) * _SECOND
        if zone.fromutc(middle) - middle == shift:
            high = middle
        else:
            low = middle
    return high
