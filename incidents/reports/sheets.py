"""Reports as CSV."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext as _

from incidents.enums import ClockState
from incidents.reports.groups import Group
from incidents.reports.present import head_of
from incidents.reports.queries import Line
from incidents.reports.questions import Question
from incidents.reports.shares import hundredths
from plans.enums import TargetKind
from portal.core.sheets import instant, sheet
from portal.identity.models import Membership


def name_of(question: Question, kind: str) -> str:
    return f"promises-{kind}-{question.period.first}-{question.period.last}"


def table(question: Question, groups: Sequence[Group]) -> HttpResponse:
    head = [head_of(question.by), _("Promises"), _("Kept"), _("Broken"), _("Share kept, in percent")]
    rows = (
        (
            group.period.first if group.period else group.name,
            *(group.count.promises, group.count.kept, group.count.broken),
            hundredths(group.count),
        )
        for group in groups
    )
    return sheet(name_of(question, question.by.value), head, rows)


def incidents(
    person: Membership, question: Question, name: str, lines: Iterable[Line], now: datetime
) -> HttpResponse:
    """Times are in the tenant's zone, which the report is cut by."""
    head = [
        *(_("Number"), _("Title"), _("Kind of promise"), _("Severity"), _("Promised by")),
        *(_("Kept"), _("Met"), _("Late by, in minutes"), _("Assignee")),
    ]
    if person.is_staff_member:
        head += [_("Team"), _("Account")]
    return sheet(name_of(question, name), head, _cells(person, lines, now))


def _cells(person: Membership, lines: Iterable[Line], now: datetime) -> Iterator[Sequence[object]]:
    zone = ZoneInfo(person.tenant.time_zone)
    kinds = {kind.value: str(kind.label) for kind in TargetKind}
    yes, no = _("yes"), _("no")
    still_open, unmet = _("Still open"), _("Ended unmet")
    for line in lines:
        met = still_open if line.ended_at is None else unmet
        if line.state == ClockState.MET and line.ended_at is not None:
            met = instant(line.ended_at, zone)
        late = "" if line.kept else int(((line.ended_at or now) - line.due_at).total_seconds()) // 60
        row = [
            *(line.reference, line.title, kinds[line.kind], line.severity, instant(line.due_at, zone)),
            *(yes if line.kept else no, met, late, line.assignee),
        ]
        yield [*row, line.team, line.account] if person.is_staff_member else row
