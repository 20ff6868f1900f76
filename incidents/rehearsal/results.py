"""What a rehearsal has found, for its page."""

from dataclasses import dataclass

from django.db.models import QuerySet

from incidents.enums import RehearsalState
from incidents.models import Rehearsal, RehearsedPromise
from incidents.rehearsal.counts import Count, Counts
from plans.actions import revision_of
from plans.matrix import PlanValue
from plans.queries import plans_of, severity_texts
from portal.core.keyset import Keyset, Page
from portal.identity.models import Tenant

SIZE = 50
_BY_ID = Keyset(("id",))


@dataclass(frozen=True, slots=True)
class Row:
    severity: int
    name: str
    count: Count


@dataclass(frozen=True, slots=True)
class Group:
    plan: PlanValue
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Table:
    total: Count
    groups: tuple[Group, ...]


def table(rehearsal: Rehearsal, tenant: Tenant, language: str) -> Table:
    """By plan and severity; what nothing was promised for is left out."""
    counts, words = Counts.from_json(rehearsal.counts), severity_texts(tenant, language)
    groups = (
        Group(
            plan,
            tuple(
                Row(severity, words[severity].name, count)
                for (plan_id, severity), count in sorted(counts.items())
                if plan_id == plan.id
            ),
        )
        for plan in plans_of(tenant)
    )
    return Table(counts.total(), tuple(group for group in groups if group.rows))


def is_outdated(rehearsal: Rehearsal) -> bool:
    """Whether the draft was edited since. An edition that is published can't have been."""
    if rehearsal.state == RehearsalState.RUNNING or not rehearsal.edition.is_draft:
        return False
    return revision_of(rehearsal.edition) != rehearsal.edited_id


def lines(rehearsal: Rehearsal, fared: str, *, cursor: str) -> Page[RehearsedPromise]:
    found: QuerySet[RehearsedPromise] = RehearsedPromise.objects.filter(
        tenant_id=rehearsal.tenant_id, rehearsal=rehearsal, fared=fared
    ).select_related("incident", "account")
    return _BY_ID.page(found, cursor, SIZE)
