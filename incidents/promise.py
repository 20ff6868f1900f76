"""What would be promised for an incident that is logged now: by when the first answer comes, counted how."""

from datetime import datetime
from typing import NamedTuple

from entitlements.decide import decide
from entitlements.holdings import Holdings, Line
from incidents.clocks.counting import Rule
from incidents.clocks.terms import terms_of_line
from plans.coverage import CoverageError, Explanation, explain_due
from plans.enums import FeatureCode, TargetKind
from plans.matrix import Promised


class Promise(NamedTuple):
    """A first response by ``due_at`` (UTC), and everything that it was counted from."""

    due_at: datetime
    started_at: datetime
    promised: Promised
    line: Line
    rule: Rule
    following: Promised | None
    """How soon each later message is answered."""

    def explained(self) -> Explanation | None:
        """The coverage spans behind the due time; none where plain elapsed time counts."""
        if self.rule.coverage is None:
            return None
        return explain_due(self.rule.coverage, self.started_at, self.rule.minutes)


def first_response(
    holdings: Holdings,
    *,
    severity: int,
    product_id: int,
    at: datetime,
    installation_kind: str | None = None,
) -> Promise | None:
    """The promise for an incident logged at ``at``; none without cover, or where the plan has no target."""
    cover = decide(holdings, FeatureCode.UNLIMITED_INCIDENTS, at=at, product_id=product_id)
    if not cover.allowed or cover.line is None:
        return None
    terms = terms_of_line(holdings, cover.line, product_id, installation_kind)
    promised = terms.promised(TargetKind.FIRST_RESPONSE, severity)
    if promised is None:
        return None
    rule = Rule(promised.minutes, terms.coverage(promised, at))
    try:
        due_at = rule.after(at, rule.target)
    except CoverageError:
        return None
    following = terms.promised(TargetKind.NEXT_RESPONSE, severity)
    return Promise(due_at, at, promised, cover.line, rule, following)
