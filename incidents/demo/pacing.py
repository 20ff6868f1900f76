"""How fast things go between a customer and support, in the hours that the customer's plan covers.

Pure: the present is an argument, and chance comes from a generator that is given.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from plans.coverage import Calendar, due, elapsed

_MINUTE = timedelta(minutes=1)
_MINUTES_BACK = 200 * 24 * 60
_LATE_SHARE = 0.14


@dataclass(frozen=True, slots=True)
class Pace:
    """The coverage hours of one severity, and the minutes of them that the plan promises."""

    calendar: Calendar
    minutes: int

    def after(self, start: datetime, minutes: int) -> datetime:
        return due(self.calendar, start, minutes)

    def before(self, end: datetime, minutes: int) -> datetime:
        """The latest moment, whole minutes back, from which so much coverage passes until ``end``."""
        wanted = minutes * _MINUTE
        back = bisect_left(
            range(_MINUTES_BACK),
            True,
            key=lambda back: elapsed(self.calendar, end - back * _MINUTE, end) >= wanted,
        )
        return end - back * _MINUTE

    def between(self, start: datetime, end: datetime) -> int:
        """Minutes of coverage."""
        return int(elapsed(self.calendar, start, end) / _MINUTE)

    def response(self, rng: Random) -> int:
        """Minutes to a first response: most within the promise, some late."""
        share = rng.uniform(1.05, 1.9) if rng.random() < _LATE_SHARE else rng.triangular(0.08, 0.95, 0.45)
        return max(2, round(self.minutes * share))

    def turn(self, rng: Random, most: int) -> int:
        """Minutes until the next thing happens, in proportion to how urgent the promise is."""
        return rng.randint(1, most) * max(4, self.minutes // 12)
