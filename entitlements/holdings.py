"""What an account holds, loaded once and then asked as often as needed without a statement."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone

from entitlements.models import AllowanceUse, Contract, ContractLine
from entitlements.values import Holdings, Line
from plans.calendars import region_code
from plans.editions import current_edition, enjoyed_matrix, matrix_of
from plans.enums import FeatureCode
from plans.matrix import Matrix, PlanValue
from plans.queries import product_names
from portal.identity.models import Account

__all__ = ["Holdings", "Line", "load_holdings"]

_EVENT = FeatureCode.SPECIAL_EVENT_SUPPORT


def load_holdings(account: Account, *, at: datetime | None = None) -> Holdings:
    """The account's holdings with the edition in force at ``at`` (now): three statements, however many."""
    now = at or timezone.now()
    current = matrix_of(account.tenant_id, current_edition(account.tenant_id, now).pk)
    uses = _uses(account)
    return Holdings(
        account_id=account.pk,
        account_name=account.name,
        tenant_id=account.tenant_id,
        time_zone=account.time_zone,
        region=region_code(account.country, account.subdivision),
        lines=tuple(_lines(account, current, _counted(uses))),
        current=current,
        products=product_names(account.tenant_id),
        event_days=tuple(sorted({use.used_on for use in uses if use.code == _EVENT})),
    )


def _lines(account: Account, current: Matrix, used: Mapping[int, Mapping[str, int]]) -> Iterable[Line]:
    zone = ZoneInfo(account.time_zone)
    rows = (
        ContractLine.objects.filter(tenant_id=account.tenant_id, account=account)
        .select_related("contract__plan")
        .order_by("contract__starts_on", "contract_id", "id")
    )
    for row in rows:
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


class _Use(NamedTuple):
    contract_id: int
    code: str
    used_on: date


def _uses(account: Account) -> list[_Use]:
    rows = AllowanceUse.objects.filter(tenant_id=account.tenant_id, account=account, cancelled_at=None)
    return [_Use(*row) for row in rows.values_list("contract_id", "feature__code", "used_on")]


def _counted(uses: Iterable[_Use]) -> Mapping[int, Mapping[str, int]]:
    """How often each feature was used under each contract."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for use in uses:
        counted[use.contract_id][use.code] += 1
    return counted


def event_days_of(tenant_id: int, account_id: int) -> tuple[date, ...]:
    """The local dates of special-event weekends that the account has booked. One statement."""
    uses = AllowanceUse.objects.filter(
        tenant_id=tenant_id,
        account_id=account_id,
        cancelled_at=None,
        feature__code=_EVENT,
    )
    return tuple(uses.order_by("used_on").values_list("used_on", flat=True))
