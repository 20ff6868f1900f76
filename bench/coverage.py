"""How fast due times are counted, and whether the years in between cost anything."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import process_time
from typing import TypedDict

from plans.coverage import Calendar, due, elapsed, openings

ROUNDS = 7
CALLS = 20_000
YEAR_OF_OFFICE_MINUTES = 261 * 600

# Ten holidays a year for thirty years: more exceptional dates than any tenant is likely to keep.
OFFICE = Calendar(
    "Europe/Berlin",
    openings(range(5), "08:00", "18:00"),
    holidays=frozenset(date(year, month, 15) for year in range(2020, 2050) for month in range(1, 11)),
)
STARTS = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=37 * n) for n in range(CALLS)]


class Measurement(TypedDict):
    name: str
    value: float
    unit: str
    bar: str
    ok: bool


def measure() -> list[Measurement]:
    near = _seconds_per_call(lambda start: due(OFFICE, start, 480))
    far = _seconds_per_call(lambda start: due(OFFICE, start, 100 * YEAR_OF_OFFICE_MINUTES))
    between = _seconds_per_call(lambda start: elapsed(OFFICE, STARTS[0], start))
    return [
        _at_least("coverage: due times, Monday to Friday with holidays", 1 / near, "a second", 50_000),
        _at_least("coverage: elapsed coverage, same calendar", 1 / between, "a second", 50_000),
        _at_most("coverage: due a century ahead against the next day", far / near, "×", 1.5),
    ]


def _seconds_per_call(call: Callable[[datetime], object], starts: Sequence[datetime] = STARTS) -> float:
    """The median of several rounds, in CPU time of this process; the first call is not counted."""
    call(starts[0])
    rounds = []
    for _ in range(ROUNDS):
        began = process_time()
        for start in starts:
            call(start)
        rounds.append((process_time() - began) / len(starts))
    return median(rounds)


def _at_least(name: str, value: float, unit: str, bar: float) -> Measurement:
    return {"name": name, "value": round(value), "unit": unit, "bar": f"≥ {bar:,}", "ok": value >= bar}


def _at_most(name: str, value: float, unit: str, bar: float) -> Measurement:
    return {"name": name, "value": round(value, 2), "unit": unit, "bar": f"≤ {bar}", "ok": value <= bar}
