"""The questions that the rest of the portal asks. Instants are aware datetimes; answers are in UTC.

An instant without a zone raises TypeError, one outside 1970 to 2199 OutOfRange.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from plans.coverage.calendar import Calendar
from plans.coverage.zones import LAST_INSTANT, MINUTE, SECOND

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """Coverage without a break, half-open, in UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where an amount of coverage lies: its spans add up to `covered`.

    `holidays` are the local dates whose usual hours a holiday closed, `own_dates` those that had their own.
    """

    start: datetime
    end: datetime
    covered: timedelta
    spans: tuple[Span, ...]
    holidays: tuple[date, ...]
    own_dates: tuple[date, ...]


def due(calendar: Calendar, start: datetime, minutes: int | timedelta) -> datetime:
    """The earliest instant with exactly that much coverage since the start; for none, the start itself.

    The rest of a paused target is given as a timedelta. Raises ValueError for less than nothing, NeverOpens
    where the calendar has too little coverage left.
    """
    amount = minutes * MINUTE if isinstance(minutes, int) else minutes // timedelta.resolution
    if amount <= 0:
        if amount < 0:
            raise ValueError("A target cannot be negative.")
        return start.astimezone(UTC)
    timeline = calendar.timeline
    return _moment(timeline.reach(timeline.covered(_instant(start)) + amount))


def elapsed(calendar: Calendar, a: datetime, b: datetime) -> timedelta:
    """The coverage between two instants, negative when b comes before a."""
    timeline = calendar.timeline
    return timedelta(microseconds=timeline.covered(_instant(b)) - timeline.covered(_instant(a)))


def explain_due(calendar: Calendar, start: datetime, minutes: int | timedelta) -> Explanation:
    """What `due` counted; the due time is the explanation's end."""
    return explain_elapsed(calendar, start, due(calendar, start, minutes))


def explain_elapsed(calendar: Calendar, a: datetime, b: datetime) -> Explanation:
    """What `elapsed` counted. Raises ValueError when b comes before a."""
    low, high = _instant(a), _instant(b)
    if high < low:
        raise ValueError("An explanation runs forward in time.")
    holidays, own_dates = _exceptional_dates(calendar, a, b)
    return Explanation(
        start=_moment(low),
        end=_moment(high),
        covered=elapsed(calendar, a, b),
        spans=tuple(Span(_moment(start), _moment(end)) for start, end in calendar.timeline.pieces(low, high)),
        holidays=holidays,
        own_dates=own_dates,
    )


def is_open(calendar: Calendar, at: datetime) -> bool:
    instant = _instant(at)
    return calendar.timeline.covered(instant + 1) > calendar.timeline.covered(instant)


def opens_next(calendar: Calendar, at: datetime) -> datetime:
    """The first open instant from `at` on: `at` itself while the calendar is open. Raises NeverOpens."""
    return _moment(_opening(calendar, _instant(at)))


def closes_next(calendar: Calendar, at: datetime) -> datetime | None:
    """The end of the span that is open at `at`, or else of the next one; None if that has no end.

    Raises NeverOpens.
    """
    opening = _opening(calendar, _instant(at))
    _, closing = next(calendar.timeline.pieces(opening, LAST_INSTANT))
    return _moment(closing) if closing < LAST_INSTANT else None


def _opening(calendar: Calendar, instant: int) -> int:
    # One microsecond of coverage is complete one microsecond after the opening.
    return calendar.timeline.reach(calendar.timeline.covered(instant) + 1) - 1


def _instant(moment: datetime) -> int:
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def _moment(instant: int) -> datetime:
    return _EPOCH + timedelta(microseconds=instant)


def _exceptional_dates(
    calendar: Calendar, a: datetime, b: datetime
) -> tuple[tuple[date, ...], tuple[date, ...]]:
    zone = ZoneInfo(calendar.zone)
    last_inside = max(a, b - timedelta.resolution)
    first, last = a.astimezone(zone).date(), last_inside.astimezone(zone).date()
    holidays = sorted(
        day
        for day in calendar.holidays - calendar.dates.keys()
        if first <= day <= last and calendar.hours_on(day, despite_holiday=True)
    )
    return tuple(holidays), tuple(day for day in calendar.dates if first <= day <= last)
