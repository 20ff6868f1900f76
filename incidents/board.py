"""The queue as its page shows it: every value of a row formatted once, before the template's loop."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from incidents.enums import STATE_TONE, State
from incidents.explain import AT_RISK_PERCENT, percent_between
from incidents.queries import QueueRow
from incidents.queue import Step
from plans.calendars import calendar_in_region
from plans.editions import matrix_of
from plans.queries import product_names, severity_texts
from portal.core.ui.formatting import Formats, formats
from portal.core.ui.rows import draw_rows
from portal.identity.models import Membership

_ANY = "ANY-0"
"""Stands for a row's reference in an address that is reversed once, not for each row."""


class Line(NamedTuple):
    """One row of the queue; its template takes it apart in this order."""

    reference: str
    url: str
    why: str
    title: str
    severity: int
    severity_name: str
    state: str
    tone: str
    account: str
    plan: str
    product: str
    clock: str
    used: int
    time_left: str
    due: str
    assignee: str
    mine: bool
    activity: str


def drawn(person: Membership, rows: Sequence[QueueRow]) -> SafeString:
    """The rows as HTML; empty without any."""
    words = {"nobody": _("Nobody"), "why": _("Why here?")}
    return draw_rows("incidents/queue.html", lines=lines(person, rows), words=words)


def lines(person: Membership, rows: Sequence[QueueRow]) -> list[Line]:
    now, form = timezone.now(), formats()
    names = product_names(person.tenant_id)
    severities = {
        level: words.name for level, words in severity_texts(person.tenant, get_language() or "en").items()
    }
    states = {state.value: (str(state.label), STATE_TONE[state]) for state in State}
    left, over = _("%(span)s left"), _("%(span)s overdue")
    url, why = (reverse(f"incidents:{name}", args=[_ANY]) for name in ("incident", "why_here"))
    drawn = []
    for row in rows:
        clock, used, time_left = _clock(person, row, now, form, left, over)
        state, tone = states[row.state]
        drawn.append(
            Line(
                reference=row.reference,
                url=url.replace(_ANY, row.reference),
                why=why.replace(_ANY, row.reference),
                title=row.title,
                severity=row.severity,
                severity_name=severities[row.severity],
                state=state,
                tone=tone,
                account=row.account_name,
                plan=row.plan_name or "",
                product=names.get(row.product_id, ""),
                clock=clock,
                used=used,
                time_left=time_left,
                due=form.full(row.due_at) if row.due_at else "",
                assignee=row.assignee_name or "",
                mine=row.assignee_id == person.pk,
                activity=form.age(now - row.last_activity_at),
            )
        )
    return drawn


def _clock(
    person: Membership, row: QueueRow, now: datetime, form: Formats, left: str, over: str
) -> tuple[str, int, str]:
    """The state of the clock, the percent used, and the words beside it."""
    if row.due_at is None:
        return "none", 0, form.age(now - row.created_at)
    if row.due_at <= now:
        return "overdue", 100, over % {"span": form.duration(now - row.due_at)}
    used = _used(person.tenant_id, row, now)
    return (
        "at-risk" if used >= AT_RISK_PERCENT else "ok",
        used,
        left % {"span": form.duration(row.due_at - now)},
    )


def _used(tenant_id: int, row: QueueRow, now: datetime) -> int:
    start, due_at = row.first_response_from, row.due_at
    if start is None or due_at is None:
        return 0
    coverage = None
    if row.calendar_id is not None and row.calendar_edition_id is not None:
        value = matrix_of(tenant_id, row.calendar_edition_id).calendars[row.calendar_id]
        coverage = calendar_in_region(value, row.time_zone, row.holiday_region, start.year)
    return percent_between(coverage, start, due_at, now)


def step_sentence(step: Step, *, severity_name: str = "", plan_name: str = "") -> str:
    """One reason for a place in the queue, in the active language."""
    now, form = timezone.now(), formats()
    match step.code, step.value:
        case "severity", level:
            return _("Severity %(level)s, %(name)s: a lower number always comes first.") % {
                "level": level,
                "name": severity_name,
            }
        case "plan_priority", _rank:
            return _("%(plan)s has Plan Priority Queuing: within a severity, higher plans come first.") % {
                "plan": plan_name
            }
        case "no_plan_priority", _none:
            return _("No Plan Priority Queuing: it comes after the plans that have it, within its severity.")
        case "overdue", datetime() as at:
            return _("Its response was due %(time)s: what is overdue comes first.") % {
                "time": form.moment(at, now)
            }
        case "due", datetime() as at:
            return _("Its response is due %(time)s: what is due sooner comes first.") % {
                "time": form.moment(at, now)
            }
        case "no_due_time", _none:
            return _("No response is due now: it comes after those that have a due time.")
        case "logged", datetime() as at:
            return _("Logged %(time)s: of equal ones the oldest comes first.") % {
                "time": form.moment(at, now)
            }
    raise ValueError(step.code)
