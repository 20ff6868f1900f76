"""By when an account is answered, and in which hours that counts, as its people and programs read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import get_language, gettext

from entitlements.decide import decide
from entitlements.overview import held_products
from entitlements.values import Holdings, Line
from plans.enums import FeatureCode, Severity, TargetKind
from plans.matrix import CalendarValue, Promised
from plans.queries import severity_texts
from plans.wording import calendar_conditions, calendar_hours, target_words
from portal.identity.models import Tenant


class AccountPromise(NamedTuple):
    severity: Severity
    kind: TargetKind
    promised: Promised
    line: Line


def promises(holdings: Holdings, *, product_id: int, at: datetime) -> Iterator[AccountPromise]:
    """What the account is promised for a product, from severity 1 on; nothing without cover."""
    cover = decide(holdings, FeatureCode.TARGETED_RESPONSE, at=at, product_id=product_id)
    if not cover.allowed or cover.line is None:
        return
    for severity in Severity:
        for kind in TargetKind:
            found = cover.line.matrix.promised(kind, severity, cover.line.plan.id, product_id)
            if found is not None:
                yield AccountPromise(severity, kind, found, cover.line)


@dataclass(frozen=True, slots=True)
class ResponseTime:
    """``words`` is empty where nothing is promised, ``hours`` where they are those of the row."""

    label: str
    words: str
    hours: str


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """``hours`` and ``conditions`` are those of its first time."""

    severity: int
    name: str
    definition: str
    times: tuple[ResponseTime, ...]
    hours: str
    conditions: str


@dataclass(frozen=True, slots=True)
class ResponseTable:
    """The response times of products that have the same ones."""

    products: str
    labels: tuple[str, ...]
    rows: tuple[ResponseRow, ...]


def response_tables(holdings: Holdings, tenant: Tenant, at: datetime) -> tuple[ResponseTable, ...]:
    """By product on contracts in force; products with the same response times stand together."""
    tables: dict[tuple[ResponseRow, ...], list[str]] = {}
    for product_id in held_products(holdings, at):
        found = {
            (one.severity, one.kind): one.promised for one in promises(holdings, product_id=product_id, at=at)
        }
        rows = tuple(_rows(found, holdings, tenant))
        if rows:
            tables.setdefault(rows, []).append(holdings.products.get(product_id, ""))
    return tuple(
        ResponseTable(", ".join(names), tuple(time.label for time in rows[0].times), rows)
        for rows, names in tables.items()
    )


def _rows(
    found: dict[tuple[Severity, TargetKind], Promised], holdings: Holdings, tenant: Tenant
) -> Iterator[ResponseRow]:
    words = severity_texts(tenant, get_language() or tenant.language)
    kinds = [kind for kind in TargetKind if any(kind == promised for _severity, promised in found)]
    for severity in Severity:
        promised = [found.get((severity, kind)) for kind in kinds]
        first = next(filter(None, promised), None)
        if first is None:
            continue
        yield ResponseRow(
            severity=severity,
            name=words[severity].name,
            definition=words[severity].definition,
            times=tuple(
                _time(kind, promise, first.calendar) for kind, promise in zip(kinds, promised, strict=True)
            ),
            hours=hours_words(first.calendar),
            conditions=calendar_conditions(first.calendar, holdings.time_zone) if first.calendar else "",
        )


def _time(kind: TargetKind, promise: Promised | None, of_row: CalendarValue | None) -> ResponseTime:
    same = promise is None or promise.calendar == of_row
    hours = "" if same or promise is None else hours_words(promise.calendar)
    return ResponseTime(str(kind.label), target_words(promise), hours)


def hours_words(calendar: CalendarValue | None) -> str:
    """``Mon–Fri 08:00–18:00``; where elapsed minutes count, that every hour does."""
    return gettext("Every hour counts") if calendar is None else calendar_hours(calendar)
