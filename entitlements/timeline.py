"""What an account held when: its contracts as spans of days, drawn to one scale and told on any day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from entitlements.decide import last_line
from entitlements.holdings import upgraded_editions
from entitlements.values import Holdings, Line
from plans.editions import matrix_of
from plans.matrix import PlanValue

ONE_DAY = timedelta(days=1)
WIDTH = 1000
"""Of a drawing, in its own units."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both inclusive, through which a contract gave the same plan for the same products."""

    contract_id: int
    number: str
    plan: PlanValue
    products: str
    editions: str
    """The numbers of the editions that it is pinned to."""
    starts_on: date
    ends_on: date
    grace: bool = False
    cancelled: bool = False
    """It ended by a cancellation."""

    def covers(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


class Mark(NamedTuple):
    """A part of a drawing, from ``x`` on."""

    x: int
    width: int
    tone: str


@dataclass(frozen=True, slots=True)
class Row:
    """A contract: its spans, and the same as a drawing."""

    number: str
    spans: tuple[Span, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """``first`` and ``last`` are the days at the ends of the scale."""

    rows: tuple[Row, ...]
    first: date
    last: date
    today: int
    years: tuple[int, ...]

    @property
    def spans(self) -> tuple[Span, ...]:
        """The latest first."""
        found = [span for row in self.rows for span in row.spans]
        return tuple(sorted(found, key=lambda span: (span.starts_on, span.number), reverse=True))

    def on(self, day: date) -> tuple[Span, ...]:
        return tuple(span for span in self.spans if span.covers(day))


def timeline_of(holdings: Holdings, today: date) -> Timeline:
    spans = [list(_spans(holdings, lines)) for lines in holdings.contracts]
    known = [span for of_contract in spans for span in of_contract]
    first = min((span.starts_on for span in known), default=today)
    last = max((span.ends_on for span in known), default=today)
    first, last = min(first, today), max(last, today)
    scale = _Scale(first, (last - first).days + 1)
    ranks = {plan.rank: place for place, plan in enumerate(holdings.current.plans, 1)}
    return Timeline(
        rows=tuple(
            Row(of[0].number, tuple(of), tuple(scale.mark(span, ranks) for span in of)) for of in spans if of
        ),
        first=first,
        last=last,
        today=scale.x(today),
        years=tuple(scale.x(date(year, 1, 1)) for year in range(first.year + 1, last.year + 1)),
    )


class _Scale(NamedTuple):
    first: date
    days: int

    def x(self, day: date) -> int:
        return round(WIDTH * (day - self.first).days / self.days)

    def mark(self, span: Span, ranks: dict[int, int]) -> Mark:
        x = self.x(span.starts_on)
        tone = "grace" if span.grace else f"plan-{min(ranks.get(span.plan.rank, 1), 4)}"
        return Mark(x, max(2, self.x(span.ends_on + ONE_DAY) - x), tone)


def _spans(holdings: Holdings, lines: Sequence[Line]) -> Iterator[Span]:
    """From one change to the next; what a cancellation forestalled was never held."""
    zone, cancelled_at = holdings.zone, lines[0].cancelled_at
    cancelled_on = cancelled_at.astimezone(zone).date() if cancelled_at else date.max
    for span in _planned(holdings, lines):
        if span.starts_on > cancelled_on:
            return
        yield span if span.ends_on <= cancelled_on else replace(span, ends_on=cancelled_on, cancelled=True)


def _planned(holdings: Holdings, lines: Sequence[Line]) -> Iterator[Span]:
    begins = sorted({line.starts_on for line in lines})
    last = last_line(lines)
    ends = [*(day - ONE_DAY for day in begins[1:]), last.ends_on]
    for starts_on, ends_on in zip(begins, ends, strict=True):
        held = [line for line in lines if line.starts_on <= starts_on <= line.ends_on]
        yield _span(holdings, held, starts_on, ends_on)
    if last.grace_days:
        over = [line for line in lines if line.ends_on == last.ends_on]
        first = last.ends_on + ONE_DAY
        until = last.ends_on + timedelta(days=last.grace_days)
        yield replace(_span(holdings, over, first, until), grace=True)


def _span(holdings: Holdings, held: Sequence[Line], starts_on: date, ends_on: date) -> Span:
    line = held[0]
    names = (holdings.products.get(one.product_id, "") for one in sorted(held, key=lambda one: one.id))
    return Span(
        contract_id=line.contract_id,
        number=line.number,
        plan=line.plan,
        products=", ".join(names),
        editions=", ".join(str(number) for number in sorted(_editions(holdings.tenant_id, held))),
        starts_on=starts_on,
        ends_on=ends_on,
    )


def _editions(tenant_id: int, held: Sequence[Line]) -> set[int]:
    pinned = {line.edition_id for line in held}
    for line in held:
        if line.upgrade_id is not None:
            pinned |= {*upgraded_editions(tenant_id, line.upgrade_id)}
    return {matrix_of(tenant_id, edition_id).number for edition_id in pinned}
