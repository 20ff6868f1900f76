"""The coverage calendar that an edition's calendar gives in one support region."""

from functools import lru_cache

from plans.coverage import Calendar
from plans.matrix import CalendarValue
from plans.public_holidays import UnknownRegion, public_holidays

_YEARS_BACK, _YEARS_ON = 1, 2


def region_code(country: str, subdivision: str) -> str:
    """``DE-BE`` or ``DE``: how a support region is pinned on an incident."""
    return f"{country}-{subdivision}" if subdivision else country


@lru_cache(maxsize=512)
def calendar_in_region(
    value: CalendarValue, time_zone: str, region: str, year: int, *, open_days: tuple[str, ...] = ()
) -> Calendar:
    """Coverage as it is around ``year``, in the calendar's own zone or else the region's ``time_zone``.

    ``region`` is a country or country and subdivision (:func:`region_code`); its public holidays close
    the calendar where it observes them. A region whose holidays nobody knows has none. ``open_days`` are ISO
    dates of which every hour counts, whatever the week and the holidays say.
    """
    plain = {
        "zone": value.time_zone or time_zone,
        "week": [list(opening) for opening in value.week],
        "dates": {
            **{day: [list(hours) for hours in own] for day, own in value.dates},
            **{day: [["00:00", "24:00"]] for day in open_days},
        },
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
    return Calendar.from_dict(plain)
