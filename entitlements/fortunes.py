"""What a draft means for contracts that run: what they gain and lose at once, and what they keep.

Pure: matrices in, typed changes out. The rules, with worked numbers, are in docs/rules/rehearsal.md.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from entitlements.enums import Part
from plans.better import better
from plans.differences import (
    AllowanceChange,
    Change,
    ExceptionChange,
    FeatureChange,
    HoursChange,
    NoticeChange,
    Reach,
    TargetChange,
    Verdict,
    reaching,
)
from plans.matrix import Matrix, PlanValue

_AT_ONCE = {Verdict.BETTER: Part.GAINS, Verdict.WORSE: Part.LOSES, Verdict.OTHER: Part.CHANGES}


class Pinned(NamedTuple):
    """What contracts have in common that fare alike: their plan, and the editions that they are pinned to.

    ``editions`` begins with the one that counts for the product, and goes on with those of the upgrades.
    """

    plan: PlanValue
    editions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fortune:
    """``parts`` has those that come about; each names the products that it reaches."""

    pinned: Pinned
    parts: Mapping[Part, tuple[Reach, ...]]

    def changes(self, part: Part, product_ids: Collection[int]) -> Iterator[Change]:
        """Of the part what reaches a contract for these products."""
        for change, products in self.parts.get(part, ()):
            if not products.isdisjoint(product_ids):
                yield change

    def reached(self) -> Iterator[tuple[Part, int]]:
        """Each part with each product that it reaches."""
        for part, reaches in self.parts.items():
            products = {one for reach in reaches for one in reach.products}
            yield from ((part, one) for one in sorted(products))


def fortune(
    pinned: Pinned, promised: Matrix, before: Matrix, draft: Matrix, product_ids: Collection[int]
) -> Fortune:
    """How contracts fare for which the draft takes the place of the edition before.

    :param promised: the better of all that they are pinned to.
    """
    plan = pinned.plan
    now, then = better(promised, before), better(promised, draft)
    parts: dict[Part, list[Reach]] = {part: [] for part in Part}
    for reach in reaching(now, then, plan, product_ids):
        parts[_AT_ONCE[reach.change.verdict]].append(reach)
    cuts = _places(reaching(before, draft, plan, product_ids))
    for change, products in reaching(then, draft, plan, product_ids):
        # What an earlier edition has taken already is no cut of this one.
        cut = products & cuts.get(_place(change), frozenset())
        if change.verdict != Verdict.BETTER and cut:
            parts[Part.KEEPS].append(Reach(change, cut))
    return Fortune(pinned, {part: tuple(reaches) for part, reaches in parts.items() if reaches})


def _places(reaches: Iterable[Reach]) -> dict[object, frozenset[int]]:
    """Where the draft doesn't give all that the edition before does, and for which products."""
    found: dict[object, frozenset[int]] = {}
    for change, products in reaches:
        if change.verdict != Verdict.BETTER:
            found[_place(change)] = found.get(_place(change), frozenset()) | products
    return found


def _place(change: Change) -> object:
    """Which promise a change is about: of two at one place, one takes what the other speaks of."""
    match change:
        case FeatureChange() | ExceptionChange():
            return "given", change.feature
        case AllowanceChange() | NoticeChange() | HoursChange():
            return type(change), change.feature
        case TargetChange():
            return change.kind, change.severity
    raise TypeError(f"No place for {change!r}")
