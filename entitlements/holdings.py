"""What an account holds, loaded once and then asked as often as needed without a statement."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Func, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from entitlements.models import AllowanceUse, ContractLine, Grant, Upgrade
from entitlements.values import GrantValue, Holdings, Line, weekend_of
from plans.calendars import region_code
from plans.editions import current_edition_id, enjoyed_matrix, matrix_of
from plans.enums import FeatureCode
from plans.matrix import Matrix, PlanValue
from plans.queries import product_names
from portal.core.prepared import Prepared
from portal.identity.models import Account

__all__ = ["Holdings", "Line", "event_days_of", "load_holdings", "load_holdings_of", "upgraded_editions"]


_ONE_DAY = timedelta(days=1)
_EVENT = FeatureCode.SPECIAL_EVENT_SUPPORT


def load_holdings(
    account: Account, *, at: datetime | None = None, used_until: date | None = None
) -> Holdings:
    """The account's holdings with the edition in force at ``at`` (now): one statement, however many.

    :param used_until: count only uses of allowances up to this day.
    """
    current = _current(account.tenant_id, at)
    rows = [_Row(*row) for row in _LINES(tenant=account.tenant_id, account=account.pk)]
    return _holdings(account, current, rows, used_until or date.max)


def load_own(tenant_id: int, account_id: int) -> tuple[Account, Holdings]:
    """An account with its holdings now: one statement, and another where it has never held anything."""
    rows = _OWN_LINES(tenant=tenant_id, account=account_id)
    if not rows:
        account = Account.objects.get(tenant_id=tenant_id, pk=account_id)
        return account, _holdings(account, _current(tenant_id, None), [], date.max)
    width = len(_Row._fields)
    account = Account.from_db(DEFAULT_DB_ALIAS, _ACCOUNT, rows[0][width:])
    lines = [_Row(*row[:width]) for row in rows]
    return account, _holdings(account, _current(tenant_id, None), lines, date.max)


def load_holdings_of(
    tenant_id: int, accounts: Sequence[Account], *, at: datetime | None = None
) -> dict[int, Holdings]:
    """:func:`load_holdings` of many accounts of one tenant, by their keys: one statement for all."""
    current = _current(tenant_id, at)
    rows: dict[int, list[_Row]] = {account.pk: [] for account in accounts}
    lines = _in_order(ContractLine.objects.filter(tenant_id=tenant_id, account_id__in=rows))
    for account_id, *row in lines.values_list("account_id", *_columns(tenant_id, OuterRef("account_id"))):
        rows[account_id].append(_Row(*row))
    return {account.pk: _holdings(account, current, rows[account.pk], date.max) for account in accounts}


def _current(tenant_id: int, at: datetime | None) -> Matrix:
    return matrix_of(tenant_id, current_edition_id(tenant_id, at or timezone.now()))


def _holdings(account: Account, current: Matrix, rows: Sequence["_Row"], used_until: date) -> Holdings:
    return Holdings(
        account_id=account.pk,
        account_name=account.name,
        tenant_id=account.tenant_id,
        time_zone=account.time_zone,
        region=region_code(account.country, account.subdivision),
        lines=tuple(_lines(account, current, rows, used_until)),
        current=current,
        products=product_names(account.tenant_id),
        event_days=_weekends(
            day for row in rows for code, day in zip(row.used, row.used_on, strict=True) if code == _EVENT
        ),
        grants=tuple(_grants(rows[0].grants)) if rows else (),
    )


def event_days_of(tenant_id: int, account_id: int) -> tuple[date, ...]:
    """``Holdings.event_days`` for those who ask for nothing else: one statement."""
    booked = AllowanceUse.objects.filter(
        tenant_id=tenant_id, account_id=account_id, cancelled_at=None, feature__code=_EVENT
    )
    return _weekends(booked.values_list("used_on", flat=True))


@lru_cache(maxsize=4096)
def upgraded_editions(tenant_id: int, upgrade_id: int) -> tuple[int, ...]:
    """The editions that a contract's upgrades are pinned to, up to this one; no later one changes them."""
    last = Upgrade.objects.get(tenant_id=tenant_id, pk=upgrade_id)
    until = Upgrade.objects.filter(
        tenant_id=tenant_id, contract_id=last.contract_id, starts_on__lte=last.starts_on
    )
    return tuple(until.order_by("starts_on").values_list("edition_id", flat=True))


def _weekends(days: Iterable[date]) -> tuple[date, ...]:
    return tuple(sorted({day for used_on in days for day in weekend_of(used_on)}))


def _lines(account: Account, current: Matrix, rows: Iterable["_Row"], used_until: date) -> Iterable[Line]:
    zone = ZoneInfo(account.time_zone)
    for row in rows:
        edition_id = row.own_edition_id or row.edition_id
        used = Counter(code for code, day in zip(row.used, row.used_on, strict=True) if day <= used_until)
        terms = list(_terms(row))
        upgraded: tuple[int, ...] = ()
        for number, term in enumerate(terms, 1):
            upgraded += () if term.edition_id is None else (term.edition_id,)
            ends_on = terms[number].starts_on - _ONE_DAY if number < len(terms) else row.ends_on
            if ends_on < term.starts_on:
                continue
            yield Line(
                id=row.id,
                contract_id=row.contract_id,
                number=row.number,
                product_id=row.product_id,
                plan=term.plan,
                edition_id=edition_id,
                matrix=enjoyed_matrix(account.tenant_id, edition_id, current.edition_id, upgraded=upgraded),
                starts_on=term.starts_on,
                ends_on=ends_on,
                grace_days=row.grace_days if number == len(terms) else 0,
                zone=zone,
                cancelled_at=row.cancelled_at,
                used=used,
                upgrade_id=term.upgrade_id,
                period_ends_on=row.ends_on,
                renews_id=row.renews_id,
            )


