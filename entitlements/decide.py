"""The one decision: may this account use this feature, for this product, at this time?

Pure: it is given what the account holds and asks nothing else. The rules, with worked numbers, are in
docs/rules/decisions.md.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from entitlements.enums import ContractState, InstallationKind, Reason
from entitlements.values import GrantValue, Holdings, Line
from plans.enums import FeatureCode
from plans.matrix import CellValue, PlanValue

STANDARD_ONLY = frozenset({FeatureCode.HOW_TO_ASSISTANCE, FeatureCode.SPECIAL_EVENT_SUPPORT})
"""Features for standard, unmodified installations."""
# A million questions an hour are answered here, and an enum's members cost more to look up than a name.
_YES = Reason.ALLOWED
_USED_UP = Reason.ALLOWANCE_USED_UP
_MODIFIED = InstallationKind.MODIFIED
_OUT_OF_FORCE = {
    ContractState.SCHEDULED: Reason.CONTRACT_NOT_STARTED,
    ContractState.EXPIRED: Reason.CONTRACT_EXPIRED,
    ContractState.CANCELLED: Reason.CONTRACT_CANCELLED,
}
_STATE_REASONS = tuple(_OUT_OF_FORCE.values())
_NO_PLAN_HELPS = frozenset(
    {Reason.CONTRACT_NOT_STARTED, Reason.NOTICE_TOO_SHORT, Reason.INSTALLATION_MODIFIED}
)


class Question(NamedTuple):
    """What :func:`decide` was asked."""

    holdings: Holdings
    feature_code: str
    at: datetime
    product_id: int | None
    installation_kind: str | None
    event_on: date | None


class Decision(NamedTuple):
    """A verdict that explains itself; ``entitlements.sentences`` puts it into words."""

    allowed: bool
    reason: Reason
    line: Line | None
    """The contract line that decided; without a contract, none."""
    edition_id: int
    edition_number: int
    cell: CellValue | None
    remedy: PlanValue | None
    """The lowest plan that would turn a no into a yes; none where no plan would."""
    question: Question
    grant: GrantValue | None = None
    """What gave a feature that the plan alone would not have given."""

    @property
    def holdings(self) -> Holdings:
        return self.question.holdings

    @property
    def feature_code(self) -> str:
        return self.question.feature_code

    @property
    def product_id(self) -> int | None:
        return self.question.product_id

    @property
    def event_on(self) -> date | None:
        return self.question.event_on

    @property
    def earliest(self) -> date:
        """The first day of use for which the notice is long enough, in the account's time zone."""
        notice = self.cell.notice_days if self.cell else 0
        return self.question.at.astimezone(self.holdings.zone).date() + timedelta(days=notice)


def contract_state(line: Line, at: datetime) -> ContractState:
    if line.cancelled_at is not None and at >= line.cancelled_at:
        return ContractState.CANCELLED
    if at < line.begins:
        return ContractState.SCHEDULED
    if at < line.ends:
        return ContractState.EXPIRING if at >= line.expires_soon else ContractState.ACTIVE
    return ContractState.GRACE if at < line.grace_ends else ContractState.EXPIRED


def leading_line(lines: Sequence[Line], at: datetime) -> Line:
    """Of one contract's lines the one that says how it stands: the latest to begin, as long as it was in
    force, or else the first that will."""

    def has_begun(line: Line) -> bool:
        return line.begins <= (at if line.cancelled_at is None else min(at, line.cancelled_at))

    begun = [line for line in lines if has_begun(line)]
    return max(begun, key=lambda line: line.begins) if begun else min(lines, key=lambda line: line.begins)


def last_line(lines: Sequence[Line]) -> Line:
    """Of one contract's lines the one with which it ends: its last plan, last day and grace."""
    return max(lines, key=lambda line: (line.ends, line.begins))


