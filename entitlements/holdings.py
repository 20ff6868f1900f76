"""What an account holds, loaded once and then asked as often as needed without a statement."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
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


_EVENT = FeatureCode.SPECIAL_EVENT_SUPPORT


def load_holdings(account: Account, *, at: datetime | None = None) -> Holdings:
    """The account's holdings with the edition in force at ``at`` (now): one statement, however many."""
    now = at or timezone.now()
    current = matrix_of(account.tenant_id, current_edition_id(account.tenant_id, now))
    rows = [_Row(*row) for row in _LINES(tenant=account.tenant_id, account=account.pk)]
    return Holdings(
        account_id=account.pk,
        account_name=account.name,
        tenant_id=account.tenant_id,
        time_zone=account.time_zone,
        region=region_code(account.country, account.subdivision),
        lines=tuple(_lines(account, current, rows)),
        current=current,
        products=product_names(account.tenant_id),
        event_days=_weekends(
            day for row in rows for code, day in zip(row.used, row.used_on, strict=True) if code == _EVENT
        ),
    )


def event_days_of(tenant_id: int, account_id: int) -> tuple[date, ...]:
    """``Holdings.event_days`` for those who ask for nothing else: one statement."""
    booked = AllowanceUse.objects.filter(
        tenant_id=tenant_id, account_id=account_id, cancelled_at=None, feature__code=_EVENT
    )
    return _weekends(booked.values_list("used_on", flat=True))


def _weekends(days: Iterable[date]) -> tuple[date, ...]:
    return tuple(sorted({day for used_on in days for day in weekend_of(used_on)}))


def _lines(account: Account, current: Matrix, rows: Iterable["_Row"]) -> Iterable[Line]:
    zone = ZoneInfo(account.time_zone)
    for row in rows:
        yield Line(
            id=row.id,
            contract_id=row.contract_id,
            number=row.number,
            product_id=row.product_id,
            plan=PlanValue(row.plan_id, row.plan_code, row.plan_name, row.plan_rank),
            edition_id=row.edition_id,
            matrix=enjoyed_matrix(account.tenant_id, row.edition_id, current.edition_id),
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            grace_days=row.grace_days,
            zone=zone,
            cancelled_at=row.cancelled_at,
            used=Counter(row.used),
        )


class _Row(NamedTuple):
    """A contract line with its contract and plan, in the order of the columns that are read.

    ``used`` are the codes of the features that the contract's allowances were used for, and ``used_on`` the
    days of those uses.
    """

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
    used: list[str]
    used_on: list[date]


def _read_lines(tenant: int, account: int) -> QuerySet[Any, Any]:
    lines = ContractLine.objects.filter(tenant_id=tenant, account_id=account)
    own, contract = _Row._fields[:3], [f"contract__{name}" for name in _Row._fields[3:10]]
    plan = ("contract__plan__code", "contract__plan__name", "contract__plan__rank")
    uses = AllowanceUse.objects.filter(
        tenant_id=tenant, account_id=account, contract_id=OuterRef("contract_id"), cancelled_at=None
    ).order_by("id")
    return lines.order_by("contract__starts_on", "contract_id", "id").values_list(
        *own,
        *contract,
        *plan,
        ArraySubquery(uses.values("feature__code")),
        ArraySubquery(uses.values("used_on")),
    )


_LINES = Prepared(_read_lines)