def _grants(rows: Iterable[Sequence[str]]) -> Iterator[GrantValue]:
    for pk, code, product_id, starts_on, ends_on, reason, granted_by, revoked_at in rows:
        yield GrantValue(
            id=int(pk),
            feature_code=code,
            product_id=int(product_id) if product_id else None,
            starts_on=date.fromisoformat(starts_on),
            ends_on=date.fromisoformat(ends_on),
            reason=reason,
            granted_by=granted_by,
            revoked_at=datetime.fromisoformat(revoked_at) if revoked_at else None,
        )


class _Term(NamedTuple):
    """A plan from a day on, and what gave it; nothing for the one that the contract was signed with."""

    starts_on: date
    plan: PlanValue
    edition_id: int | None = None
    upgrade_id: int | None = None


def _terms(row: "_Row") -> Iterator[_Term]:
    """The plans that the row's product is held with. What began before the product came takes no days."""
    first = row.own_starts_on or row.starts_on
    yield _Term(first, PlanValue(row.plan_id, row.plan_code, row.plan_name, row.plan_rank))
    for pk, edition_id, starts_on, plan_id, code, name, rank in row.upgrades:
        plan = PlanValue(int(plan_id), code, name, int(rank))
        yield _Term(max(first, date.fromisoformat(starts_on)), plan, int(edition_id), int(pk))


_ACCOUNT = [field.attname for field in Account._meta.concrete_fields]


class _Row(NamedTuple):
    """A contract line with its contract and plan, in the order of the columns that are read.

    ``used`` are the codes of the features that the contract's allowances were used for, and ``used_on`` the
    days of those uses; ``upgrades`` and ``grants`` are texts, each in the order of ``_UPGRADE`` and
    ``_GRANT``. Grants are the account's: every row has the same ones, read once.
    """

    id: int
    product_id: int
    own_starts_on: date | None
    own_edition_id: int | None
    contract_id: int
    number: str
    edition_id: int
    starts_on: date
    ends_on: date
    grace_days: int
    cancelled_at: datetime | None
    renews_id: int | None
    plan_id: int
    plan_code: str
    plan_name: str
    plan_rank: int
    used: list[str]
    used_on: list[date]
    upgrades: list[list[str]]
    grants: list[list[str]]


_UPGRADE = ("id", "edition_id", "starts_on", "plan_id", "plan__code", "plan__name", "plan__rank")
_GRANT = (
    *("id", "feature__code", "product_id", "starts_on", "ends_on", "reason"),
    *("granted_by__user__name", "revoked_at"),
)


def _read_lines(tenant: int, account: int) -> QuerySet[Any, Any]:
    lines = ContractLine.objects.filter(tenant_id=tenant, account_id=account)
    return _in_order(lines).values_list(*_columns(tenant, account))


def _read_own_lines(tenant: int, account: int) -> QuerySet[Any, Any]:
    lines = ContractLine.objects.filter(tenant_id=tenant, account_id=account)
    own = [f"account__{name}" for name in _ACCOUNT]
    return _in_order(lines).values_list(*_columns(tenant, account), *own)


def _in_order(lines: QuerySet[ContractLine]) -> QuerySet[ContractLine]:
    return lines.order_by("contract__starts_on", "contract_id", "id")


def _columns(tenant: int, account: int | OuterRef) -> list[Any]:
    """What a ``_Row`` is read from. ``account`` is the one, or each line's own."""
    own = ("id", "product_id", "starts_on", "edition_id", "contract_id")
    contract = [f"contract__{name}" for name in _Row._fields[5:13]]
    plan = ("contract__plan__code", "contract__plan__name", "contract__plan__rank")
    of_account = {"tenant_id": tenant, "account_id": account}
    of_contract = {**of_account, "contract_id": OuterRef("contract_id")}
    uses = AllowanceUse.objects.filter(**of_contract, cancelled_at=None).order_by("id")
    upgrades = Upgrade.objects.filter(**of_contract).order_by("starts_on")
    grants = Grant.objects.filter(**of_account).order_by("-ends_on", "id")
    return [
        *own,
        *contract,
        *plan,
        ArraySubquery(uses.values("feature__code")),
        ArraySubquery(uses.values("used_on")),
        ArraySubquery(upgrades.values(texts=_texts(*_UPGRADE))),
        ArraySubquery(grants.values(texts=_texts(*_GRANT))),
    ]


def _texts(*columns: str) -> Func:
    """Several columns as one array, so that one look-up reads them all."""
    return Func(
        *(Cast(column, TextField()) for column in columns),
        template="ARRAY[%(expressions)s]",
        output_field=ArrayField(TextField()),
    )


_LINES = Prepared(_read_lines)
_OWN_LINES = Prepared(_read_own_lines)
