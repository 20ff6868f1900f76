"""Contracts that run at an instant or will, by what they are pinned to: counted and listed in SQL.

A contract's line is held in terms, as ``entitlements.holdings`` takes them apart: from one upgrade to the
next. Those are left out that are over by then, in grace or cancelled.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from entitlements.enums import Part
from entitlements.fortunes import Fortune, Pinned
from entitlements.models import Contract
from plans.matrix import PlanValue
from portal.core.keyset import Keyset, Page

SIZE = 50
_NAME = re.compile(r"%\((\w+)\)s")
_BY_END = Keyset(("ends_on", "id"))
_HELD = """
    WITH running AS (
        SELECT contract.id, contract.account_id, contract.plan_id, contract.edition_id,
            contract.starts_on, contract.ends_on, timezone(account.time_zone, %(at)s)::date AS today
        FROM entitlements_contract contract
        JOIN identity_account account
            ON account.tenant_id = contract.tenant_id AND account.id = contract.account_id
        WHERE contract.tenant_id = %(tenant)s AND contract.cancelled_at IS NULL
            AND contract.ends_on >= timezone(account.time_zone, %(at)s)::date
    ), upgrade AS (
        SELECT contract_id, plan_id, edition_id, starts_on, lag(edition_id) OVER (
            PARTITION BY contract_id ORDER BY starts_on) AS edition_before
        FROM entitlements_upgrade
        WHERE tenant_id = %(tenant)s AND contract_id IN (SELECT id FROM running)
    ), term AS (
        SELECT id AS contract_id, 0 AS place, plan_id, starts_on, ARRAY[]::bigint[] AS upgraded FROM running
        UNION ALL
        SELECT contract_id, 1, plan_id, starts_on,
            array_agg(edition_id) FILTER (WHERE edition_id IS DISTINCT FROM edition_before)
                OVER (PARTITION BY contract_id ORDER BY starts_on)
        FROM upgrade
    ), bounded AS (
        SELECT term.*, lead(starts_on) OVER (PARTITION BY contract_id ORDER BY place, starts_on) AS next_on
        FROM term
    ), line AS (
        SELECT contract_id, product_id, coalesce(line.edition_id, running.edition_id) AS edition_id,
            coalesce(line.starts_on, running.starts_on) AS starts_on
        FROM entitlements_contractline line JOIN running ON running.id = line.contract_id
        WHERE line.tenant_id = %(tenant)s
    ), held AS (
        SELECT running.id AS contract_id, running.account_id, bounded.plan_id, line.product_id,
            array_to_string(
                CASE WHEN line.edition_id = upgraded[1] THEN upgraded ELSE line.edition_id || upgraded END,
                '-'
            ) AS pins,
            coalesce(bounded.next_on - 1, running.ends_on) AS until
        FROM bounded
        JOIN running ON running.id = bounded.contract_id
        JOIN line ON line.contract_id = bounded.contract_id
        WHERE coalesce(bounded.next_on > line.starts_on, true)
            AND coalesce(bounded.next_on - 1, running.ends_on) >= running.today
    )
"""
"""A row for each product and term that isn't over, in the account's time zone; ``until`` is its last day.
An edition that was in force at two of a contract's changes in turn is one pin."""
_REACHED = """
    held JOIN unnest(%(plans)s::bigint[], %(pins)s::text[], %(products)s::bigint[], %(parts)s::text[])
        AS reached (plan_id, pins, product_id, part) USING (plan_id, pins, product_id)
"""


@dataclass(frozen=True, slots=True)
class Count:
    """``first`` and ``last`` are the days on which the terms of these contracts end."""

    contracts: int
    customers: int
    first: date
    last: date


Tally = Mapping[tuple[Pinned | None, Part | None], Count]
"""For those who are pinned alike and for everybody (None), by part and for all parts (None)."""


class Held(NamedTuple):
    """A contract, as far as it is pinned to the same; it is reached by ``parts`` for ``products``."""

    contract_id: int
    pinned: Pinned
    until: date
    products: Sequence[int]
    parts: Sequence[Part]


class Exported(NamedTuple):
    held: Held
    number: str
    key: str
    customer: str


