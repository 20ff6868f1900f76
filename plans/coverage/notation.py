"""How a calendar is written down: times as HH:MM, dates as YYYY-MM-DD, intervals as pairs of times."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from plans.coverage.errors import CalendarFault, InvalidCalendar

DAY_MINUTES = 1440

_TIME = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_keys(data: object, required: set[str], optional: set[str]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping) or not required <= data.keys():
        raise InvalidCalendar(CalendarFault.BAD_SHAPE, "calendar")
    for key in data:
        if key not in required | optional:
            raise InvalidCalendar(CalendarFault.UNKNOWN_KEY, str(key))
    return data


def read_list(value: object, where: str, length: int | None = None) -> list[Any]:
    if not isinstance(value, list | tuple) or (length is not None and len(value) != length):
        raise InvalidCalendar(CalendarFault.BAD_SHAPE, where)
    return list(value)


def read_interval(opens: object, closes: object, where: str) -> tuple[int, int]:
    """Minutes since midnight; a closing time that is not after the opening time is on the next day."""
    start, end = _read_time(opens, where), _read_time(closes, where)
    if start == DAY_MINUTES:
        raise InvalidCalendar(CalendarFault.BAD_TIME, where)
    if start == end:
        raise InvalidCalendar(CalendarFault.EMPTY_INTERVAL, where)
    return start, end if end > start else end + DAY_MINUTES


def write_interval(opens: int, closes: int) -> list[str]:
    return [_write_time(opens), _write_time(closes if closes <= DAY_MINUTES else closes - DAY_MINUTES)]


def read_date(value: object, where: str) -> date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise InvalidCalendar(CalendarFault.BAD_DATE, where)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InvalidCalendar(CalendarFault.BAD_DATE, where) from None


def _read_time(value: object, where: str) -> int:
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    minutes = int(match[1]) * 60 + int(match[2]) if match else None
    if minutes is None or minutes > DAY_MINUTES:
        raise InvalidCalendar(CalendarFault.BAD_TIME, where)
    return minutes


def _write_time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
