"""What an account holds, loaded once and then asked as often as needed without a statement."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from entitlements.models import AllowanceUse, ContractLine
from entitlements.values import Holdings, Line, weekend_of
from plans.calendars import region_code
from plans.editions import current_edition_id, enjoyed_matrix, matrix_of
from plans.enums import FeatureCode
from plans.matrix import Matrix, PlanValue
from plans.queries import product_names
from portal.core.prepared import Prepared
from portal.identity.models import Account

__all__ = ["Holdings", "Line", "event_days_of", "load_holdings"]


class Use(NamedTuple):
    contract_id: int
    feature_code: str
    used_on: date


_EVENT = FeatureCode.SPECIAL_EVENT_SUPPORT


def load_holdings(account: Account, *, at: datetime | None = None) -> Holdings:
    """The account's holdings with the edition in force at ``at`` (now): two statements, however many."""
    now = at or timezone.now()
    current = matrix_of(account.tenant_id, current_edition_id(account.tenant_id, now))
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
    for row in _LINES(tenant=account.tenant_id, account=account.pk):
        found = _Row(*row)
        yield Line(
            id=found.id,
            contract_id=found.contract_id,
            number=found.number,
            product_id=found.product_id,
            plan=PlanValue(found.plan_id, found.plan_code, found.plan_name, found.plan_rank),
            edition_id=found.edition_id,
            matrix=enjoyed_matrix(account.tenant_id, found.edition_id, current.edition_id),
            starts_on=found.starts_on,
            ends_on=found.ends_on,
            grace_days=found.grace_days,
            zone=zone,
            cancelled_at=found.cancelled_at,
            used=used.get(found.contract_id, {}),
        )


class _Row(NamedTuple):
    """A contract line with its contract and plan, in the order of the columns that are read."""

    id: int
    product_id: int
    contract_id: int
    number: str
    edition_id: int
    starts_on: date
    ends_on: date
    grace_days: int
    cancelled_at: datetime | None
    plan_id: int
    plan_code: str
    plan_name: str
    plan_rank: int


def _read_lines(tenant: int, account: int) -> QuerySet[Any, Any]:
    lines = ContractLine.objects.filter(tenant_id=tenant, account_id=account)
    own, contract = _Row._fields[:3], [f"contract__{name}" for name in _Row._fields[3:10]]
    plan = ("contract__plan__code", "contract__plan__name", "contract__plan__rank")
    return lines.order_by("contract__starts_on", "contract_id", "id").values_list(*own, *contract, *plan)


_LINES = Prepared(_read_lines)


def _uses(account: Account) -> list[Use]:
    return [Use(*row) for row in _USES(tenant=account.tenant_id, account=account.pk)]


def _read_uses(tenant: int, account: int) -> QuerySet[Any, Any]:
    uses = AllowanceUse.objects.filter(tenant_id=tenant, account_id=account, cancelled_at=None)
    return uses.values_list("contract_id", "feature__code", "used_on")


_USES = Prepared(_read_uses)