def decide(
    holdings: Holdings,
    feature_code: str,
    *,
    at: datetime,
    product_id: int | None = None,
    installation_kind: str | None = None,
    event_on: date | None = None,
) -> Decision:
    """Decide; costs no statement.

    :param installation_kind: of the installation that the use is for, where there is one.
    :param event_on: the day of use, where a use is asked for ahead: the contract must then be in its
        support period on that day.
    """
    asked = Question(holdings, feature_code, at, product_id, installation_kind, event_on)
    line, reason = _choose(asked)
    if line is None:
        edition = holdings.current
        remedy = _remedy(asked, None, reason)
        return Decision(False, reason, None, edition.edition_id, edition.number, None, remedy, asked)
    plan_id = line.plan.id
    cell = line.matrix.cells.get((plan_id, feature_code))
    edition_id, number = line.matrix.origin(plan_id, feature_code)
    if reason is _YES:
        reason = _check_cell(asked, line, cell)
        if reason is not _YES and (grant := _granted(asked)) is not None:
            return Decision(True, _YES, line, edition_id, number, cell, None, asked, grant)
    if reason is _YES:
        return Decision(True, reason, line, edition_id, number, cell, None, asked)
    return Decision(False, reason, line, edition_id, number, cell, _remedy(asked, line, reason), asked)


def _choose(asked: Question) -> tuple[Line | None, Reason]:
    """The line that decides: one that names the product before others, among those the highest plan."""
    ranked = asked.holdings.ranked
    named = ranked if asked.product_id is None else asked.holdings.by_product.get(asked.product_id, ())
    for line in named:
        if _standing(line, asked) is _YES:
            return line, _YES
    if named:
        return _closest(named, asked)
    for line in ranked:
        if _standing(line, asked) is _YES:
            return line, Reason.PRODUCT_NOT_COVERED
    return _closest(ranked, asked) if ranked else (None, Reason.NO_CONTRACT)


def _standing(line: Line, asked: Question) -> Reason:
    """Whether the contract is in force, or why not."""
    at, day = asked.at, asked.event_on
    if day is None:
        if line.begins <= at < line.grace_ends and (line.cancelled_at is None or at < line.cancelled_at):
            return _YES
        return _OUT_OF_FORCE[contract_state(line, at)]
    if line.cancelled_at is not None and at >= line.cancelled_at:
        return Reason.CONTRACT_CANCELLED
    if day < line.starts_on:
        return Reason.CONTRACT_NOT_STARTED
    return _YES if day <= line.ends_on else Reason.CONTRACT_EXPIRED


def _closest(lines: tuple[Line, ...], asked: Question) -> tuple[Line, Reason]:
    """Of contracts that are out of force: the next to start, or else the last that ended or was cancelled."""

    def order(line: Line) -> tuple[int, float]:
        place = _STATE_REASONS.index(_standing(line, asked))
        return place, line.begins.timestamp() if place == 0 else -line.ends.timestamp()

    line = min(lines, key=order)
    return line, _standing(line, asked)


def _check_cell(asked: Question, line: Line, cell: CellValue | None) -> Reason:
    if cell is None:
        return Reason.FEATURE_NOT_IN_PLAN
    if line.matrix.excluded(asked.feature_code, asked.product_id, line.plan.id):
        return Reason.FEATURE_NOT_FOR_PRODUCT
    if cell.allowance is not None and line.used.get(asked.feature_code, 0) >= cell.allowance:
        return _USED_UP
    if asked.event_on is not None and _days_ahead(asked.event_on, asked) < cell.notice_days:
        return Reason.NOTICE_TOO_SHORT
    if asked.installation_kind == _MODIFIED and asked.feature_code in STANDARD_ONLY:
        return Reason.INSTALLATION_MODIFIED
    return _YES


def _granted(asked: Question) -> GrantValue | None:
    """Of the grants that run, the one that runs longest. One for a product answers for that product only."""
    day = asked.event_on or asked.at.astimezone(asked.holdings.zone).date()
    for grant in asked.holdings.grants:
        if (
            grant.feature_code == asked.feature_code
            and grant.product_id in (None, asked.product_id)
            and grant.runs(day, asked.at)
        ):
            return grant
    return None


def _days_ahead(day: date, asked: Question) -> int:
    return (day - asked.at.astimezone(asked.holdings.zone).date()).days


def _remedy(asked: Question, line: Line | None, reason: Reason) -> PlanValue | None:
    """Whoever changes plans buys under the current edition, so that one is asked."""
    if reason in _NO_PLAN_HELPS:
        return None
    code, current = asked.feature_code, asked.holdings.current
    if current.excluded(code, asked.product_id):
        return None
    used = line.used.get(code, 0) if line is not None and reason == _USED_UP else 0
    for plan in current.plans:
        cell = current.cells.get((plan.id, code))
        if cell is not None and (cell.allowance is None or cell.allowance > used):
            return plan
    return None
