"""What another plan would take away. Pure: an upgrade within a support period must take nothing."""

from collections.abc import Iterable

from plans.differences import Verdict, compare_hours, compare_promises
from plans.enums import FeatureCode, Severity, TargetKind
from plans.matrix import Matrix


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
                if compare_promises(old, new) != Verdict.BETTER:
                    return FeatureCode.TARGETED_RESPONSE
    return None


def _gives_less(matrix: Matrix, old_id: int, new_id: int, code: str, product_id: int) -> bool:
    old, new = matrix.cell(old_id, code), matrix.cell(new_id, code)
    if old is None or not matrix.gives(old_id, code, product_id):
        return False
    if new is None or not matrix.gives(new_id, code, product_id):
        return True
    fewer = new.allowance is not None and (old.allowance is None or new.allowance < old.allowance)
    hours = compare_hours(matrix.calendar_of(old), matrix.calendar_of(new))
    return fewer or new.notice_days > old.notice_days or hours != Verdict.BETTER
