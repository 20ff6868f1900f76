"""What the portal promises for an incident: by when the first answer comes, and counted how."""

from datetime import datetime, timedelta
from typing import NamedTuple

from entitlements.coverage import response_hours
from entitlements.decide import decide
from entitlements.holdings import Holdings, Line
from plans.calendars import calendar_in_region
from plans.coverage import Calendar, Explanation, due, explain_due
from plans.enums import FeatureCode, TargetKind, Unit
from plans.matrix import CalendarValue, TargetValue


class Promise(NamedTuple):
    """A first response by ``due_at`` (UTC), and everything that it was counted from."""

    due_at: datetime
    started_at: datetime
    target: TargetValue
    line: Line
    feature: FeatureCode
    calendar: CalendarValue
    time_zone: str
    region: str

    @property
    def coverage(self) -> Calendar:
        return calendar_in_region(self.calendar, self.time_zone, self.region, self.started_at.year)

    @property
    def calendar_id(self) -> int | None:
        """The calendar to pin: none where plain elapsed time counts."""
        return None if self.target.unit == Unit.ELAPSED_MINUTES else self.calendar.id

    def explained(self) -> Explanation | None:
        """The coverage spans behind the due time; none where plain elapsed time counts."""
        if self.target.unit == Unit.ELAPSED_MINUTES:
            return None
        return explain_due(self.coverage, self.started_at, self.target.minutes)


def first_response(holdings: Holdings, *, severity: int, product_id: int, at: datetime) -> Promise | None:
    """The promise for an incident logged at ``at``; none without cover, or where the plan has no target."""
    cover = decide(holdings, FeatureCode.TARGETED_RESPONSE, at=at, product_id=product_id)
    if not cover.allowed or cover.line is None:
        return None
    target = cover.line.matrix.target(TargetKind.FIRST_RESPONSE, severity, cover.line.plan.id, product_id)
    if target is None:
        return None
    hours = response_hours(holdings, severity=severity, product_id=product_id, at=at)
    if hours is None:
        return None
    promise = Promise(
        due_at=at,
        started_at=at,
        target=target,
        line=cover.line,
        feature=FeatureCode(hours.decision.feature_code),
        calendar=hours.calendar,
        time_zone=holdings.time_zone,
        region=holdings.region,
    )
    return promise._replace(due_at=_due_at(promise))


def _due_at(promise: Promise) -> datetime:
    if promise.target.unit == Unit.ELAPSED_MINUTES:
        return promise.started_at + timedelta(minutes=promise.target.minutes)
    return due(promise.coverage, promise.started_at, promise.target.minutes)
