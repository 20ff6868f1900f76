"""The matrix as plain values: who gets what, and by when they are answered.

Pure: no rows, no clock. The rules, with worked numbers, are in docs/rules/decisions.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from plans.enums import FeatureCode, Severity, Unit
from plans.hours import CalendarValue, covers

__all__ = [
    "CalendarValue",
    "CellKey",
    "CellValue",
    "Matrix",
    "PlanValue",
    "Promised",
    "TargetKey",
    "TargetValue",
]

CellKey = tuple[int, str]
"""(plan id, feature code)"""
TargetKey = tuple[str, int, int, int | None]
"""(kind, severity, plan id, product id or None for every product)"""

_FOR_CRITICAL = (FeatureCode.EXTENDED_CRITICAL_INCIDENT_SUPPORT, FeatureCode.CRITICAL_INCIDENT_SUPPORT)
"""Features with hours of their own for severity 1; the first that is given counts."""


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
    """A promised time; ``calendar_id`` is found by precedence when an edition is read, and None where
    elapsed minutes count or nothing is found. ``named``: the target itself names it."""

    minutes: int
    unit: str = Unit.COVERAGE_MINUTES
    calendar_id: int | None = None
    named: bool = False


class Promised(NamedTuple):
    """A target with the hours that really count: none for elapsed minutes."""

    minutes: int
    unit: str
    calendar: CalendarValue | None
    feature: FeatureCode
    """Whose hours they are."""


@dataclass(frozen=True)
class Matrix:
    """One edition, or what a contract enjoys of two (``plans.better``); ``plans`` go from low to high."""

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
        """The target that was set; the product's own row comes before the general one."""
        own = self.targets.get((kind, severity, plan_id, product_id))
        return own or self.targets.get((kind, severity, plan_id, None))

    def promised(self, kind: str, severity: int, plan_id: int, product_id: int | None) -> Promised | None:
        """What the plan promises for the product, and in which hours it counts.

        None without a target, without Targeted Incident Response for the product, and for minutes of
        coverage that no calendar counts.
        """
        target = self.target(kind, severity, plan_id, product_id)
        feature = FeatureCode.TARGETED_RESPONSE
        if target is None or not self.gives(plan_id, feature, product_id):
            return None
        if target.unit == Unit.ELAPSED_MINUTES:
            return Promised(target.minutes, target.unit, None, feature)
        calendar = None if target.calendar_id is None else self.calendars[target.calendar_id]
        if severity == Severity.CRITICAL:
            calendar, feature = self._critical_hours(target, calendar, plan_id, product_id)
        return Promised(target.minutes, target.unit, calendar, feature) if calendar else None

    def _critical_hours(
        self, target: TargetValue, own: CalendarValue | None, plan_id: int, product_id: int | None
    ) -> tuple[CalendarValue | None, FeatureCode]:
        """Hours that the target names come before those of critical incident support, and these before the
        plan's, product's or tenant's; but hours that cover the others always count."""
        for code in _FOR_CRITICAL:
            given = self.gives(plan_id, code, product_id)
            if given and (hours := self.calendar_of(self.cell(plan_id, code))):
                kept = own is not None and not covers(hours, own) and (target.named or covers(own, hours))
                return (own, FeatureCode.TARGETED_RESPONSE) if kept else (hours, code)
        return own, FeatureCode.TARGETED_RESPONSE

    def general_hours(self, plan_id: int) -> CalendarValue | None:
        """The hours of those of the plan's targets that name none of their own, for products without any."""
        found = (
            target.calendar_id
            for (_kind, _severity, of_plan, product_id), target in self.targets.items()
            if of_plan == plan_id
            and product_id is None
            and not target.named
            and target.calendar_id is not None
        )
        calendar_id = next(found, None)
        return None if calendar_id is None else self.calendars[calendar_id]

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
