from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from plans.coverage import notation
from plans.coverage.errors import CalendarFault, InvalidCalendar
from plans.coverage.notation import DAY_MINUTES
from plans.coverage.timeline import Piece, Timeline, Wall, WeekPattern, joined
from plans.coverage.zones import DAY, MINUTE, WEEK, stretches_of

_ONE_DAY = timedelta(days=1)
_EPOCH_DATE = date(1970, 1, 1)
_YEARS = range(1970, 2200)


class Hours(NamedTuple):
    """Minutes since the midnight of one date, half-open; above 1440 it is the next date's morning."""

    opens: int
    closes: int


class Opening(NamedTuple):
    """Hours of a weekday, Monday being 0: the day on which they open, even when they close on the next."""

    weekday: int
    opens: int
    closes: int


def openings(weekdays: Iterable[int], opens: str, closes: str) -> tuple[Opening, ...]:
    """The same hours on several weekdays: `openings(range(5), "08:00", "18:00")`."""
    start, end = notation.read_interval(opens, closes, "week")
    return tuple(Opening(weekday, start, end) for weekday in weekdays)


@dataclass(frozen=True)
class Calendar:
    """The hours in which a target's time counts, on the wall clock of an IANA zone.

    `dates` gives single dates their own hours, which stand in the place of the week and of a holiday; an
    empty tuple closes the date. Raises InvalidCalendar.
    """

    zone: str
    week: tuple[Opening, ...]
    holidays: frozenset[date] = frozenset()
    dates: Mapping[date, tuple[Hours, ...]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "week", tuple(sorted(self.week)))
        object.__setattr__(self, "holidays", frozenset(self.holidays))
        object.__setattr__(self, "dates", {day: tuple(sorted(self.dates[day])) for day in sorted(self.dates)})
        _check_zone(self.zone)
        _check_week(self.week)
        for day in self.holidays:
            _check_year(day, "holidays")
        for day, hours in self.dates.items():
            _check_year(day, "dates")
            _check_own_hours(day, hours)

    @classmethod
    def from_dict(cls, data: object) -> Self:
        """Reads what `to_dict` wrote; `holidays` and `dates` may be left out. Raises InvalidCalendar."""
        plain = notation.read_keys(data, {"zone", "week"}, {"holidays", "dates"})
        dates = plain.get("dates", {})
        if not isinstance(dates, Mapping):
            raise InvalidCalendar(CalendarFault.BAD_SHAPE, "dates")
        return cls(
            zone=plain["zone"],
            week=tuple(_read_openings(plain["week"])),
            holidays=frozenset(
                notation.read_date(day, f"holidays[{i}]")
                for i, day in enumerate(notation.read_list(plain.get("holidays", []), "holidays"))
            ),
            dates={
                notation.read_date(day, f"dates.{day}"): tuple(_read_hours(hours, f"dates.{day}"))
                for day, hours in dates.items()
            },
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain and fit for JSON, the same for equal calendars."""
        return {
            "zone": self.zone,
            "week": [[o.weekday, *notation.write_interval(o.opens, o.closes)] for o in self.week],
            "holidays": [day.isoformat() for day in sorted(self.holidays)],
            "dates": {
                day.isoformat(): [notation.write_interval(*hours) for hours in own]
                for day, own in self.dates.items()
            },
        }

    def hours_opening_on(self, day: date) -> tuple[Hours, ...]:
        """The hours that open on a local date by the week or by its own hours, a holiday left aside."""
        own = self.dates.get(day)
        if own is not None:
            return own
        return tuple(Hours(o.opens, o.closes) for o in self.week if o.weekday == day.weekday())

    def hours_on(self, day: date, *, despite_holiday: bool = False) -> tuple[Hours, ...]:
        """What is open between the two midnights of a local date, joined."""
        if day in self.holidays and day not in self.dates and not despite_holiday:
            return ()
        here = [(h.opens, min(h.closes, DAY_MINUTES)) for h in self.hours_opening_on(day)]
        if day not in self.dates:
            eve = self.hours_opening_on(day - _ONE_DAY)
            here += [(0, h.closes - DAY_MINUTES) for h in eve if h.closes > DAY_MINUTES]
        return tuple(Hours(*piece) for piece in joined(sorted(here)))

    def also_open(self, more: Mapping[date, Iterable[Hours]]) -> Self:
        """The same calendar with more hours on some dates, as own hours; the dates around them keep theirs.

        Hours that go on after a date's midnight can't stand alone, so on a holiday they open when they
        usually do.
        """
        return replace(self, dates={**self.dates, **{day: self._with(day, more[day]) for day in more}})

    def _with(self, day: date, more: Iterable[Hours]) -> tuple[Hours, ...]:
        pieces = [Hours(*piece) for piece in joined(sorted([*self.hours_on(day), *more]))]
        # At most one, as hours don't overlap.
        overnight = [hours for hours in self.hours_opening_on(day) if hours.closes > DAY_MINUTES]
        for night in overnight:
            pieces = [Hours(p.opens, min(p.closes, night.opens)) for p in pieces if p.opens < night.opens]
        return (*pieces, *overnight)

    @cached_property
    def timeline(self) -> Timeline:
        return _timeline(self)


# Calendars are read from rows again and again; equal ones share what was worked out.
@lru_cache(maxsize=1024)
def _timeline(calendar: Calendar) -> Timeline:
    week = WeekPattern(joined(_week_pieces(calendar.week)))
    # Its own hours also decide what a date leaves open after its midnight, so the next date is checked too.
    days = calendar.holidays | calendar.dates.keys() | {day + _ONE_DAY for day in calendar.dates}
    exceptions = ((_midnight(day), _pieces(calendar, day)) for day in sorted(days))
    return Timeline(Wall(week, exceptions), stretches_of(calendar.zone))


def _midnight(day: date) -> int:
    return (day - _EPOCH_DATE).days * DAY


def _pieces(calendar: Calendar, day: date) -> list[Piece]:
    midnight = _midnight(day)
    return [(midnight + h.opens * MINUTE, midnight + h.closes * MINUTE) for h in calendar.hours_on(day)]


def _week_pieces(week: tuple[Opening, ...]) -> list[Piece]:
    """Cut at the end of Sunday: what goes on after it is the beginning of Monday."""
    pieces: list[Piece] = []
    for weekday, opens, closes in week:
        low, high = weekday * DAY + opens * MINUTE, weekday * DAY + closes * MINUTE
        pieces.append((low, min(high, WEEK)))
        if high > WEEK:
            pieces.append((0, high - WEEK))
    return sorted(pieces)


def _read_openings(value: object) -> Iterator[Opening]:
    for i, item in enumerate(notation.read_list(value, "week")):
        weekday, opens, closes = notation.read_list(item, f"week[{i}]", length=3)
        yield Opening(weekday, *notation.read_interval(opens, closes, f"week[{i}]"))


def _read_hours(value: object, where: str) -> Iterator[Hours]:
    for i, item in enumerate(notation.read_list(value, where)):
        opens, closes = notation.read_list(item, f"{where}[{i}]", length=2)
        yield Hours(*notation.read_interval(opens, closes, f"{where}[{i}]"))


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError, AttributeError):
        raise InvalidCalendar(CalendarFault.UNKNOWN_ZONE, "zone") from None


def _check_year(day: date, where: str) -> None:
    if day.year not in _YEARS:
        raise InvalidCalendar(CalendarFault.BAD_DATE, f"{where}.{day.isoformat()}")


def _check_hours(opens: int, closes: int, where: str) -> None:
    if not 0 <= opens < DAY_MINUTES:
        raise InvalidCalendar(CalendarFault.BAD_TIME, where)
    if closes <= opens:
        raise InvalidCalendar(CalendarFault.EMPTY_INTERVAL, where)
    if closes >= opens + DAY_MINUTES and (opens, closes) != (0, DAY_MINUTES):
        raise InvalidCalendar(CalendarFault.TOO_LONG, where)


def _check_week(week: tuple[Opening, ...]) -> None:
    for i, (weekday, opens, closes) in enumerate(week):
        if type(weekday) is not int or not 0 <= weekday <= 6:
            raise InvalidCalendar(CalendarFault.BAD_WEEKDAY, f"week[{i}]")
        _check_hours(opens, closes, f"week[{i}]")
    pieces = _week_pieces(week)
    if any(later[0] < earlier[1] for earlier, later in pairwise(pieces)):
        raise InvalidCalendar(CalendarFault.OVERLAP, "week")


def _check_own_hours(day: date, own: tuple[Hours, ...]) -> None:
    where = f"dates.{day.isoformat()}"
    for i, (opens, closes) in enumerate(own):
        _check_hours(opens, closes, f"{where}[{i}]")
    if any(later.opens < earlier.closes for earlier, later in pairwise(own)):
        raise InvalidCalendar(CalendarFault.OVERLAP, where)


ALWAYS_OPEN = Calendar("UTC", openings(range(7), "00:00", "24:00"))
