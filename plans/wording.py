"""Targets and coverage hours in the reader's words."""

from itertools import groupby
from typing import Literal

from babel import Locale
from babel.dates import get_day_names
from django.utils.translation import get_language, gettext

from plans.enums import Unit
from plans.matrix import CalendarValue, CellValue, Promised, TargetValue

_CLDR_NAME = {"en": "en_GB"}
DAYS_A_WEEK = 7


def target_words(target: TargetValue | Promised | None) -> str:
    """``4 h``, ``1 h 30 min``; empty for no target. Minutes of coverage, unless it says otherwise."""
    if target is None:
        return ""
    words = minutes_words(target.minutes)
    if target.unit == Unit.ELAPSED_MINUTES:
        return gettext("%(time)s by the clock") % {"time": words}
    return words


def minutes_words(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return gettext("%(hours)d h") % {"hours": hours}
    return gettext("%(hours)d h %(minutes)s min") % {"hours": hours, "minutes": f"{rest:02d}"}


def calendar_name(calendar: CalendarValue) -> str:
    """Its name in the reader's language, or in English, or its code."""
    language = get_language() or "en"
    return calendar.names.get(language) or calendar.names.get("en") or calendar.code


def calendar_hours(calendar: CalendarValue) -> str:
    """``Mon–Fri 08:00–18:00``: neighbouring days with the same hours stand together."""
    names = day_names("abbreviated")
    by_day = [
        ", ".join(f"{opens}–{closes}" for weekday, opens, closes in calendar.week if weekday == day)
        for day in range(DAYS_A_WEEK)
    ]
    parts = []
    for hours, group in groupby(range(DAYS_A_WEEK), key=lambda day: by_day[day]):
        days = list(group)
        if hours:
            span = names[days[0]] if len(days) == 1 else f"{names[days[0]]}–{names[days[-1]]}"
            parts.append(f"{span} {hours}")
    return " · ".join(parts)


def calendar_conditions(calendar: CalendarValue, zone: str = "") -> str:
    """Whose clock the hours are read from, and what public holidays do to them.

    :param zone: the account's time zone, where the reader has an account.
    """
    zone = calendar.time_zone or zone
    if zone and calendar.holidays:
        return gettext("Time zone %(zone)s, closed on public holidays") % {"zone": zone}
    if zone:
        return gettext("Time zone %(zone)s, public holidays included") % {"zone": zone}
    if calendar.holidays:
        return gettext("In the time zone of your support region, closed on its public holidays")
    return gettext("In the time zone of your support region, public holidays included")


def staff_conditions(calendar: CalendarValue) -> str:
    """:func:`calendar_conditions` for those who promise the hours."""
    if calendar.time_zone:
        return calendar_conditions(calendar)
    if calendar.holidays:
        return gettext("In the time zone of the customer’s support region, closed on its public holidays")
    return gettext("In the time zone of the customer’s support region, public holidays included")


def allowance_words(cell: CellValue) -> str:
    """How often and how long ahead; empty where nothing limits the use."""
    parts = []
    if cell.allowance == 1:
        parts.append(gettext("once in a support period"))
    elif cell.allowance is not None:
        parts.append(gettext("%(times)d times in a support period") % {"times": cell.allowance})
    if cell.notice_days:
        parts.append(gettext("asked for %(days)d days ahead") % {"days": cell.notice_days})
    return ", ".join(parts)


def day_names(width: Literal["abbreviated", "wide"] = "wide") -> list[str]:
    """From Monday on, in the reader's language; ``abbreviated`` ones without their dot."""
    language = get_language() or "en"
    locale = Locale.parse(_CLDR_NAME.get(language, language), sep="-" if "-" in language else "_")
    names = get_day_names(width, "stand-alone", locale)
    return [names[day].rstrip(".") for day in range(DAYS_A_WEEK)]
