"""Why a plan or a feature can't be retired: contracts that aren't over."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import ExpressionWrapper, F, QuerySet
from django.db.models.fields import DateField
from django.utils import timezone
from django.utils.translation import ngettext

from entitlements.models import Contract
from plans.models import Cell, Feature, Plan
from portal.core.ui.formatting import formats


def contracts_with_plan(plan: Plan) -> str:
    """Contracts that are to start, in force or in grace."""
    lasting = _lasting(plan.tenant_id).filter(plan=plan)
    if not (found := list(lasting)):
        return ""
    said = ngettext(
        "The contract %(number)s has %(plan)s until %(day)s. Cancel it, or let it end and sign the next one"
        " for another plan; then retire the plan.",
        "%(count)d contracts have %(plan)s, %(number)s among them until %(day)s. Cancel them, or let them end"
        " and sign the next ones for another plan; then retire the plan.",
        len(found),
    )
    return said % {**_last_of(found), "plan": plan.name, "count": len(found)}


def contracts_with_feature(feature: Feature) -> str:
    """Contracts that keep the feature of an earlier edition until they are renewed."""
    cells = Cell.objects.filter(tenant_id=feature.tenant_id, feature=feature)
    pinned = set(cells.values_list("edition_id", "plan_id"))
    lasting = _lasting(feature.tenant_id).filter(edition_id__in={edition for edition, _plan in pinned})
    found = [contract for contract in lasting if (contract.edition_id, contract.plan_id) in pinned]
    if not found:
        return ""
    said = ngettext(
        "The contract %(number)s was signed when its plan had this feature, and keeps it until %(day)s."
        " Retire the feature after that.",
        "%(count)d contracts were signed when their plan had this feature; the last, %(number)s, keeps it"
        " until %(day)s. Retire the feature after that.",
        len(found),
    )
    return said % {**_last_of(found), "count": len(found)}


def _lasting(tenant_id: int) -> QuerySet[Contract]:
    """Not cancelled, and not over with their days of grace, in whichever time zone their account is."""
    over = ExpressionWrapper(F("ends_on") + F("grace_days"), output_field=DateField())
    contracts = Contract.objects.filter(tenant_id=tenant_id, cancelled_at=None).alias(over=over)
    return contracts.filter(over__gte=(timezone.now() - timedelta(days=1)).date())


def _last_of(contracts: Iterable[Contract]) -> dict[str, object]:
    last = max(contracts, key=lambda contract: contract.ends_on + timedelta(days=contract.grace_days))
    ends = last.ends_on + timedelta(days=last.grace_days)
    return {"number": last.number, "day": formats().day(ends)}
