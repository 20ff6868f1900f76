"""What is wrong with hours that somebody has typed, as sentences that say what to do."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from plans.coverage import Calendar, CalendarFault, InvalidCalendar
from plans.wording import DAYS_A_WEEK, day_names
from portal.core.errors import Refused

Week = Sequence[Sequence[Any]]
Dates = Mapping[str, Sequence[Sequence[str]]]


def check_hours(*, time_zone: str, week: Week, dates: Dates) -> None:
    """:raises Refused: at the field ``time_zone``, ``day_0`` (Monday) to ``day_6``, or ``dates``."""
    _try({"zone": time_zone or "UTC", "week": []}, "time_zone", time_zone)
    names = day_names()
    for day in range(DAYS_A_WEEK):
        # Day after day, so that hours that overlap with those before are named by the later day.
        until = [opening for opening in week if opening[0] <= day]
        _try({"zone": "UTC", "week": until}, f"day_{day}", names[day])
    for written in sorted(dates):
        _try({"zone": "UTC", "week": [], "dates": {written: dates[written]}}, "dates", written)
    if not week:
        raise Refused(
            _("Give at least one day of the week some hours. Without any, no time would ever count."),
            field="day_0",
        )


def _try(plain: dict[str, Any], field: str, what: str) -> None:
    try:
        Calendar.from_dict(plain)
    except InvalidCalendar as fault:
        raise Refused(_sentence(fault.code) % {"what": what}, field=field) from None


def _sentence(fault: CalendarFault) -> str:
    match fault:
        case CalendarFault.UNKNOWN_ZONE:
            return _(
                "Nobody knows the time zone %(what)s. Choose one from the list, Europe/Berlin for example."
            )
        case CalendarFault.BAD_DATE:
            return _("%(what)s is no date from 1970 to 2199. Write dates as 2026-12-24.")
        case CalendarFault.EMPTY_INTERVAL:
            return _("%(what)s has hours without length. Let them close later than they open.")
        case CalendarFault.TOO_LONG:
            return _("%(what)s has hours that last more than a day. Split them, one part for each day.")
        case CalendarFault.OVERLAP:
            return _(
                "The hours of %(what)s overlap, with each other or with those that go on from the day before."
                " Join them, or let one end before the next begins."
            )
    return _("The hours of %(what)s can’t be read. Write them as 08:00–12:00, 13:00–18:00.")
