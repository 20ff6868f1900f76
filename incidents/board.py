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
from incidents.queries import QueueRow
from incidents.queue import Step
from incidents.timeleft import LiveColumns, Teller, TimeLeft
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
    by: str
    due: str
    note: str
    ticks: SafeString
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
    teller = Teller(now, form)
    url, why = (reverse(f"incidents:{name}", args=[_ANY]) for name in ("incident", "why_here"))
    drawn = []
    for row in rows:
        clock = _clock(person, row, teller, now, form)
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
                clock=clock.state,
                used=clock.used,
                time_left=clock.words,
                by=clock.by,
                due=clock.due,
                note=clock.note,
                ticks=clock.ticks,
                assignee=row.assignee_name or "",
                mine=row.assignee_id == person.pk,
                activity=form.age(now - row.last_activity_at),
            )
        )
    return drawn


def _clock(person: Membership, row: QueueRow, teller: Teller, now: datetime, form: Formats) -> TimeLeft:
    """How the clock stands that is due next; without one, for how long the incident has been there."""
    clock = _clock_of(person, row)
    return teller.tell(clock) if clock else TimeLeft("none", 0, form.age(now - row.created_at))


def _clock_of(person: Membership, row: QueueRow) -> LiveColumns | None:
    if row.due_at is None or row.clock_state is None or row.clock_minutes is None:
        return None
    return LiveColumns(
        tenant_id=person.tenant_id,
        kind=row.clock_kind or "",
        state=row.clock_state,
        minutes=row.clock_minutes,
        calendar_id=row.clock_calendar_id,
        time_zone=row.clock_time_zone or "",
        holiday_region=row.clock_holiday_region or "",
        event_days=row.clock_event_days or (),
        due_at=row.due_at,
        paused_at=row.clock_paused_at,
    )


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
