"""What a time and some minutes would mean in the hours of a calendar, by the arithmetic of the clocks."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from plans.calendars import calendar_in_region, region_code
from plans.coverage import Explanation, explain_due
from plans.hours import CalendarValue


@dataclass(frozen=True, slots=True)
class Probe:
    """``zone``: whose clock the hours are read from; ``explained`` begins at the start and ends when due."""

    zone: str
    explained: Explanation


def probe(
    value: CalendarValue, *, at: datetime, minutes: int, time_zone: str, country: str, subdivision: str
) -> Probe:
    """
    :param at: without a zone, as a clock reads it where the hours are kept; a reading that comes twice is
        the first of the two, and one that is left out is as much later as the clock is set on.
    :param time_zone: of the support region; counts where the calendar has none of its own.
    :raises NeverOpens: no coverage is left after the start.
    :raises OutOfRange: outside 1970 to 2199.
    """
    zone = value.time_zone or time_zone
    region = region_code(country, subdivision) if country else ""
    calendar = calendar_in_region(value, time_zone, region, at.year)
    return Probe(zone, explain_due(calendar, at.replace(tzinfo=ZoneInfo(zone)), minutes))
