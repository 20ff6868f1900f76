"""Why this time? An incident's promised time, recomputed from what was pinned when it was promised."""

from datetime import datetime, timedelta

from incidents.models import Incident
from plans.calendars import calendar_in_region
from plans.coverage import Calendar, Explanation, elapsed, explain_elapsed
from plans.editions import matrix_of
from plans.matrix import CalendarValue

AT_RISK_PERCENT = 75


def pinned_calendar(incident: Incident) -> CalendarValue | None:
    """The hours that the incident's time is counted in; none without a promise."""
    if incident.calendar_id is None or incident.edition_id is None or incident.first_response_from is None:
        return None
    pinned = matrix_of(incident.tenant_id, incident.edition_id).calendars.get(incident.calendar_id)
    if pinned is not None or incident.calendar is None:
        return pinned
    # A later edition gave more when the incident was logged, so its hours are pinned.
    return matrix_of(incident.tenant_id, incident.calendar.edition_id).calendars[incident.calendar_id]


def coverage_of(incident: Incident) -> Calendar | None:
    """The same hours in the support region, with its public holidays."""
    value = pinned_calendar(incident)
    if value is None or incident.first_response_from is None:
        return None
    year = incident.first_response_from.year
    return calendar_in_region(value, incident.time_zone, incident.holiday_region, year)


def explained(incident: Incident) -> Explanation | None:
    """The coverage between the start and the due time of the first response, span by span."""
    coverage = coverage_of(incident)
    if coverage is None or incident.first_response_from is None or incident.first_response_due_at is None:
        return None
    return explain_elapsed(coverage, incident.first_response_from, incident.first_response_due_at)


def percent_used(incident: Incident, now: datetime) -> int:
    """How much of the first response's coverage time is gone, from 0 to 100."""
    start, due_at = incident.first_response_from, incident.first_response_due_at
    if start is None or due_at is None:
        return 0
    return percent_between(coverage_of(incident), start, due_at, now)


def percent_between(coverage: Calendar | None, start: datetime, due_at: datetime, now: datetime) -> int:
    """The same from its parts; without coverage hours, plain time counts."""
    if now >= due_at:
        return 100
    whole = elapsed(coverage, start, due_at) if coverage else due_at - start
    gone = elapsed(coverage, start, now) if coverage else now - start
    return min(99, int(100 * gone / whole)) if whole > timedelta() else 100
