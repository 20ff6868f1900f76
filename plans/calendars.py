"""The coverage calendar that an edition's calendar gives in one support region."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from plans.coverage import Calendar, Hours
from plans.hours import CalendarValue
from plans.public_holidays import UnknownRegion, public_holidays

_YEARS_BACK, _YEARS_ON = 1, 2
_ONE_DAY = timedelta(days=1)
_DAY_MINUTES = 24 * 60


def region_code(country: str, subdivision: str) -> str:
    """``DE-BE`` or ``DE``: how a support region is pinned on an incident."""
    return f"{country}-{subdivision}" if subdivision else country


@lru_cache(maxsize=512)
def calendar_in_region(
    value: CalendarValue, time_zone: str, region: str, year: int, *, open_days: tuple[str, ...] = ()
) -> Calendar:
    """Coverage as it is around ``year``, in the calendar's own zone or else the region's ``time_zone``.

    ``region`` is a country or country and subdivision (:func:`region_code`); its public holidays close
    the calendar where it observes them. A region whose holidays nobody knows has none.

    On ``open_days``, ISO dates on the clock of ``time_zone``, every minute counts, whatever the week, a
    holiday or the date's own hours say; on the dates around them nothing changes.
    """
    plain = {
        "zone": value.time_zone or time_zone,
        "week": [list(opening) for opening in value.week],
        "dates": {day: [list(hours) for hours in own] for day, own in value.dates},
    }
    if value.holidays and region:
        country, _, subdivision = region.partition("-")
        try:
            days = public_holidays(
                country, subdivision, years=range(year - _YEARS_BACK, year + _YEARS_ON + 1)
            )
        except UnknownRegion:
            days = {}
        plain["holidays"] = [day.isoformat() for day in days]
    calendar = Calendar.from_dict(plain)
    more: dict[date, list[Hours]] = {}
    for text in open_days:
        for day, hours in _readings(date.fromisoformat(text), ZoneInfo(time_zone), ZoneInfo(calendar.zone)):
            more.setdefault(day, []).append(hours)
    return calendar.also_open(more) if more else calendar


def _readings(day: date, zone: ZoneInfo, clock: ZoneInfo) -> Iterator[tuple[date, Hours]]:
    """A day of ``zone`` as it reads on another clock: pieces of one date or of two."""
    start, end = (
        datetime(at.year, at.month, at.day, tzinfo=zone).astimezone(clock) for at in (day, day + _ONE_DAY)
    )
    opens = start.hour * 60 + start.minute
    closes = end.hour * 60 + end.minute
    here = start.date()
    while here < end.date():
        yield here, Hours(opens, _DAY_MINUTES)
        here, opens = here + _ONE_DAY, 0
    if closes > opens:
        yield here, Hours(opens, closes)
