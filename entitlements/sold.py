"""Why a plan or a feature can't be retired: contracts that aren't over."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.fields import DateField
from django.utils import timezone
from django.utils.translation import ngettext

from entitlements.models import Contract, ContractLine, Upgrade
from plans.models import Cell, Feature, Plan
from portal.core.ui.formatting import formats


def contracts_with_plan(plan: Plan) -> str:
    """Contracts that are to start, in force or in grace, and were signed for the plan or upgraded to it."""
    upgrades = Upgrade.objects.filter(tenant_id=plan.tenant_id, contract=OuterRef("pk"), plan=plan)
    lasting = _lasting(plan.tenant_id).filter(Q(plan=plan) | Exists(upgrades))
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
    """Contracts that keep the feature of an earlier edition until they are renewed.

    A contract enjoys each of its plans as all the editions have it that it is pinned to, that its upgrades
    are, and products that were added.
    """
    tenant_id, contract = feature.tenant_id, OuterRef(OuterRef("pk"))
    upgrades = Upgrade.objects.filter(tenant_id=tenant_id, contract=contract)
    lines = ContractLine.objects.filter(tenant_id=tenant_id, contract=contract)
    # Asked of a cell, these are the contract's; asked of an upgrade or a line, the cell's.
    plan, edition = {"plan": OuterRef("plan")}, {"edition": OuterRef("edition")}
    kept = Cell.objects.filter(
        Q(**plan) | Exists(upgrades.filter(**plan)),
        Q(**edition) | Exists(upgrades.filter(**edition)) | Exists(lines.filter(**edition)),
        tenant_id=tenant_id,
        feature=feature,
    )
    found = list(_lasting(tenant_id).filter(Exists(kept)))
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
