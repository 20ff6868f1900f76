"""A period of whole days in the tenant's time zone, and how it is cut. Pure: knows no clock."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

LONGEST = 1100
"""Days: three years."""
_ONE_DAY = timedelta(days=1)


class Step(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date
    zone: str

    @classmethod
    def of_last(cls, days: int, now: datetime, zone: str) -> "Period":
        """So many days, today's among them."""
        today = now.astimezone(ZoneInfo(zone)).date()
        return cls(today - timedelta(days=days - 1), today, zone)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime:
        return self._midnight(self.first)

    @property
    def end(self) -> datetime:
        """The instant after it."""
        return self._midnight(self.last + _ONE_DAY)

    @property
    def step(self) -> Step:
        """How a chart of it is cut: into some thirty parts at most."""
        if self.days <= 31:
            return Step.DAY
        return Step.WEEK if self.days <= 217 else Step.MONTH

    def cut(self, step: Step) -> list["Period"]:
        """Days, weeks from Monday or calendar months, oldest first; those at the ends may be parts of one."""
        firsts = [self.first]
        while (following := _next(firsts[-1], step)) <= self.last:
            firsts.append(following)
        lasts = [*(first - _ONE_DAY for first in firsts[1:]), self.last]
        return [Period(first, last, self.zone) for first, last in zip(firsts, lasts, strict=True)]

    def _midnight(self, day: date) -> datetime:
        """When the day begins; where clocks go forward at midnight, the instant of that change."""
        return datetime.combine(day, time.min, tzinfo=ZoneInfo(self.zone))


def _next(day: date, step: Step) -> date:
    """The first day of the next part."""
    if step is Step.DAY:
        return day + _ONE_DAY
    if step is Step.WEEK:
        return day + timedelta(days=7 - day.weekday())
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
