"""A calendar as it is looked at: its week drawn out, its single dates, and the holidays that are coming."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from plans.coverage import Calendar, Hours
from plans.hours import CalendarValue
from plans.hours_notation import write_spans
from plans.public_holidays import public_holidays
from plans.wording import day_names

_MONDAY = date(2024, 1, 1)
_ONE_DAY = timedelta(days=1)
_DAYS_AHEAD = 365
_DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True)
class Bar:
    """Open time of one day, in minutes since its midnight."""

    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Day:
    name: str
    words: str
    """The hours that open on it; empty for closed, or where only the night before goes on."""
    eve: str
    """Until when the hours go on that opened the evening before; empty for none."""
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class OwnDate:
    day: date
    words: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Holiday:
    day: date
    name: str
    closes: str
    """The usual hours that it closes; empty where the day has none, or its own."""
    own: str


def drawn_week(value: CalendarValue) -> Iterator[Day]:
    """From Monday on, without holidays and own dates. Each day shows what is open between its midnights."""
    week = Calendar.from_dict({"zone": "UTC", "week": value.week})
    for weekday, name in enumerate(day_names()):
        words = write_spans(span for day, *span in value.week if day == weekday)
        here = _MONDAY + weekday * _ONE_DAY
        late = max((hours.closes for hours in week.hours_opening_on(here - _ONE_DAY)), default=0)
        eve = _time(late - _DAY_MINUTES) if late > _DAY_MINUTES else ""
        yield Day(name, words, eve, _bars(week.hours_on(here)))


def own_dates(value: CalendarValue) -> Iterator[OwnDate]:
    calendar = _calendar(value)
    for written, spans in value.dates:
        day = date.fromisoformat(written)
        yield OwnDate(day, write_spans(spans), _bars(calendar.hours_on(day)))


def coming_holidays(
    value: CalendarValue, country: str, subdivision: str, *, today: date, language: str
) -> Iterator[Holiday]:
    """Of the year that begins today. Raises UnknownRegion."""
    until = today + timedelta(days=_DAYS_AHEAD)
    calendar, own = _calendar(value), dict(value.dates)
    found = public_holidays(country, subdivision, years=(today.year, until.year), language=language)
    for day, name in found.items():
        if today <= day <= until:
            written = day.isoformat()
            usual = "" if written in own else _words(calendar.hours_on(day))
            yield Holiday(day, name, usual, write_spans(own.get(written, ())))


def _calendar(value: CalendarValue) -> Calendar:
    # The clock doesn't matter: everything here is read from the same one.
    return Calendar.from_dict({"zone": "UTC", "week": value.week, "dates": dict(value.dates)})


def _bars(hours: tuple[Hours, ...]) -> tuple[Bar, ...]:
    return tuple(Bar(opens, closes - opens) for opens, closes in hours)


def _words(hours: tuple[Hours, ...]) -> str:
    return write_spans((_time(opens), _time(closes)) for opens, closes in hours)


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
