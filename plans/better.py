"""Which of two editions gives more, part by part: what a contract enjoys in its support period.

Pure. Nothing is ever less than under the pinned edition: docs/rules/decisions.md, “Not materially reduced”.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from plans.enums import Unit
from plans.hours import CalendarValue, covers
from plans.matrix import CellKey, CellValue, Matrix, Promised, TargetValue

Key = TypeVar("Key")


@dataclass(frozen=True, kw_only=True)
class Enjoyed(Matrix):
    """What a contract enjoys that was bought under ``pinned`` while ``current`` is in force.

    Targets are compared as each edition promises them for the product that is asked about, with the hours
    that really count there.
    """

    pinned: Matrix
    current: Matrix

    def target(
        self, kind: str, severity: int, plan_id: int, product_id: int | None = None
    ) -> TargetValue | None:
        """What is promised, as a target; None also where neither edition promises anything."""
        found = self.promised(kind, severity, plan_id, product_id)
        if found is None:
            return None
        return TargetValue(
            found.minutes, found.unit, found.calendar.id if found.calendar else None, named=True
        )

    def promised(self, kind: str, severity: int, plan_id: int, product_id: int | None) -> Promised | None:
        return better_promise(
            self.pinned.promised(kind, severity, plan_id, product_id),
            self.current.promised(kind, severity, plan_id, product_id),
        )

    def general_hours(self, plan_id: int) -> CalendarValue | None:
        return _wider(self.pinned.general_hours(plan_id), self.current.general_hours(plan_id))


def better(pinned: Matrix, current: Matrix) -> Matrix:
    """What a contract enjoys that was bought under ``pinned`` while ``current`` is in force.

    Gains reach it at once, cuts don't. An exception counts when both editions have it, or when the only
    edition that has the feature has it. ``pinned`` may itself be the better of several editions.
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
        elif key in pinned.gains:
            gains[key] = pinned.gains[key]
    return Enjoyed(
        edition_id=pinned.edition_id,
        number=pinned.number,
        plans=current.plans,
        cells=cells,
        exceptions=pinned.exceptions & current.exceptions,
        calendars=calendars,
        plan_exceptions=_one_sided(pinned, current),
        gains=gains,
        pinned=pinned,
        current=current,
    )


def better_cell(
    pinned: CellValue | None, current: CellValue | None, calendars: Mapping[int, CalendarValue]
) -> CellValue | None:
    """The better of each part: on beats off, the wider calendar, the larger allowance, the shorter notice."""
    if pinned is None or current is None:
        return pinned or current
    hours = _wider(*(calendars[one.calendar_id] if one.calendar_id else None for one in (pinned, current)))
    return CellValue(
        calendar_id=hours.id if hours else None,
        allowance=None
        if pinned.allowance is None or current.allowance is None
        else max(pinned.allowance, current.allowance),
        notice_days=min(pinned.notice_days, current.notice_days),
    )


def better_promise(pinned: Promised | None, current: Promised | None) -> Promised | None:
    """The shorter time in the wider hours; a promise beats none.

    As many elapsed minutes are never later than as many minutes of coverage. Where neither is always
    the earlier (more elapsed against fewer of coverage), the pinned one stays.
    """
    if pinned is None or current is None:
        return pinned or current
    if pinned.calendar is not None and current.calendar is not None:
        hours = current if _is_wider(current.calendar, pinned.calendar) else pinned
        return hours._replace(minutes=min(pinned.minutes, current.minutes))
    if pinned.unit == current.unit:
        return min(pinned, current, key=lambda promise: promise.minutes)
    never_later = current.unit == Unit.ELAPSED_MINUTES and current.minutes <= pinned.minutes
    return current if never_later else pinned


def _one_sided(pinned: Matrix, current: Matrix) -> frozenset[tuple[int, str, int]]:
    """Exceptions of one edition that stand for a plan: no edition that gives it the feature gives it for
    the product."""
    editions = (pinned, current)
    asked = {
        (plan_id, code, product_id)
        for code, product_id in pinned.exceptions ^ current.exceptions
        for edition in editions
        for plan_id, feature_code in edition.cells
        if feature_code == code
    }
    return frozenset(
        (plan_id, code, product_id)
        for plan_id, code, product_id in asked | pinned.plan_exceptions
        if not any(edition.gives(plan_id, code, product_id) for edition in editions)
    )


def _all_keys(first: Iterable[Key], second: Iterable[Key]) -> list[Key]:
    return list(dict.fromkeys([*first, *second]))


def _wider(pinned: CalendarValue | None, current: CalendarValue | None) -> CalendarValue | None:
    if pinned is None or current is None:
        return pinned or current
    return current if _is_wider(current, pinned) else pinned


def _is_wider(one: CalendarValue, other: CalendarValue) -> bool:
    return covers(one, other) and not covers(other, one)
