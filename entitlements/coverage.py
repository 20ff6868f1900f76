"""In which hours a response to an account's incident is counted."""

from datetime import datetime
from typing import NamedTuple

from entitlements.decide import Decision, decide
from entitlements.values import Holdings
from plans.enums import FeatureCode, Severity
from plans.matrix import CalendarValue

_WIDER_FOR_CRITICAL = (
    FeatureCode.EXTENDED_CRITICAL_INCIDENT_SUPPORT,
    FeatureCode.CRITICAL_INCIDENT_SUPPORT,
)


class ResponseHours(NamedTuple):
    """The calendar, and the decision on the feature that gives it."""

    calendar: CalendarValue
    decision: Decision


def response_hours(
    holdings: Holdings, *, severity: int, product_id: int, at: datetime
) -> ResponseHours | None:
    """Severity 1 runs in the hours of Extended CIS or else of CIS, where the account has them for the
    product; everything else in those of Targeted Incident Response. None without cover."""
    wider = _WIDER_FOR_CRITICAL if severity == Severity.CRITICAL else ()
    for code in (*wider, FeatureCode.TARGETED_RESPONSE):
        decision = decide(holdings, code, at=at, product_id=product_id)
        if decision.allowed and decision.line is not None:
            calendar = decision.line.matrix.calendar_of(decision.cell)
            if calendar is not None:
                return ResponseHours(calendar, decision)
    return None
