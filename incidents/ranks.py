"""The place in the queue follows the rank of the plan, where the incident has Plan Priority Queuing."""

from collections.abc import Collection

from django.db.models import F, OuterRef, Subquery

from incidents.enums import UNSOLVED
from incidents.models import Incident
from plans.models import Plan
from plans.queries import plan_values


def follow_ranks(tenant_id: int, plan_ids: Collection[int]) -> None:
    """Write the new ranks of these plans on unsolved incidents. Solved ones get theirs when reopened."""
    rank = Plan.objects.filter(tenant_id=tenant_id, pk=OuterRef("plan_id")).values("rank")
    waiting = Incident.objects.filter(
        tenant_id=tenant_id, state__in=UNSOLVED, plan_id__in=plan_ids, plan_order__lt=0
    )
    waiting.annotate(rank=Subquery(rank)).update(plan_order=-F("rank"))


def plan_order_now(incident: Incident) -> int:
    """The incident's, with its plan's rank of today; a plan that isn't sold any more keeps what it had."""
    if not incident.plan_order:
        return 0
    ranks = {plan.id: plan.rank for plan in plan_values(incident.tenant_id)}
    return -ranks.get(incident.plan_id or 0, -incident.plan_order)
