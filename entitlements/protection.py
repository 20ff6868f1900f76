"""What another plan would take away. Pure: an upgrade within a support period must take nothing."""

from collections.abc import Iterable

from plans.enums import FeatureCode, Severity, TargetKind, Unit
from plans.hours import covers
from plans.matrix import CellValue, Matrix, Promised


def first_loss(matrix: Matrix, old_id: int, new_id: int, product_ids: Iterable[int]) -> str | None:
    """The code of a feature of which the new plan gives less than the old one; None where it gives as much.

    Hours that don't cover each other count as less, because somebody may need those that go.
    """
    products = list(product_ids)
    for plan_id, code in matrix.cells:
        if plan_id == old_id and any(_gives_less(matrix, old_id, new_id, code, one) for one in products):
            return code
    for product_id in products:
        for severity in Severity:
            for kind in TargetKind:
                old, new = (matrix.promised(kind, severity, one, product_id) for one in (old_id, new_id))
                if old is not None and (new is None or _may_be_later(new, old)):
                    return FeatureCode.TARGETED_RESPONSE
    return None


def _gives_less(matrix: Matrix, old_id: int, new_id: int, code: str, product_id: int) -> bool:
    old, new = matrix.cell(old_id, code), matrix.cell(new_id, code)
    if old is None or not matrix.gives(old_id, code, product_id):
        return False
    if new is None or not matrix.gives(new_id, code, product_id):
        return True
    fewer = new.allowance is not None and (old.allowance is None or new.allowance < old.allowance)
    return fewer or new.notice_days > old.notice_days or not _hours_cover(matrix, new, old)


def _hours_cover(matrix: Matrix, new: CellValue, old: CellValue) -> bool:
    wanted, given = matrix.calendar_of(old), matrix.calendar_of(new)
    return wanted is None or (given is not None and covers(given, wanted))


def _may_be_later(new: Promised, old: Promised) -> bool:
    if new.minutes > old.minutes:
        return True
    if new.calendar is None or old.calendar is None:
        return new.unit != Unit.ELAPSED_MINUTES
    return not covers(new.calendar, old.calendar)
