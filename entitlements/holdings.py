"""What an account holds, loaded once and then asked as often as needed without a statement."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.utils import timezone

from entitlements.models import AllowanceUse, Contract, ContractLine
from entitlements.values import Holdings, Line
from plans.calendars import region_code
from plans.editions import current_edition, enjoyed_matrix, matrix_of
from plans.matrix import Matrix, PlanValue
from plans.queries import product_names
from portal.core.prepared import Prepared, PreparedModels
from portal.identity.models import Account

__all__ = ["Holdings", "Line", "load_holdings"]


def load_holdings(account: Account, *, at: datetime | None = None) -> Holdings:
    """The account's holdings with the edition in force at ``at`` (now): three statements, however many."""
    now = at or timezone.now()
    current = matrix_of(account.tenant_id, current_edition(account.tenant_id, now).pk)
    return Holdings(
        account_id=account.pk,
        account_name=account.name,
        tenant_id=account.tenant_id,
        time_zone=account.time_zone,
        region=region_code(account.country, account.subdivision),
        lines=tuple(_lines(account, current)),
        current=current,
        products=product_names(account.tenant_id),
    )


def _lines(account: Account, current: Matrix) -> Iterable[Line]:
    used = _uses(account)
    zone = ZoneInfo(account.time_zone)
    for row in _LINES.read(tenant=account.tenant_id, account=account.pk):
        yield _line(row, row.contract, zone, current, used.get(row.contract_id, {}))


def _line(
    row: ContractLine, contract: Contract, zone: ZoneInfo, current: Matrix, used: Mapping[str, int]
) -> Line:
    plan = contract.plan
    return Line(
        id=row.pk,
        contract_id=contract.pk,
        number=contract.number,
        product_id=row.product_id,
        plan=PlanValue(plan.pk, plan.code, plan.name, plan.rank),
        edition_id=contract.edition_id,
        matrix=enjoyed_matrix(contract.tenant_id, contract.edition_id, current.edition_id),
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        grace_days=contract.grace_days,
        zone=zone,
        cancelled_at=contract.cancelled_at,
        used=used,
    )


def _uses(account: Account) -> Mapping[int, Mapping[str, int]]:
    used: dict[int, dict[str, int]] = {}
    for contract_id, code, uses in _USES(tenant=account.tenant_id, account=account.pk):
        used.setdefault(contract_id, {})[code] = uses
    return used


def _read_lines(tenant: int, account: int) -> QuerySet[ContractLine]:
    lines = ContractLine.objects.filter(tenant_id=tenant, account_id=account)
    return lines.select_related("contract__plan").order_by("contract__starts_on", "contract_id", "id")


def _read_uses(tenant: int, account: int) -> QuerySet[Any, Any]:
    uses = AllowanceUse.objects.filter(tenant_id=tenant, account_id=account, cancelled_at=None)
    return uses.values_list("contract_id", "feature__code").annotate(uses=Count("id"))


_LINES = PreparedModels(_read_lines)
_USES = Prepared(_read_uses)
