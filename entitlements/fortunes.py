"""What publishing a draft would mean for the contracts that run: what they gain, and what they keep."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from entitlements.models import Contract
from plans.better import better
from plans.differences import Change, ExceptionChange, Verdict, differences
from plans.editions import enjoyed_matrix, matrix_of
from plans.matrix import Matrix, PlanValue


@dataclass(frozen=True, slots=True)
class Fortune:
    """Of all contracts of one plan that are pinned to one edition; ``kept`` is what the draft would take."""

    plan: PlanValue
    pinned_id: int
    pinned_number: int
    contracts: int
    customers: int
    first_end: date
    last_end: date
    gains: tuple[Change, ...]
    kept: tuple[Change, ...]


def running(tenant_id: int, on: date) -> QuerySet[Contract]:
    """In their support period on that day."""
    contracts = Contract.objects.filter(tenant_id=tenant_id, cancelled_at=None)
    return contracts.filter(starts_on__lte=on, ends_on__gte=on)


def fortunes(tenant_id: int, draft: Matrix, current_id: int, on: date) -> Iterator[Fortune]:
    """Plan by plan from low to high; one statement besides the editions that contracts are pinned to."""
    plans = {plan.id: plan for plan in draft.plans}
    for group in _groups(tenant_id, on):
        plan, pinned_id = plans[group.pop("plan_id")], group.pop("edition_id")
        pinned = matrix_of(tenant_id, pinned_id)
        then = better(pinned, draft)
        gained = differences(enjoyed_matrix(tenant_id, pinned_id, current_id), then)
        taken = differences(then, draft)
        yield Fortune(
            plan=plan,
            pinned_id=pinned_id,
            pinned_number=pinned.number,
            gains=tuple(_of_plan(gained, plan, then, Verdict.BETTER)),
            kept=tuple(_of_plan(taken, plan, then, Verdict.WORSE)),
            **group,
        )


def _groups(tenant_id: int, on: date) -> list[dict[str, Any]]:
    grouped = (
        running(tenant_id, on)
        .values("plan_id", "edition_id")
        .annotate(
            contracts=Count("id"),
            customers=Count("account", distinct=True),
            first_end=Min("ends_on"),
            last_end=Max("ends_on"),
        )
    )
    return list(grouped.order_by("plan__rank", "edition__number"))


def _of_plan(
    changes: tuple[Change, ...], plan: PlanValue, enjoyed: Matrix, verdict: Verdict
) -> Iterator[Change]:
    for change in changes:
        if isinstance(change, ExceptionChange):
            concerned = enjoyed.cell(plan.id, change.feature) is not None
        else:
            concerned = change.plan.id == plan.id  # type: ignore[attr-defined]
        if concerned and change.verdict == verdict:
            yield change
