from enum import StrEnum


class CalendarFault(StrEnum):
    """What is wrong with a calendar; the caller turns it into a sentence in the reader's language."""

    BAD_SHAPE = "bad_shape"
    UNKNOWN_KEY = "unknown_key"
    UNKNOWN_ZONE = "unknown_zone"
    BAD_WEEKDAY = "bad_weekday"
    BAD_TIME = "bad_time"
    BAD_DATE = "bad_date"
    EMPTY_INTERVAL = "empty_interval"
    TOO_LONG = "too_long"
    OVERLAP = "overlap"


class CoverageError(Exception):
    """A question that the arithmetic cannot answer."""


class InvalidCalendar(CoverageError, ValueError):
    """`where` points into the plain form of the calendar: `zone`, `week[2]`, `dates.2026-12-24[0]`."""

    def __init__(self, code: CalendarFault, where: str) -> None:
        super().__init__(f"{where}: {code.value.replace('_', ' ')}")
        self.code = code
        self.where = where


class NeverOpens(CoverageError):
    """The calendar has no coverage left after the start, so the time asked for never passes."""


class OutOfRange(CoverageError):
    """An instant lies before 1970 or after 2199, where zone rules are a guess."""