def pinned_at(tenant_id: int, at: datetime) -> list[tuple[Pinned, list[int]]]:
    """What contracts are pinned to, from the lowest plan on, and for which products."""
    sql = """
        SELECT plan.id, plan.code, plan.name, plan.rank, pins, array_agg(DISTINCT product_id)
        FROM held JOIN plans_plan plan ON plan.tenant_id = %(tenant)s AND plan.id = held.plan_id
        GROUP BY plan.id, plan.code, plan.name, plan.rank, pins
    """
    rows = _rows(sql, {"tenant": tenant_id, "at": at})
    found = [
        (Pinned(PlanValue(*plan), tuple(map(int, pins.split("-")))), products)
        for *plan, pins, products in rows
    ]
    return sorted(found, key=lambda one: (one[0].plan.rank, one[0].editions))


@dataclass(frozen=True)
class Running:
    """The contracts that fare in one of these ways."""

    tenant_id: int
    at: datetime
    fortunes: Sequence[Fortune]

    @cached_property
    def _by_key(self) -> dict[tuple[int, str], Pinned]:
        return {_key(one.pinned): one.pinned for one in self.fortunes}

    def tally(self) -> Tally:
        sql = f"""
            SELECT plan_id, pins, part, count(DISTINCT contract_id), count(DISTINCT account_id),
                min(until), max(until)
            FROM {_REACHED}
            GROUP BY GROUPING SETS ((plan_id, pins, part), (plan_id, pins), (part), ())
        """  # noqa: S608
        return {
            (self._by_key.get((plan_id, pins)), part and Part(part)): Count(*count)
            for plan_id, pins, part, *count in _rows(sql, self._values())
            # Of nobody there is a line that says so.
            if count[0]
        }

    def page(self, cursor: str) -> tuple[Page[Contract], dict[int, Held]]:
        """Contracts, the first to end first, and how far each is reached; for those that are pinned alike."""
        reached = self._values()
        ids = RawSQL(*_in_order(f"{_HELD} SELECT contract_id FROM {_REACHED}", reached))  # noqa: S608, S611
        contracts: QuerySet[Contract] = Contract.objects.filter(tenant_id=self.tenant_id, pk__in=ids)
        page = _BY_END.page(contracts.select_related("account"), cursor, SIZE)
        shown = [contract.pk for contract in page.rows]
        rows = self._listed("WHERE contract_id = ANY(%(shown)s)", reached | {"shown": shown})
        return page, {held.contract_id: held for held, *_names in rows}

    def exported(self, most: int) -> Iterator[Exported]:
        """All of them, the first to end first."""
        return self._listed("", self._values() | {"most": most}, "LIMIT %(most)s")

    def _listed(self, where: str, values: Mapping[str, Any], limit: str = "") -> Iterator[Exported]:
        sql = f"""
            SELECT contract_id, held.plan_id, pins, until,
                array_agg(DISTINCT product_id), array_agg(DISTINCT part),
                contract.number, account.key, account.name
            FROM {_REACHED}
            JOIN entitlements_contract contract
                ON contract.tenant_id = %(tenant)s AND contract.id = contract_id
            JOIN identity_account account
                ON account.tenant_id = %(tenant)s AND account.id = contract.account_id
            {where}
            GROUP BY contract_id, held.plan_id, pins, until, contract.number, account.key, account.name
            ORDER BY until, account.key, contract.number, pins {limit}
        """  # noqa: S608
        for contract_id, plan_id, pins, until, products, parts, *names in _rows(sql, values):
            pinned = self._by_key[plan_id, pins]
            yield Exported(Held(contract_id, pinned, until, products, [Part(part) for part in parts]), *names)

    def _values(self) -> dict[str, Any]:
        rows = [
            (*_key(one.pinned), product_id, part.value)
            for one in self.fortunes
            for part, product_id in one.reached()
        ]
        names = ("plans", "pins", "products", "parts")
        columns = map(list, zip(*rows, strict=True)) if rows else ([] for _name in names)
        return {"tenant": self.tenant_id, "at": self.at, **dict(zip(names, columns, strict=True))}


def _key(pinned: Pinned) -> tuple[int, str]:
    """As the statements write it."""
    return pinned.plan.id, "-".join(map(str, pinned.editions))


def _rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_HELD + sql, values)
        return list(cursor.fetchall())


def _in_order(sql: str, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The same for the ORM, which names no values."""
    return _NAME.sub("%s", sql), [values[name] for name in _NAME.findall(sql)]
