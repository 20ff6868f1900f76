"""Whoever keeps a solution is told, once for each day that is set, that it is to be looked at again."""

from collections.abc import Sequence

from knowledge.solutions.models import Solution
from knowledge.solutions.queries import due, published_titles
from knowledge.solutions.telling import DUE, deciding, page_of
from notifications.actions import notify_many
from notifications.events import Event
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Tenant

BATCH = 500


def tell_due() -> int:
    """Tell of every solution whose day has come. What was told before is not told again: the day is part of
    the key. Returns how many people were told anew, in all tenants.
    """
    return sum(_tell(tenant) for tenant in Tenant.objects.order_by("pk"))


def _tell(tenant: Tenant) -> int:
    told, last = 0, 0
    while True:
        with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
            solutions = _due(tenant, after=last)
            told += notify_many(tenant=tenant, events=_events(tenant, solutions))
        if len(solutions) < BATCH:
            return told
        last = solutions[-1].pk


def _due(tenant: Tenant, *, after: int) -> list[Solution]:
    found = Solution.objects.filter(due(), tenant_id=tenant.pk, pk__gt=after)
    return list(found.select_related("owner").order_by("pk")[:BATCH])


def _events(tenant: Tenant, solutions: Sequence[Solution]) -> list[Event]:
    """Told is the owner; where they have left, who decides on solutions. Two statements at most."""
    if not solutions:
        return []
    titles = published_titles(tenant.pk, [one.pk for one in solutions])
    orphaned = any(one.owner.removed_at is not None for one in solutions)
    deciders = deciding(tenant.pk) if orphaned else []
    return [
        Event(
            kind=DUE,
            key=f"{one.pk}.{one.review_by}",
            recipients=deciders if (left := one.owner.removed_at is not None) else [one.owner],
            url=page_of(one),
            data={
                "solution": one.pk,
                "reference": one.reference,
                "titles": titles[one.pk],
                "language": tenant.language,
                "day": str(one.review_by),
                "left": left,
            },
        )
        for one in solutions
    ]
