"""A report as its pages show it: words and addresses made before the templates' loops."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from incidents.enums import ClockState
from incidents.reports.forms import ReportForm
from incidents.reports.groups import Group, Groups, part_name
from incidents.reports.period import Step
from incidents.reports.queries import Line, Tally
from incidents.reports.questions import Grouping, Outcome, Question
from incidents.reports.shares import Count, figure, percent
from plans.enums import TargetKind
from portal.core.ui import charts
from portal.core.ui.formatting import Formats, formats
from portal.core.ui.rows import draw_rows
from portal.identity.models import Membership

_BARS = 12
_ANY = "ANY-0"
"""Stands for a row's reference in an address that is reversed once, not for each row."""


def of_count(count: Count) -> str:
    """``45 of 50 kept, 90 %``"""
    if not count.promises:
        return _("no promises")
    return _("%(kept)s of %(promises)s kept, %(percent)s") % {
        "kept": figure(count.kept),
        "promises": figure(count.promises),
        "percent": percent(count),
    }


def period_words(question: Question) -> str:
    """``28 Oct 2026 – 26 Nov 2026``"""
    form, period = formats(), question.period
    if period.first == period.last:
        return form.day(period.first)
    return f"{form.day(period.first)} – {form.day(period.last)}"


def kind_words(question: Question) -> str:
    return str(TargetKind(question.kind).label) if question.kind else _("All kinds of promises")


def time_chart(question: Question, tally: Tally) -> SafeString:
    form, step = formats(), question.step
    slices = [
        charts.Slice(
            name=form.month(part.first) if step is Step.MONTH else form.short_day(part.first),
            words=f"{part_name(part, step, form)}: {of_count(count)}",
            share=count.share,
        )
        for part, count in tally.parts
    ]
    title = {
        Step.DAY: _("Share of promises kept, by day"),
        Step.WEEK: _("Share of promises kept, by week"),
        Step.MONTH: _("Share of promises kept, by month"),
    }[step]
    nothing, half, everything = Count(1, 0), Count(2, 1), Count(1, 1)
    ticks = [percent(count) for count in (nothing, half, everything)]
    return charts.columns("time", slices, title=title, description=_described(tally), ticks=ticks)


def _described(tally: Tally) -> str:
    counts = [count for _part, count in tally.parts if count.promises]
    worst = min(counts, key=lambda count: count.share or 0)
    return _("In all %(total)s. At worst %(worst)s.") % {
        "total": of_count(tally.total),
        "worst": of_count(worst),
    }


def group_chart(question: Question, groups: Groups) -> SafeString:
    """The first few groups of the table; none where they are of time, which has a chart of its own."""
    if question.by.step:
        return SafeString()
    slices = [
        charts.Slice(
            name=group.name,
            words=f"{group.name}: {of_count(group.count)}",
            share=group.count.share,
            value=percent(group.count),
        )
        for group in groups.rows[:_BARS]
    ]
    description = "; ".join(one.words for one in slices)
    return charts.bars("groups", slices, title=_("Share of promises kept, by group"), description=description)


def group_rows(form: ReportForm, by: Grouping, rows: Sequence[Group]) -> SafeString:
    words = {"all": _("Promises"), "kept": _("Kept"), "broken": _("Broken"), "share": _("Share kept")}
    urls = {outcome: list_url(outcome, "") for outcome in (Outcome.ALL, Outcome.KEPT, Outcome.BROKEN)}
    drawn = [_group_row(form, by, group, urls) for group in rows]
    return draw_rows("incidents/report_groups.html", rows=drawn, words=words)


def _group_row(form: ReportForm, by: Grouping, group: Group, urls: Mapping[Outcome, str]) -> dict[str, Any]:
    narrowed = {by.value: group.code}
    if group.period:
        narrowed = {"since": str(group.period.first), "until": str(group.period.last)}
    query = form.address(**narrowed)
    return {
        "name": group.name,
        "numbers": [
            {"outcome": outcome.value, "count": number, "figure": figure(number), "url": url + query}
            for (outcome, url), number in zip(
                urls.items(), (group.count.promises, group.count.kept, group.count.broken), strict=True
            )
        ],
        "share": percent(group.count),
    }


def list_url(outcome: Outcome, query: str) -> str:
    return f"{reverse(f'incidents:report_{outcome.value}')}?{query}"


def head_of(by: Grouping) -> str:
    """What the groups are, over their column."""
    return {
        Grouping.SEVERITY: _("Severity"),
        Grouping.PLAN: _("Plan"),
        Grouping.PRODUCT: _("Product"),
        Grouping.ACCOUNT: _("Account"),
        Grouping.TEAM: _("Team"),
        Grouping.DAY: _("Day"),
        Grouping.WEEK: _("Week"),
        Grouping.MONTH: _("Month"),
    }[by]


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a promise: when it was met, or else in words; how late that was."""

    met_at: datetime | None
    words: str
    late: str


def became(line: Line, now: datetime, form: Formats) -> Became:
    met_at = line.ended_at if line.state == ClockState.MET else None
    words = ""
    if met_at is None:
        words = _("Still open") if line.ended_at is None else _("Ended unmet")
    late = "" if line.kept else form.duration((line.ended_at or now) - line.due_at)
    return Became(met_at, words, late)


def line_rows(person: Membership, found: Sequence[Line], now: datetime) -> SafeString:
    form, kinds = formats(), {kind.value: str(kind.label) for kind in TargetKind}
    url = reverse("incidents:incident", args=[_ANY])
    rows = []
    for line in found:
        then = became(line, now, form)
        rows.append(
            {
                "reference": line.reference,
                "title": line.title,
                "url": url.replace(_ANY, line.reference),
                "severity": line.severity,
                "kind": kinds[line.kind],
                "due": form.element(line.due_at, now),
                "met": form.element(then.met_at, now) if then.met_at else then.words,
                "late": then.late,
                "kept": line.kept,
                "account": line.account,
                "assignee": line.assignee or "",
                "team": line.team or "",
            }
        )
    words = {"due": _("Promised by"), "met": _("Met"), "late": _("Late by"), "nobody": _("Nobody")}
    return draw_rows("incidents/report_lines.html", rows=rows, words=words, staff=person.is_staff_member)
