"""Times, durations and sizes as a reader sees them; quick enough for row loops.

Names and order of day, month and weekday come from CLDR; the day has 24 hours in every language.
All datetimes are aware; the reader's zone is applied here.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import tokenize_pattern
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, override

_CLDR_NAME = {"en": "en_GB"}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_UNITS = ("B", "kB", "MB", "GB")


@dataclass(frozen=True)
class Formats:
    """How one language in one time zone writes things. Get one by ``formats()`` and keep it for a loop."""

    language: str
    zone: ZoneInfo

    def time(self, at: datetime) -> str:
        """``14:30``"""
        return self._write("Hm", at.astimezone(self.zone))

    def day(self, at: date) -> str:
        """``12 Nov 2025``; a plain date is taken as it is."""
        return self._write("yMMMd", self._local(at))

    def weekday(self, at: date) -> str:
        """``Tue, 12 Nov 2025``"""
        return self._write("yMMMEd", self._local(at))

    def short_day(self, at: date) -> str:
        """``12 Nov``"""
        return self._write("MMMd", self._local(at))

    def month(self, at: date) -> str:
        """``Nov 2025``"""
        return self._write("yMMM", self._local(at))

    def moment(self, at: datetime, now: datetime) -> str:
        """As short as it stays clear.

        ``14:30`` today, ``Tue 14:30`` within six days, else ``12 Nov 14:30``; other years ``12 Nov 2025``.
        """
        local, today = at.astimezone(self.zone), now.astimezone(self.zone)
        days = abs((local.date() - today.date()).days)
        if days == 0:
            return self._write("Hm", local)
        if days <= 6:
            return self._write("EHm", local)
        if local.year == today.year:
            return f"{self._write('MMMd', local)} {self._write('Hm', local)}"
        return self._write("yMMMd", local)

    def full(self, at: datetime) -> str:
        """``Tue, 12 Nov 2025 14:30 CET``"""
        local = at.astimezone(self.zone)
        return f"{self._write('yMMMEd', local)} {self._write('Hm', local)} {local.tzname()}"

    def element(self, at: datetime, now: datetime) -> SafeString:
        """``moment`` in a ``<time>`` element that tells the full time on hover."""
        return format_html(
            '<time datetime="{}" title="{}">{}</time>', at.isoformat(), self.full(at), self.moment(at, now)
        )

    def duration(self, span: timedelta) -> str:
        """``35 min``, ``26 h 05 min``: minutes rounded down; no days, which promises don't know."""
        minutes = int(abs(span.total_seconds())) // _MINUTE
        hours, rest = divmod(minutes, 60)
        if hours:
            return self._words["hours"] % {"hours": hours, "minutes": f"{rest:02d}"}
        return self._words["minutes"] % {"minutes": minutes}

    def age(self, span: timedelta) -> str:
        """One rounded-down unit of elapsed time: ``5 min``, ``3 h``, ``4 d``."""
        seconds = int(abs(span.total_seconds()))
        if seconds < _HOUR:
            return self._words["minutes"] % {"minutes": seconds // _MINUTE}
        if seconds < _DAY:
            return self._words["only_hours"] % {"hours": seconds // _HOUR}
        return self._words["days"] % {"days": seconds // _DAY}

    def size(self, count: int) -> str:
        """``640 B``, ``3.4 MB``: steps of 1024, with the language's decimal mark."""
        value, unit = float(count), 0
        while value >= 1023.5 and unit < len(_UNITS) - 1:
            value, unit = value / 1024, unit + 1
        digits = f"{value:.1f}" if unit and value < 9.95 else f"{value:.0f}"
        return f"{digits.replace('.', self._decimal_mark)} {_UNITS[unit]}"

    def _local(self, at: date) -> date:
        return at.astimezone(self.zone) if isinstance(at, datetime) else at

    def _write(self, skeleton: str, at: date) -> str:
        hour, minute = (at.hour, at.minute) if isinstance(at, datetime) else (0, 0)
        return self._patterns[skeleton].format(
            d=at.day,
            E=self._weekdays[at.weekday()],
            MMM=self._months[at.month],
            y=at.year,
            HH=f"{hour:02d}",
            mm=f"{minute:02d}",
        )

    @cached_property
    def _locale(self) -> Locale:
        return Locale.parse(_CLDR_NAME.get(self.language, self.language.replace("-", "_")))

    @cached_property
    def _patterns(self) -> dict[str, str]:
        skeletons = self._locale.datetime_skeletons
        return {
            name: _as_format(skeletons[name].pattern)
            for name in ("Hm", "EHm", "MMMd", "yMMM", "yMMMd", "yMMMEd")
        }

    @cached_property
    def _weekdays(self) -> dict[int, str]:
        return dict(self._locale.days["format"]["abbreviated"])

    @cached_property
    def _months(self) -> dict[int, str]:
        return dict(self._locale.months["format"]["abbreviated"])

    @cached_property
    def _decimal_mark(self) -> str:
        return str(self._locale.number_symbols["latn"]["decimal"])

    @cached_property
    def _words(self) -> dict[str, str]:
        with override(self.language):
            return {
                "hours": gettext("%(hours)d h %(minutes)s min"),
                "only_hours": gettext("%(hours)d h"),
                "minutes": gettext("%(minutes)d min"),
                "days": gettext("%(days)d d"),
            }


def formats() -> Formats:
    """The formats of whoever reads now: the active language and time zone."""
    return formats_for(get_language() or "en", timezone.get_current_timezone_name())


@cache
def formats_for(language: str, zone: str) -> Formats:
    return Formats(language, ZoneInfo(zone))


def _as_format(pattern: str) -> str:
    """A CLDR pattern (``d MMM y``) as a ``str.format`` template (``{d} {MMM} {y}``)."""
    parts: list[str] = []
    for _kind, value in tokenize_pattern(pattern):
        if isinstance(value, str):
            parts.append(value)
        else:
            letter, count = value
            parts.append("{E}" if letter == "E" else f"{{{letter * count}}}")
    return "".join(parts)
