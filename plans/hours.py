"""Coverage hours of an edition as a plain value, and which of two covers the other. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from plans.coverage import Calendar, Hours

_ONE_DAY = timedelta(days=1)
_WHOLE_DAY = (Hours(0, 24 * 60),)
_ANY_WEEK = tuple(date(2024, 1, 1) + day * _ONE_DAY for day in range(7))
"""From a Monday on; a week without own dates is like any other."""


@dataclass(frozen=True)
class CalendarValue:
    """Coverage hours: ``week`` holds (weekday 0-6, "08:00", "18:00"), ``dates`` (ISO date, its own hours).

    Without a time zone they are hours of the account's support region.
    """

    id: int
    code: str
    time_zone: str = ""
    week: tuple[tuple[int, str, str], ...] = ()
    holidays: bool = True
    dates: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    names: Mapping[str, str] = field(default_factory=dict, hash=False)


@lru_cache(maxsize=4096)
def covers(wide: CalendarValue, narrow: CalendarValue) -> bool:
    """Whether every instant that counts in ``narrow`` counts in ``wide`` too, in whichever region the
    account is and whenever that has its public holidays.

    Hours on different clocks can't be compared, unless ``wide`` never closes.
    """
    if _never_closes(wide):
        return True
    return wide.time_zone == narrow.time_zone and all(
        _contains(outer, inner) for outer, inner in _days(wide, narrow)
    )


def _never_closes(value: CalendarValue) -> bool:
    return all(hours == _WHOLE_DAY for hours, _ in _days(value, value))


def _days(
    first: CalendarValue, second: CalendarValue
) -> Iterator[tuple[tuple[Hours, ...], tuple[Hours, ...]]]:
    """What the two have open on each kind of day: every weekday and every own date of either (and the date
    after it, whose small hours it decides), as a plain day and as a public holiday."""
    for with_dates in (False, True):
        one, other = _calendar(first, with_dates), _calendar(second, with_dates)
        own = one.dates.keys() | other.dates.keys()
        for day in (own | {day + _ONE_DAY for day in own}) if with_dates else _ANY_WEEK:
            yield one.hours_on(day), other.hours_on(day)
            yield _on_holiday(first, one, day), _on_holiday(second, other, day)


def _on_holiday(value: CalendarValue, calendar: Calendar, day: date) -> tuple[Hours, ...]:
    closed = value.holidays and day not in calendar.dates
    return () if closed else calendar.hours_on(day)


def _calendar(value: CalendarValue, with_dates: bool) -> Calendar:
    # The clock doesn't matter: both calendars are read from the same one.
    return Calendar.from_dict(
        {"zone": "UTC", "week": value.week, "dates": dict(value.dates) if with_dates else {}}
    )


def _contains(outer: tuple[Hours, ...], inner: tuple[Hours, ...]) -> bool:
    return all(any(o.opens <= i.opens and i.closes <= o.closes for o in outer) for i in inner)
