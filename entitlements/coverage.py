"""In which hours a response to an account's incident is counted."""

from datetime import datetime
from typing import NamedTuple

from entitlements.decide import Decision, decide
from entitlements.values import Holdings
from plans.enums import FeatureCode, TargetKind
from plans.matrix import CalendarValue

_EVERY_MINUTE = CalendarValue(
    0, "24x7", week=tuple((day, "00:00", "24:00") for day in range(7)), holidays=False
)


class ResponseHours(NamedTuple):
    """The calendar, and the decision on the feature that gives it."""

    calendar: CalendarValue
    decision: Decision


def response_hours(
    holdings: Holdings, *, severity: int, product_id: int, at: datetime
) -> ResponseHours | None:
    """The hours of the first response as the account's contract promises it; every hour where elapsed
    minutes count. None without cover or without such a promise."""
    cover = decide(holdings, FeatureCode.TARGETED_RESPONSE, at=at, product_id=product_id)
    if not cover.allowed or cover.line is None:
        return None
    promised = cover.line.matrix.promised(TargetKind.FIRST_RESPONSE, severity, cover.line.plan.id, product_id)
    if promised is None:
        return None
    decision = decide(holdings, promised.feature, at=at, product_id=product_id)
    return ResponseHours(promised.calendar or _EVERY_MINUTE, decision)
