"""The matrix as plain values: who gets what, by when they are answered, and which of two editions gives more.

Pure: no rows, no clock. The rules, with worked numbers, are in docs/rules/decisions.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple, TypeVar

from plans.enums import FeatureCode, Severity, Unit

DAY_MINUTES = 24 * 60

CellKey = tuple[int, str]
"""(plan id, feature code)"""
TargetKey = tuple[str, int, int, int | None]
"""(kind, severity, plan id, product id or None for every product)"""
Key = TypeVar("Key")
_WIDER_HOURS: dict[int, tuple[FeatureCode, ...]] = {
    Severity.CRITICAL: (
        FeatureCode.EXTENDED_CRITICAL_INCIDENT_SUPPORT,
        FeatureCode.CRITICAL_INCIDENT_SUPPORT,
    )
}


@dataclass(frozen=True, slots=True)
class PlanValue:
    """A plan; a higher rank is a higher plan."""

    id: int
    code: str
    name: str
    rank: int


@dataclass(frozen=True, slots=True)
class CellValue:
    """That a plan has a feature, and with what: hours, uses in a support period (None: no limit),
    days of notice."""

    calendar_id: int | None = None
    allowance: int | None = None
    notice_days: int = 0


@dataclass(frozen=True, slots=True)
class TargetValue:
    minutes: int
    unit: str = Unit.COVERAGE_MINUTES


@dataclass(frozen=True)
class CalendarValue:
    """Coverage hours: ``week`` holds (weekday 0-6, "08:00", "18:00"), ``dates`` (ISO date, its own hours).

    Without a time zone they are hours of the account's support region.
    """

    id: int
    code: str
    time_zone: str = ""
    week: tuple[tuple[int, str, str], ...] = ()
    holidays: bool = True
    dates: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    names: Mapping[str, str] = field(default_factory=dict, hash=False)

    @cached_property
    def minutes_a_week(self) -> int:
        return sum(_minutes_between(opens, closes) for _, opens, closes in self.week)

    @property
    def width(self) -> tuple[int, bool]:
        """Orders calendars from narrow to wide: minutes a week, then those that are open on holidays."""
        return self.minutes_a_week, not self.holidays


class Promised(NamedTuple):
    """What a plan promises: so many minutes in these hours (none: elapsed), and whose hours they are."""

    minutes: int
    unit: str
    calendar: CalendarValue | None
    feature: FeatureCode


@dataclass(frozen=True)
class Matrix:
    """One edition, or what a contract enjoys of two (see :func:`better`); ``plans`` go from low to high."""

    edition_id: int
    number: int
    plans: tuple[PlanValue, ...]
    cells: Mapping[CellKey, CellValue]
    exceptions: frozenset[tuple[str, int]] = frozenset()
    targets: Mapping[TargetKey, TargetValue] = field(default_factory=dict)
    calendars: Mapping[int, CalendarValue] = field(default_factory=dict)
    plan_exceptions: frozenset[tuple[int, str, int]] = frozenset()
    """Exceptions that bind one plan only; they come about where two editions are compared."""
    gains: Mapping[CellKey, tuple[int, int]] = field(default_factory=dict)
    """Cells that come from a later edition than the pinned one: (edition id, number)."""

    def cell(self, plan_id: int, feature_code: str) -> CellValue | None:
        """What the plan has of the feature; None for nothing."""
        return self.cells.get((plan_id, feature_code))

    def target(
        self, kind: str, severity: int, plan_id: int, product_id: int | None = None
    ) -> TargetValue | None:
        """The promised time; the product's own row comes before the general one."""
        own = self.targets.get((kind, severity, plan_id, product_id))
        return own or self.targets.get((kind, severity, plan_id, None))

    def promised(self, kind: str, severity: int, plan_id: int, product_id: int | None) -> Promised | None:
        """A target with the hours that it is counted in; None where the plan promises none."""
        target = self.target(kind, severity, plan_id, product_id)
        if target is None or not self.gives(plan_id, FeatureCode.TARGETED_RESPONSE, product_id):
            return None
        if target.unit == Unit.ELAPSED_MINUTES:
            return Promised(target.minutes, target.unit, None, FeatureCode.TARGETED_RESPONSE)
        for code in (*_WIDER_HOURS.get(severity, ()), FeatureCode.TARGETED_RESPONSE):
            calendar = self.calendar_of(self.cell(plan_id, code))
            if calendar is not None and self.gives(plan_id, code, product_id):
                return Promised(target.minutes, target.unit, calendar, code)
        return None

    def excluded(self, feature_code: str, product_id: int | None, plan_id: int | None = None) -> bool:
        """Whether the feature isn't available for the product (``*``)."""
        if product_id is None:
            return False
        return (feature_code, product_id) in self.exceptions or (
            plan_id is not None and (plan_id, feature_code, product_id) in self.plan_exceptions
        )

    def gives(self, plan_id: int, feature_code: str, product_id: int | None) -> bool:
        has = (plan_id, feature_code) in self.cells
        return has and not self.excluded(feature_code, product_id, plan_id)

    def calendar_of(self, cell: CellValue | None) -> CalendarValue | None:
        return self.calendars[cell.calendar_id] if cell and cell.calendar_id is not None else None

    def origin(self, plan_id: int, feature_code: str) -> tuple[int, int]:
        """The (id, number) of the edition that the cell, or its absence, comes from."""
        return self.gains.get((plan_id, feature_code)) or (self.edition_id, self.number)


