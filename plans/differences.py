"""What one edition promises otherwise than another, and for whom that is better.

Pure: two matrices in, typed changes out. Hours are compared by what they cover, because every edition has
calendars of its own. Swapped editions turn each better into a worse.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise, starmap
from typing import NamedTuple

from plans.better import better_promise
from plans.enums import FeatureCode, Severity, TargetKind
from plans.hours import covers
from plans.matrix import CalendarValue, CellValue, Matrix, PlanValue, Promised

_Pair = tuple[Promised | None, Promised | None]
"""What is promised before and after."""


class Verdict(StrEnum):
    """By the rules of ``plans.better``; OTHER where neither edition gives all that the other does."""

    BETTER = "better"
    WORSE = "worse"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureChange(Change):
    """The plan gains or loses the feature: with ``calendar`` and ``cell`` as they are or were."""

    plan: PlanValue
    feature: str
    cell: CellValue
    calendar: CalendarValue | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceChange(Change):
    """None for no limit."""

    plan: PlanValue
    feature: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeChange(Change):
    plan: PlanValue
    feature: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursChange(Change):
    plan: PlanValue
    feature: str
    before: CalendarValue | None
    after: CalendarValue | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionChange(Change):
    """The feature is no longer available for the product (worse), or is again (better)."""

    feature: str
    product_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetChange(Change):
    """What is promised, with the hours that really count; for a product only where that differs from what
    happens for every product."""

    kind: TargetKind
    severity: Severity
    plan: PlanValue
    product_id: int | None
    before: Promised | None
    after: Promised | None


class Reach(NamedTuple):
    """A change, and for which of the products that were asked about it is one."""

    change: Change
    products: frozenset[int]


def differences(before: Matrix, after: Matrix) -> tuple[Change, ...]:
    """Everything that ``after`` promises otherwise, plan by plan; empty where both promise the same."""
    plans = {plan.id: plan for plan in (*before.plans, *after.plans)}
    codes = sorted({code for _plan, code in (*before.cells, *after.cells)})
    cells = (
        change for plan in plans.values() for code in codes for change in _of_cell(before, after, plan, code)
    )
    targets = (change for plan in plans.values() for change in _of_targets(before, after, plan))
    return (*cells, *_of_exceptions(before, after), *targets)


def reaching(
    before: Matrix, after: Matrix, plan: PlanValue, product_ids: Collection[int]
) -> tuple[Reach, ...]:
    """What a contract for the plan and these products is given otherwise.

    Unlike :func:`differences` it asks for each product, so it counts exceptions of one plan too, which come
    about where two editions are compared. A target names its product only where not all fare alike.
    """
    codes = sorted({code for plan_id, code in (*before.cells, *after.cells) if plan_id == plan.id})
    cells = (reach for code in codes for reach in _reach_of_cell(before, after, plan, code, product_ids))
    return (*cells, *_reach_of_targets(before, after, plan, sorted(product_ids)))


def _reach_of_cell(
    before: Matrix, after: Matrix, plan: PlanValue, code: str, product_ids: Collection[int]
) -> Iterator[Reach]:
    had, has = (
        frozenset(one for one in product_ids if matrix.gives(plan.id, code, one))
        for matrix in (before, after)
    )
    if before.cell(plan.id, code) is None or after.cell(plan.id, code) is None:
        concerned, excepted = had | has, frozenset[int]()
    else:
        concerned, excepted = had & has, had ^ has
    if concerned:
        yield from (Reach(change, concerned) for change in _of_cell(before, after, plan, code))
    for product_id in sorted(excepted):
        verdict = Verdict.BETTER if product_id in has else Verdict.WORSE
        change = ExceptionChange(verdict=verdict, feature=code, product_id=product_id)
        yield Reach(change, frozenset([product_id]))


def _reach_of_targets(
    before: Matrix, after: Matrix, plan: PlanValue, products: Sequence[int]
) -> Iterator[Reach]:
    for kind in TargetKind:
        for severity in Severity:
            own = {one: _promises(before, after, kind, severity, plan, one) for one in products}
            changed = [one for one in products if not _same_promise(*own[one])]
            if len(changed) == len(products) and all(starmap(_same_pair, pairwise(own.values()))):
                change = _target_change(kind, severity, plan, None, own[changed[0]])
                yield Reach(change, frozenset(changed))
                continue
            for one in changed:
                yield Reach(_target_change(kind, severity, plan, one, own[one]), frozenset([one]))


def _of_cell(before: Matrix, after: Matrix, plan: PlanValue, code: str) -> Iterator[Change]:
    old, new = before.cell(plan.id, code), after.cell(plan.id, code)
    if old is None or new is None:
        yield from _gained_or_lost(before, after, plan, code)
        return
    if old.allowance != new.allowance:
        verdict = _more(_uses(old), _uses(new))
        yield AllowanceChange(
            verdict=verdict, plan=plan, feature=code, before=old.allowance, after=new.allowance
        )
    if old.notice_days != new.notice_days:
        verdict = _more(new.notice_days, old.notice_days)
        yield NoticeChange(
            verdict=verdict, plan=plan, feature=code, before=old.notice_days, after=new.notice_days
        )
    was, now = before.calendar_of(old), after.calendar_of(new)
    # The hours of Targeted Incident Response count through its targets, which are compared themselves.
    if code != FeatureCode.TARGETED_RESPONSE and not _same_hours(was, now):
        yield HoursChange(verdict=compare_hours(was, now), plan=plan, feature=code, before=was, after=now)


def _gained_or_lost(before: Matrix, after: Matrix, plan: PlanValue, code: str) -> Iterator[Change]:
    for matrix, other, verdict in ((after, before, Verdict.BETTER), (before, after, Verdict.WORSE)):
        cell = matrix.cell(plan.id, code)
        if cell is not None and other.cell(plan.id, code) is None:
            calendar = matrix.calendar_of(cell)
            yield FeatureChange(verdict=verdict, plan=plan, feature=code, cell=cell, calendar=calendar)


def _of_exceptions(before: Matrix, after: Matrix) -> Iterator[Change]:
    for code, product_id in sorted(before.exceptions ^ after.exceptions):
        added = (code, product_id) in after.exceptions
        verdict = Verdict.WORSE if added else Verdict.BETTER
        yield ExceptionChange(verdict=verdict, feature=code, product_id=product_id)


def _of_targets(before: Matrix, after: Matrix, plan: PlanValue) -> Iterator[Change]:
    products = _products_apart(before) | _products_apart(after)
    for kind in TargetKind:
        for severity in Severity:
            general = _promises(before, after, kind, severity, plan, None)
            for product_id in (None, *sorted(products)):
                own = _promises(before, after, kind, severity, plan, product_id)
                if product_id is not None and _same_pair(own, general):
                    continue
                if not _same_promise(*own):
                    yield _target_change(kind, severity, plan, product_id, own)


def _target_change(
    kind: TargetKind, severity: Severity, plan: PlanValue, product_id: int | None, promises: _Pair
) -> TargetChange:
    before, after = promises
    return TargetChange(
        verdict=compare_promises(before, after),
        kind=kind,
        severity=severity,
        plan=plan,
        product_id=product_id,
        before=before,
        after=after,
    )


def _products_apart(matrix: Matrix) -> set[int]:
    """Products for which something else may be promised than for the others."""
    targets = {product for *_key, product in matrix.targets if product is not None}
    return targets | {product for _code, product in matrix.exceptions}


def _promises(
    before: Matrix, after: Matrix, kind: TargetKind, severity: Severity, plan: PlanValue, product: int | None
) -> _Pair:
    of = (kind, severity, plan.id, product)
    return before.promised(*of), after.promised(*of)


def _same_pair(one: _Pair, other: _Pair) -> bool:
    return all(map(_same_promise, one, other))


def _same_promise(one: Promised | None, other: Promised | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.minutes, one.unit) == (other.minutes, other.unit) and _same_hours(
        one.calendar, other.calendar
    )


def _same_hours(one: CalendarValue | None, other: CalendarValue | None) -> bool:
    if one is None or other is None:
        return one is other
    return covers(one, other) and covers(other, one)


def compare_promises(before: Promised | None, after: Promised | None) -> Verdict:
    """Better where the new promise is all of the better one whichever is pinned; for the same too."""
    for wanted, verdict in ((after, Verdict.BETTER), (before, Verdict.WORSE)):
        either_way = (better_promise(before, after), better_promise(after, before))
        if all(_same_promise(found, wanted) for found in either_way):
            return verdict
    return Verdict.OTHER


def compare_hours(before: CalendarValue | None, after: CalendarValue | None) -> Verdict:
    """By what they cover; better for the same too."""
    if before is None or after is None:
        return Verdict.BETTER if before is None else Verdict.WORSE
    if covers(after, before):
        return Verdict.BETTER
    return Verdict.WORSE if covers(before, after) else Verdict.OTHER


def _uses(cell: CellValue) -> float:
    return float("inf") if cell.allowance is None else cell.allowance


def _more(before: float, after: float) -> Verdict:
    return Verdict.BETTER if after > before else Verdict.WORSE
