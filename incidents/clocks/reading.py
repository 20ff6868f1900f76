"""How a clock stands at an instant: for queue rows, pages and the API."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from django.db.models import QuerySet

from incidents.clocks.counting import Rule
from incidents.clocks.terms import Counted, rule_of
from incidents.models import Clock, Incident
from plans.coverage import NeverOpens, closes_next, is_open, opens_next
from portal.core.prepared import Prepared

AT_RISK_PERCENT = 75


class Kept(Counted, Protocol):
    """A live clock, or the columns of one."""

    @property
    def state(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def paused_at(self) -> datetime | None: ...


class Standing(NamedTuple):
    """``state`` is what ``<c-clock>`` takes; ``used`` the percent of the target's time that is gone;
    ``left`` the counted time to the due time, and after it the time since then."""

    state: str
    used: int
    left: timedelta
    rule: Rule
    """By which it is counted."""


class Counting(NamedTuple):
    """Whether time counts at an instant, and when that changes; None where it never does."""

    now: bool
    turns_at: datetime | None


def counting_at(rule: Rule, now: datetime) -> Counting:
    """Inside the coverage of a rule or outside of it, until when."""
    if rule.coverage is None:
        return Counting(True, None)
    try:
        if is_open(rule.coverage, now):
            return Counting(True, closes_next(rule.coverage, now))
        return Counting(False, opens_next(rule.coverage, now))
    except NeverOpens:
        return Counting(False, None)


def standing(clock: Kept, now: datetime) -> Standing:
    """Of one that runs or is paused. Costs no statement once the process knows the calendar."""
    at = clock.paused_at or now
    rule = rule_of(clock, clock.due_at)
    if at >= clock.due_at:
        return Standing("overdue", 100, now - clock.due_at, rule)
    left = rule.between(at, clock.due_at)
    used = _percent(rule, left)
    if clock.paused_at is not None:
        return Standing("paused", used, left, rule)
    return Standing("at-risk" if used >= AT_RISK_PERCENT else "ok", used, left, rule)


def _percent(rule: Rule, left: timedelta) -> int:
    """Never quite all, as long as something is left; nothing before the clock starts."""
    return max(0, min(99, int(100 * (1 - left / rule.target))))


class ShownClock(NamedTuple):
    """A clock as the page of its incident shows it; the fields are the columns that are read."""

    id: int
    tenant_id: int
    kind: str
    round: int
    state: str
    started_at: datetime
    due_at: datetime
    minutes: int
    calendar_id: int | None
    time_zone: str
    holiday_region: str
    event_days: list[date]
    paused_at: datetime | None
    ended_at: datetime | None
    broken: bool
    commitment_at: datetime | None


def latest_clocks(incident: Incident) -> dict[str, ShownClock]:
    """The last round of each kind, by kind, in the order in which they began. One statement."""
    rows = _LATEST(tenant=incident.tenant_id, incident=incident.pk)
    clocks = sorted((ShownClock(*row) for row in rows), key=lambda clock: (clock.started_at, clock.id))
    return {clock.kind: clock for clock in clocks}


def _read_latest(tenant: int, incident: int) -> QuerySet[Any, Any]:
    clocks = Clock.objects.filter(tenant_id=tenant, incident_id=incident)
    return clocks.order_by("kind", "-round").distinct("kind").values_list(*ShownClock._fields)


_LATEST = Prepared(_read_latest)
