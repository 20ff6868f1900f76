"""Contracts that run at an instant or will, by what they are pinned to: counted and listed in SQL.

A contract's line is held in terms, as ``entitlements.holdings`` takes them apart: from one upgrade to the
next. Those are left out that are over by then, in grace or cancelled.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BooleanField, QuerySet
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
    WITH held AS (
        SELECT contract.id AS contract_id, contract.number,
            account.id AS account_id, account.key, account.name, term.plan_id, line.product_id,
            coalesce(term.next_on - 1, contract.ends_on) AS until,
            array_to_string(
                CASE WHEN coalesce(line.edition_id, contract.edition_id) = term.upgraded[1] THEN term.upgraded
                    ELSE coalesce(line.edition_id, contract.edition_id) || term.upgraded END, '-'
            ) AS pins
        FROM entitlements_contract contract
        JOIN identity_account account
            ON account.tenant_id = contract.tenant_id AND account.id = contract.account_id
        CROSS JOIN LATERAL (
            SELECT plan_id, upgraded, lead(starts_on) OVER (ORDER BY place, starts_on) AS next_on
            FROM (
                SELECT contract.plan_id, contract.starts_on, 0 AS place, ARRAY[]::bigint[] AS upgraded
                UNION ALL
                SELECT plan_id, starts_on, 1, array_agg(edition_id)
                    FILTER (WHERE edition_id IS DISTINCT FROM edition_before) OVER (ORDER BY starts_on)
                FROM (
                    SELECT plan_id, starts_on, edition_id,
                        lag(edition_id) OVER (ORDER BY starts_on) AS edition_before
                    FROM entitlements_upgrade
                    WHERE tenant_id = contract.tenant_id AND contract_id = contract.id
                ) upgrade
            ) begun
        ) term
        JOIN entitlements_contractline line
            ON line.tenant_id = contract.tenant_id AND line.contract_id = contract.id
        WHERE contract.tenant_id = %(tenant)s AND contract.cancelled_at IS NULL
            AND coalesce(term.next_on > coalesce(line.starts_on, contract.starts_on), true)
            AND coalesce(term.next_on - 1, contract.ends_on)
                >= timezone(account.time_zone, %(at)s)::date
    )
"""
"""A row for each product and term that isn't over, in the account's time zone; ``until`` is its last day.
An edition that was in force at two of a contract's changes in turn is one pin."""
_REACHED = """
    held CROSS JOIN LATERAL jsonb_array_elements_text(
        %(reached)s::jsonb -> concat_ws(' ', plan_id, pins, product_id)
    ) AS reached (part)
"""
"""Each row with its parts, which are looked up and not joined: the planner can't know how many rows are
held, and would go through all that is reached for each of them."""


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
    def _by_key(self) -> dict[str, Pinned]:
        return {_key(one.pinned): one.pinned for one in self.fortunes}

    def tally(self) -> Tally:
        sql = f"""
            SELECT plan_id, pins, part, count(DISTINCT contract_id), count(DISTINCT account_id),
                min(until), max(until)
            FROM {_REACHED}
            GROUP BY GROUPING SETS ((plan_id, pins, part), (plan_id, pins), (part), ())
        """  # noqa: S608
        return {
            (self._by_key.get(f"{plan_id} {pins}"), part and Part(part)): Count(*count)
            for plan_id, pins, part, *count in _rows(sql, self._values())
            # Of nobody there is a line that says so.
            if count[0]
        }

    def page(self, cursor: str) -> tuple[Page[Contract], dict[int, Held]]:
        """Contracts, the first to end first, and how far each is reached; for those that are pinned alike."""
        reached = self._values()
        # As an array, which is made once; an IN the planner might ask anew for each contract.
        sql = f'"entitlements_contract"."id" = ANY(ARRAY({_HELD} SELECT contract_id FROM {_REACHED}))'  # noqa: S608
        here = RawSQL(*_in_order(sql, reached), output_field=BooleanField())  # noqa: S611
        contracts: QuerySet[Contract] = Contract.objects.filter(here, tenant_id=self.tenant_id)
        page = _BY_END.page(contracts.select_related("account"), cursor, SIZE)
        shown = [contract.pk for contract in page.rows]
        rows = self._listed("WHERE contract_id = ANY(%(shown)s)", reached | {"shown": shown})
        return page, {held.contract_id: held for held, *_names in rows}

    def exported(self, most: int) -> Iterator[Exported]:
        """All of them, the first to end first."""
        return self._listed("", self._values() | {"most": most}, "LIMIT %(most)s")

    def _listed(self, where: str, values: Mapping[str, Any], limit: str = "") -> Iterator[Exported]:
        sql = f"""
            SELECT contract_id, plan_id, pins, until, array_agg(DISTINCT product_id),
                array_agg(DISTINCT part), number, key, name
            FROM {_REACHED} {where}
            GROUP BY contract_id, plan_id, pins, until, number, key, name
            ORDER BY until, key, number, pins {limit}
        """  # noqa: S608
        for contract_id, plan_id, pins, until, products, parts, *names in _rows(sql, values):
            pinned = self._by_key[f"{plan_id} {pins}"]
            yield Exported(Held(contract_id, pinned, until, products, [Part(part) for part in parts]), *names)

    def _values(self) -> dict[str, Any]:
        reached: dict[str, list[str]] = {}
        for one in self.fortunes:
            for part, product_id in one.reached():
                reached.setdefault(f"{_key(one.pinned)} {product_id}", []).append(part.value)
        return {"tenant": self.tenant_id, "at": self.at, "reached": json.dumps(reached)}


def _key(pinned: Pinned) -> str:
    """As the statements write it."""
    return f"{pinned.plan.id} {'-'.join(map(str, pinned.editions))}"


def _rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_HELD + sql, values)
        return list(cursor.fetchall())


def _in_order(sql: str, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The same for the ORM, which names no values."""
    return _NAME.sub("%s", sql), [values[name] for name in _NAME.findall(sql)]
