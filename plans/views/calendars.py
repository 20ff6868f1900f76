"""Administrators: one calendar of an edition, what it would mean, and in a draft its hours themselves."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from plans import actions
from plans.access import calendar_for, edition_for
from plans.calendar_forms import CalendarForm, typed
from plans.calendar_uses import calendar_uses
from plans.coverage import NeverOpens, OutOfRange
from plans.drafting import content_of
from plans.editions import calendar_value
from plans.hours import CalendarValue
from plans.models import Calendar, Edition
from plans.probe_form import ProbeForm
from plans.probing import Probe, probe
from plans.public_holidays import UnknownRegion
from plans.views.shell import edition_context
from plans.week_drawing import Holiday, coming_holidays, drawn_week, own_dates
from plans.wording import calendar_hours, calendar_name, staff_conditions
from portal.core.errors import Conflict, Refused
from portal.core.ui.formatting import formats_for
from portal.core.ui.forms import SeenForm
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.requests import PersonRequest

SPANS_SHOWN = 40


@require_GET
@role_required(Role.ADMIN)
def calendar(request: PersonRequest, number: int, code: str) -> HttpResponse:
    """The week drawn out, the holidays of a region, and the probe."""
    edition = edition_for(request.person, number)
    found = calendar_for(request.person, edition, code)
    value = calendar_value(found)
    form = ProbeForm(request.GET or None, value=value, home=request.tenant.time_zone)
    probed = _probe(form, value) if form.is_bound and form.is_valid() else None
    context = {
        **edition_context(edition, "edition_hours"),
        "calendar": found,
        "name": calendar_name(value),
        "conditions": staff_conditions(value),
        "week": list(drawn_week(value)),
        "dates": list(own_dates(value)),
        "uses": calendar_uses(edition).get(found.pk, []),
        "form": form,
        "probed": _drawn(request, probed) if probed else None,
        **_holidays(request, form, value),
    }
    return render(request, "plans/calendar.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def new_calendar(request: PersonRequest, number: int) -> HttpResponse:
    edition = edition_for(request.person, number)
    return _edit(request, edition, None)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def edit_calendar(request: PersonRequest, number: int, code: str) -> HttpResponse:
    edition = edition_for(request.person, number)
    return _edit(request, edition, calendar_for(request.person, edition, code))


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def remove_calendar(request: PersonRequest, number: int, code: str) -> HttpResponse:
    """Asks, and says where the hours are in use."""
    edition = edition_for(request.person, number)
    found = calendar_for(request.person, edition, code)
    form = SeenForm(request.POST or None, now=content_of(found))
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        asked = {"calendar": found, "seen": form.cleaned_data["seen"]}
        try:
            actions.remove_calendar(edition=edition, actor=request.person, **asked)
        except Refused as refused:
            refusal, status = str(refused), refused.status
            form.renew(content_of(found))
        else:
            messages.success(request, _("The hours were removed."))
            return redirect("plans:edition_hours", number)
    elif not edition.is_draft:
        return redirect("plans:calendar", number, code)
    context = {
        **edition_context(edition, "edition_hours"),
        "calendar": found,
        "name": calendar_name(calendar_value(found)),
        "form": form,
        "refusal": refusal,
        "uses": calendar_uses(edition).get(found.pk, []),
    }
    return render(request, "plans/calendar_remove.html", context, status=status)


def _edit(request: PersonRequest, edition: Edition, found: Calendar | None) -> HttpResponse:
    if request.method == "GET" and not edition.is_draft:
        return redirect("plans:edition_hours", edition.number)
    now = content_of(found) if found else None
    initial = typed(now) if now else {"holidays": True}
    form = CalendarForm(request.POST or kept_fields(request), calendar=found, now=now, initial=initial)
    status, conflict = 200, ""
    if request.method == "POST" and form.is_valid():
        by: dict[str, Any] = {"edition": edition, "actor": request.person, **form.content()}
        try:
            saved = (
                actions.edit_calendar(calendar=found, seen=form.cleaned_data["seen"], **by)
                if found
                else actions.add_calendar(**by)
            )
        except Conflict as changed:
            status, conflict = changed.status, str(changed)
            form.renew(now)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The hours were saved."))
            return redirect("plans:calendar", edition.number, saved.code)
    value = calendar_value(found) if found else None
    context = {
        **edition_context(edition, "edition_hours"),
        "calendar": found,
        "name": calendar_name(value) if value else _("New hours"),
        "form": form,
        "conflict": conflict,
        "now": _now(value) if value and conflict else [],
    }
    return render(request, "plans/calendar_form.html", context, status=status)


def _now(value: CalendarValue) -> list[str]:
    """What somebody else has saved meanwhile, in words."""
    dates = [f"{own.day.isoformat()} {own.words or _('closed')}" for own in own_dates(value)]
    return [value.code, calendar_name(value), calendar_hours(value), staff_conditions(value), *dates]


def _probe(form: ProbeForm, value: CalendarValue) -> Probe | None:
    given = {"time_zone": value.time_zone, **form.cleaned_data}
    try:
        return probe(value, **given)
    except NeverOpens:
        form.add_error("at", _("No hours are left after this time, so it would never be due."))
    except (OutOfRange, OverflowError):
        form.add_error("at", _("Give a time from 1970 to 2199."))
    return None


def _drawn(request: PersonRequest, probed: Probe) -> dict[str, Any]:
    """In the reader's language, on the clock that the hours are read from."""
    write, explained = formats_for(request.LANGUAGE_CODE, probed.zone), probed.explained
    shown = explained.spans[:SPANS_SHOWN]
    return {
        "zone": probed.zone,
        "start": write.full(explained.start),
        "due": write.full(explained.end),
        "spans": [(write.full(one.start), write.full(one.end), write.duration(one.length)) for one in shown],
        "more": len(explained.spans) - len(shown),
        "holidays": [write.weekday(day) for day in explained.holidays],
        "own_dates": [write.weekday(day) for day in explained.own_dates],
    }


def _holidays(request: PersonRequest, form: ProbeForm, value: CalendarValue) -> dict[str, Any]:
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found: list[Holiday] = []
    unknown = False
    if country := given.get("country"):
        today = timezone.localdate()
        try:
            asked = coming_holidays(
                value, country, given["subdivision"], today=today, language=request.LANGUAGE_CODE
            )
            found = list(asked)
        except UnknownRegion:
            unknown = True
    return {"holidays": found, "region_unknown": unknown, "region_chosen": bool(country)}
