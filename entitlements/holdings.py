"""What an account holds, loaded once and then asked as often as needed without a statement."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from entitlements.models import AllowanceUse, Contract, ContractLine
from entitlements.values import Holdings, Line, weekend_of
from plans.calendars import region_code
from plans.editions import current_edition, enjoyed_matrix, matrix_of
from plans.enums import FeatureCode
from plans.matrix import Matrix, PlanValue
from plans.queries import product_names
from portal.identity.models import Account

__all__ = ["Holdings", "Line", "event_days_of", "load_holdings"]

Use = tuple[int, str, date]
"""(contract id, feature code, day)"""
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
        lines=tuple(_lines(account, current, uses)),
        current=current,
        products=product_names(account.tenant_id),
        event_days=_weekends(used_on for _contract, code, used_on in uses if code == _EVENT),
    )


def event_days_of(tenant_id: int, account_id: int) -> tuple[date, ...]:
    """``Holdings.event_days`` for those who ask for nothing else: one statement."""
    booked = AllowanceUse.objects.filter(
        tenant_id=tenant_id, account_id=account_id, cancelled_at=None, feature__code=_EVENT
    )
    return _weekends(booked.values_list("used_on", flat=True))


def _weekends(days: Iterable[date]) -> tuple[date, ...]:
    return tuple(sorted({day for used_on in days for day in weekend_of(used_on)}))


def _lines(account: Account, current: Matrix, uses: Iterable[Use]) -> Iterable[Line]:
    used: dict[int, Counter[str]] = {}
    for contract_id, code, _used_on in uses:
        used.setdefault(contract_id, Counter())[code] += 1
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


def _uses(account: Account) -> list[Use]:
    rows = AllowanceUse.objects.filter(tenant_id=account.tenant_id, account=account, cancelled_at=None)
    return list(rows.values_list("contract_id", "feature__code", "used_on"))
