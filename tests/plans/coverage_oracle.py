"""Coverage counted the slow way: step through the minutes, ask each whether it is open, from plain data."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from plans.coverage import Calendar

MINUTE = timedelta(minutes=1)


def minutes_open(calendar: Calendar, start: datetime, end: datetime) -> list[datetime]:
    """The open minutes of [start, end), by their beginning; start and end lie on whole minutes."""
    rules, zone = calendar.to_dict(), ZoneInfo(calendar.zone)
    found, at = [], start.astimezone(UTC)
    while at < end:
        if _reads_open(rules, at.astimezone(zone)):
            found.append(at)
        at += MINUTE
    return found


def _reads_open(rules: dict, reading: datetime) -> bool:
    day, time = reading.isoformat()[:10], reading.isoformat()[11:16]
    today = any(_evening(time, *hours) for hours in _opening_on(rules, reading.date(), day))
    if day in rules["dates"]:
        return today
    if day in rules["holidays"]:
        return False
    yesterday = reading.date() - timedelta(days=1)
    before = _opening_on(rules, yesterday, yesterday.isoformat())
    return today or any(_morning_after(time, *hours) for hours in before)


def _opening_on(rules: dict, day: date, written: str) -> list[tuple[str, str]]:
    if written in rules["dates"]:
        return rules["dates"][written]
    return [(opens, closes) for weekday, opens, closes in rules["week"] if weekday == day.weekday()]


def _evening(time: str, opens: str, closes: str) -> bool:
    return opens <= time and (time < closes or closes < opens)


def _morning_after(time: str, opens: str, closes: str) -> bool:
    return closes < opens and time < closes
