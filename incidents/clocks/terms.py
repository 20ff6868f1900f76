"""What an incident was promised under, and how each of its clocks is therefore counted."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from entitlements.enums import InstallationKind
from entitlements.holdings import event_days_of, upgraded_editions
from entitlements.values import Holdings, Line
from incidents.clocks import counting
from incidents.models import Incident
from plans.calendars import calendar_in_region
from plans.coverage import Calendar
from plans.editions import enjoyed_matrix, published_calendar
from plans.enums import FeatureCode, Unit
from plans.matrix import CalendarValue, Matrix, Promised


class Counted(Protocol):
    """What a clock and each of its segments say of their rule."""

    @property
    def tenant_id(self) -> int: ...
    @property
    def minutes(self) -> int: ...
    @property
    def calendar_id(self) -> int | None: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def holiday_region(self) -> str: ...
    @property
    def event_days(self) -> Sequence[date]: ...


class Terms(NamedTuple):
    """The matrix that the contract enjoyed when the incident was logged, and where its hours are."""

    matrix: Matrix
    plan_id: int
    product_id: int
    time_zone: str
    region: str
    event_days: tuple[date, ...]
    """Days of a special-event weekend; none for a modified installation."""

    def promised(self, kind: str, severity: int) -> Promised | None:
        return self.matrix.promised(kind, severity, self.plan_id, self.product_id)

    def coverage(self, promised: Promised, around: datetime) -> Calendar | None:
        """The hours of a promise in the support region; None where elapsed time counts."""
        if promised.calendar is None:
            return None
        return coverage_of(promised.calendar, self.time_zone, self.region, self.event_days, around)


def terms_of_line(holdings: Holdings, line: Line, product_id: int, installation_kind: str | None) -> Terms:
    """For an incident that is logged now."""
    event = installation_kind != InstallationKind.MODIFIED and line.matrix.gives(
        line.plan.id, FeatureCode.SPECIAL_EVENT_SUPPORT, product_id
    )
    return Terms(
        matrix=line.matrix,
        plan_id=line.plan.id,
        product_id=product_id,
        time_zone=holdings.time_zone,
        region=holdings.region,
        event_days=holdings.event_days if event else (),
    )


def pinned_matrix(incident: Incident) -> Matrix | None:
    """None without cover. One statement for an upgrade that this process has not read yet."""
    if incident.edition_id is None or incident.edition_in_force_id is None:
        return None
    return enjoyed_matrix(
        incident.tenant_id,
        incident.edition_id,
        incident.edition_in_force_id,
        upgraded=upgraded_editions(incident.tenant_id, incident.upgrade_id) if incident.upgrade_id else (),
    )


def terms_of(incident: Incident) -> Terms | None:
    """As pinned; none without cover. At most two statements, where the plan has special-event support."""
    matrix = pinned_matrix(incident)
    if matrix is None or incident.plan_id is None:
        return None
    return Terms(
        matrix=matrix,
        plan_id=incident.plan_id,
        product_id=incident.product_id,
        time_zone=incident.time_zone,
        region=incident.holiday_region,
        event_days=_event_days(incident, matrix),
    )


def _event_days(incident: Incident, matrix: Matrix) -> tuple[date, ...]:
    code = FeatureCode.SPECIAL_EVENT_SUPPORT
    if not matrix.gives(incident.plan_id or 0, code, incident.product_id):
        return ()
    installation = incident.installation
    if installation is not None and installation.kind == InstallationKind.MODIFIED:
        return ()
    return event_days_of(incident.tenant_id, incident.account_id)


def rule_of(counted: Counted, around: datetime) -> counting.Rule:
    """The rule of a clock or segment as a value. ``around`` is a time near which it counts."""
    if counted.calendar_id is None:
        return counting.Rule(counted.minutes, None)
    hours = published_calendar(counted.tenant_id, counted.calendar_id)
    days = tuple(counted.event_days)
    coverage = coverage_of(hours, counted.time_zone, counted.holiday_region, days, around)
    return counting.Rule(counted.minutes, coverage)


def coverage_of(
    hours: CalendarValue, time_zone: str, region: str, event_days: tuple[date, ...], around: datetime
) -> Calendar:
    open_days = tuple(day.isoformat() for day in event_days)
    return calendar_in_region(hours, time_zone, region, around.year, open_days=open_days)


def columns_of(promised: Promised, terms: Terms) -> dict[str, Any]:
    """The same rule as the columns of a clock and of a segment."""
    calendar = promised.calendar
    return {
        "minutes": promised.minutes,
        "unit": promised.unit,
        "calendar_id": calendar.id if calendar and promised.unit != Unit.ELAPSED_MINUTES else None,
        "time_zone": terms.time_zone,
        "holiday_region": terms.region,
        "event_days": list(terms.event_days) if calendar else [],
    }
