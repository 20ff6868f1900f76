"""Who is told of a critical solution, and why: one account after the other.

Pure: the page that shows the audience before anything is sent and the fan-out that sends ask the same
function, so that both come to the same people. The rules, with a table, are in docs/rules/critical.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from entitlements.decide import decide
from entitlements.enums import Reason
from entitlements.values import Holdings
from knowledge.critical.enums import TOLD, Affected, Why
from knowledge.critical.scopes import Scope
from plans.enums import FeatureCode

_LACKS_FEATURE = frozenset({Reason.FEATURE_NOT_IN_PLAN, Reason.FEATURE_NOT_FOR_PRODUCT})
_WHY_TOLD = {Affected.YES: Why.AFFECTED, Affected.UNKNOWN: Why.UNKNOWN}
_WORST_FIRST = (Affected.YES, Affected.UNKNOWN, Affected.NO)


class Wish(NamedTuple):
    """A contact's registration for one product."""

    person_id: int
    product_id: int
    by_mail: bool
    in_portal: bool
    tell_unaffected: bool


class Installed(NamedTuple):
    """An installation that is in use."""

    id: int
    name: str
    product_id: int
    version_id: int | None
    version: str


class Concern(NamedTuple):
    """What may be affected: an installation, or a product without a recorded one."""

    product_id: int
    installation: Installed | None
    affected: Affected


class Reached(NamedTuple):
    """One contact: why they are told or left out, of which installations, and over which channels."""

    person_id: int
    why: Why
    affected: Affected
    concerns: tuple[Concern, ...]
    by_mail: bool
    in_portal: bool

    @property
    def told(self) -> bool:
        return self.why in TOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One account. ``refused``: why its contract covers none of the products; None where it does."""

    account_id: int
    refused: Why | None
    affected: Affected
    concerns: Sequence[Concern]
    people: Sequence[Reached]

    @property
    def told(self) -> list[Reached]:
        return [one for one in self.people if one.told]


def judge(
    holdings: Holdings,
    scopes: Sequence[Scope],
    installed: Iterable[Installed],
    wishes: Iterable[Wish],
    *,
    at: datetime,
) -> Judged:
    """Costs no statement. ``wishes`` may be those of some of the account's people only."""
    refusals = {scope.product_id: _refusal(holdings, scope.product_id, at) for scope in scopes}
    concerns = [
        concern
        for scope in scopes
        if refusals[scope.product_id] is None
        for concern in _concerns(scope, installed)
    ]
    by_person: dict[int, list[Wish]] = {}
    for wish in wishes:
        if wish.product_id in refusals:
            by_person.setdefault(wish.person_id, []).append(wish)
    return Judged(
        account_id=holdings.account_id,
        refused=_least(refusals.values()),
        affected=_worst(concerns),
        concerns=[one for one in concerns if one.affected != Affected.NO],
        people=[_reach(own, refusals, concerns) for own in by_person.values()],
    )


def _refusal(holdings: Holdings, product_id: int, at: datetime) -> Why | None:
    feature = FeatureCode.CRITICAL_SOLUTION_NOTIFICATION
    decision = decide(holdings, feature, at=at, product_id=product_id)
    if decision.allowed:
        return None
    return Why.NO_FEATURE if decision.reason in _LACKS_FEATURE else Why.NOT_COVERED


def _least(refusals: Iterable[Why | None]) -> Why | None:
    """None where any product is covered; else the nearest to being told."""
    found = set(refusals)
    if None in found:
        return None
    return Why.NO_FEATURE if Why.NO_FEATURE in found else Why.NOT_COVERED


def _concerns(scope: Scope, installed: Iterable[Installed]) -> list[Concern]:
    own = [one for one in installed if one.product_id == scope.product_id]
    if not own:
        return [Concern(scope.product_id, None, Affected.UNKNOWN)]
    return [Concern(scope.product_id, one, _affects(scope, one)) for one in own]


def _affects(scope: Scope, one: Installed) -> Affected:
    held = scope.holds(one.version_id)
    if held is None:
        return Affected.UNKNOWN
    return Affected.YES if held else Affected.NO


def _worst(concerns: Iterable[Concern]) -> Affected:
    found = {concern.affected for concern in concerns}
    return next((one for one in _WORST_FIRST if one in found), Affected.NO)


def _reach(own: Sequence[Wish], refusals: Mapping[int, Why | None], concerns: Sequence[Concern]) -> Reached:
    covered = [wish for wish in own if refusals[wish.product_id] is None]
    if not covered:
        refused = _least(refusals[wish.product_id] for wish in own) or Why.NOT_COVERED
        return Reached(own[0].person_id, refused, Affected.NO, (), False, False)
    products = {wish.product_id for wish in covered}
    theirs = [concern for concern in concerns if concern.product_id in products]
    affected = _worst(theirs)
    if affected == Affected.NO:
        asked = [wish for wish in covered if wish.tell_unaffected]
        why = Why.UNAFFECTED if asked else Why.CHOSE_NOTHING
    else:
        asked, why = covered, _WHY_TOLD[affected]
    return Reached(
        own[0].person_id,
        why,
        affected,
        tuple(one for one in theirs if one.affected != Affected.NO),
        any(wish.by_mail for wish in asked),
        any(wish.in_portal for wish in asked),
    )