def better_cell(
    pinned: CellValue | None, current: CellValue | None, calendars: Mapping[int, CalendarValue]
) -> CellValue | None:
    """The better of each part: on beats off, the wider calendar, the larger allowance, the shorter notice."""
    if pinned is None or current is None:
        return pinned or current
    return CellValue(
        calendar_id=_wider(pinned.calendar_id, current.calendar_id, calendars),
        allowance=None
        if pinned.allowance is None or current.allowance is None
        else max(pinned.allowance, current.allowance),
        notice_days=min(pinned.notice_days, current.notice_days),
    )


def better_target(pinned: TargetValue | None, current: TargetValue | None) -> TargetValue | None:
    """The shorter one; a target beats none.

    As many elapsed minutes are never later than as many minutes of coverage. Where neither is always
    the earlier (more elapsed against fewer of coverage), the pinned one stays.
    """
    if pinned is None or current is None:
        return pinned or current
    if pinned.unit == current.unit:
        return current if current.minutes < pinned.minutes else pinned
    never_later = current.unit == Unit.ELAPSED_MINUTES and current.minutes <= pinned.minutes
    return current if never_later else pinned


def better(pinned: Matrix, current: Matrix) -> Matrix:
    """What a contract enjoys that was bought under ``pinned`` while ``current`` is in force.

    Gains reach it at once, cuts don't. An exception counts when both editions have it, or when the only
    edition that has the feature has it.
    """
    if pinned.edition_id == current.edition_id:
        return current
    calendars = {**pinned.calendars, **current.calendars}
    cells: dict[CellKey, CellValue] = {}
    gains: dict[CellKey, tuple[int, int]] = {}
    for key in _all_keys(pinned.cells, current.cells):
        cell = better_cell(pinned.cells.get(key), current.cells.get(key), calendars)
        if cell is None:
            continue
        cells[key] = cell
        if cell != pinned.cells.get(key):
            gains[key] = (current.edition_id, current.number)
    targets: dict[TargetKey, TargetValue] = {}
    for target_key in _all_keys(pinned.targets, current.targets):
        target = better_target(pinned.target(*target_key), current.target(*target_key))
        if target is not None:
            targets[target_key] = target
    return replace(
        pinned,
        plans=current.plans,
        cells=cells,
        exceptions=pinned.exceptions & current.exceptions,
        targets=targets,
        calendars=calendars,
        plan_exceptions=_one_sided(pinned, current),
        gains=gains,
    )


def _one_sided(pinned: Matrix, current: Matrix) -> frozenset[tuple[int, str, int]]:
    """Exceptions of one edition that stand because the other doesn't have the feature at all."""
    return frozenset(
        (plan_id, code, product_id)
        for here, other in ((pinned, current), (current, pinned))
        for code, product_id in here.exceptions - other.exceptions
        for plan_id, feature_code in here.cells
        if feature_code == code and (plan_id, code) not in other.cells
    )


def _all_keys(first: Iterable[Key], second: Iterable[Key]) -> list[Key]:
    return list(dict.fromkeys([*first, *second]))


def _wider(pinned: int | None, current: int | None, calendars: Mapping[int, CalendarValue]) -> int | None:
    if pinned is None or current is None:
        return current if pinned is None else pinned
    return current if calendars[current].width > calendars[pinned].width else pinned


def _minutes_between(opens: str, closes: str) -> int:
    start, end = _minute(opens), _minute(closes)
    return end - start if end > start else end - start + DAY_MINUTES


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
