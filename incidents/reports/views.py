"""The report pages: shares of promises kept, and the incidents behind each number."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from incidents.reports import present, queries, sheets
from incidents.reports.forms import ReportForm
from incidents.reports.groups import SHOWN, groups_of
from incidents.reports.questions import Outcome, Question
from incidents.reports.rules import sees_reports
from incidents.reports.shares import figure, percent
from portal.core.sheets import LARGEST
from portal.core.ui import charts
from portal.identity.guards import person_required
from portal.identity.requests import PersonRequest


def _form(request: PersonRequest) -> ReportForm:
    if not sees_reports(request.person):
        raise Http404
    form = ReportForm(request.person, request.GET)
    form.is_valid()
    return form


@require_GET
@person_required
def promises(request: PersonRequest) -> HttpResponse:
    """The share of promises kept: in all, over time and by group."""
    form = _form(request)
    context: dict[str, Any] = {"form": form}
    if not form.problems:
        context |= _report(request, form)
    return render(request, "incidents/reports.html", context)


def _report(request: PersonRequest, form: ReportForm) -> dict[str, Any]:
    question = form.question
    tally = queries.tally(request.person, question)
    said = {
        "question": question,
        "period_words": present.period_words(question),
        "asked_words": ", ".join([present.kind_words(question), *form.chosen]),
    }
    return {**said, **_numbers(request, form, question, tally)} if tally.total.promises else said


def _numbers(
    request: PersonRequest, form: ReportForm, question: Question, tally: queries.Tally
) -> dict[str, Any]:
    most = None if request.GET.get("all") == "1" else SHOWN
    groups = groups_of(form.names, question, tally, most=most)
    query = form.address()
    urls = {outcome.value: present.list_url(outcome, query) for outcome in Outcome}
    return {
        "figures": {
            "share": percent(tally.total),
            "all": figure(tally.total.promises),
            "kept": figure(tally.total.kept),
            "broken": figure(tally.total.broken),
        },
        "urls": urls,
        "time_chart": present.time_chart(question, tally),
        "group_chart": present.group_chart(question, groups),
        "swatches": {
            "kept": charts.swatch("time", filled=True),
            "broken": charts.swatch("time", filled=False),
        },
        "rows": present.group_rows(form, question.by, groups.rows),
        "head": present.head_of(question.by),
        "left_out": groups.left_out,
        "shown": len(groups.rows),
        "all_url": f"?{form.address(all='1')}",
        "csv_url": f"{reverse('incidents:report_csv')}?{query}",
    }


@require_GET
@person_required
def table_csv(request: PersonRequest) -> HttpResponse:
    form = _form(request)
    if form.problems:
        return _back(form)
    question = form.question
    tally = queries.tally(request.person, question)
    groups = groups_of(form.names, question, tally, most=LARGEST + 1)
    return sheets.table(question, groups.rows)


@require_GET
@person_required
def behind(request: PersonRequest, outcome: Outcome) -> HttpResponse:
    """The incidents behind a number, the latest promise first."""
    form = _form(request)
    if form.problems:
        return _back(form)
    question, now = form.question, timezone.now()
    page = queries.lines(request.person, question, outcome, cursor=request.GET.get("after", ""))
    query = form.address()
    context = {
        "question": question,
        "outcome": outcome,
        "tabs": [
            {"label": one.label, "url": present.list_url(one, query), "current": one == outcome}
            for one in Outcome
        ],
        "period_words": present.period_words(question),
        "asked_words": ", ".join([present.kind_words(question), *form.chosen]),
        "rows": present.line_rows(request.person, page.rows, now) if page.rows else "",
        "back": f"{reverse('incidents:reports')}?{query}",
        "first_url": f"?{query}" if request.GET.get("after") else "",
        "next_url": f"?{form.address(after=page.next)}" if page.next else "",
        "csv_url": f"{reverse(f'incidents:report_{outcome.value}_csv')}?{query}",
    }
    return render(request, "incidents/reports_list.html", context)


@require_GET
@person_required
def behind_csv(request: PersonRequest, outcome: Outcome) -> HttpResponse:
    form = _form(request)
    if form.problems:
        return _back(form)
    question = form.question
    lines = queries.every_line(request.person, question, outcome, most=LARGEST)
    return sheets.incidents(request.person, question, outcome.value, lines, timezone.now())


def _back(form: ReportForm) -> HttpResponse:
    """To the report, which says what can't be used."""
    return redirect(f"{reverse('incidents:reports')}?{form.address()}")
