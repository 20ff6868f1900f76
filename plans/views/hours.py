"""Administrators: the hours of an edition, where each is used, and which count where."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from plans import actions
from plans.access import edition_for
from plans.calendar_forms import WhichHoursForm
from plans.calendar_uses import calendar_uses
from plans.drafting import calendars_of, code_of, plan_hours, product_hours
from plans.editions import calendar_value
from plans.models import Calendar, Edition
from plans.queries import sold_plans, sold_products
from plans.views.shell import edition_context
from plans.wording import calendar_hours, calendar_name, staff_conditions
from portal.core.errors import Conflict, Refused
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def hours(request: PersonRequest, number: int) -> HttpResponse:
    """Every calendar; in a draft, the form on the page says which counts for portal, plans and products."""
    edition = edition_for(request.person, number)
    form, status, conflict = _which(request, edition), 200, ""
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, edition, form)
        except Conflict as changed:
            status, conflict = changed.status, str(changed)
            form.renew(_chosen(edition, calendars_of(edition)))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The hours were saved."))
            return redirect("plans:edition_hours", number)
    uses, rows = calendar_uses(edition), list(calendars_of(edition))
    context = {
        **edition_context(edition, "edition_hours"),
        "rows": [_row(calendar, uses.get(calendar.pk, [])) for calendar in rows],
        "form": form,
        "now": _now(form, rows) if conflict else [],
        "conflict": conflict,
    }
    return render(request, "plans/edition_hours.html", context, status=status)


def _chosen(edition: Edition, calendars: Iterable[Calendar]) -> dict[str, str | None]:
    """The codes of the hours that are chosen now, by the fields of the form."""
    of_plans, of_products = plan_hours(edition), product_hours(edition)
    return {
        "default": code_of(next((one for one in calendars if one.is_default), None)),
        **{f"plan_{pk}": code_of(calendar) for pk, calendar in of_plans.items()},
        **{f"product_{pk}": code_of(calendar) for pk, calendar in of_products.items()},
    }


def _which(request: PersonRequest, edition: Edition) -> WhichHoursForm:
    calendars = calendars_of(edition)
    now = _chosen(edition, calendars)
    form = WhichHoursForm(
        request.POST or kept_fields(request),
        now=now,
        initial=now,
        calendars=calendars,
        plans=[plan for plan in sold_plans(request.tenant) if f"plan_{plan.pk}" in now],
        products=sold_products(request.tenant),
    )
    if not edition.is_draft:
        for field in form.fields.values():
            field.disabled = request.method == "GET"
    return form


@transaction.atomic
def _save(request: PersonRequest, edition: Edition, form: WhichHoursForm) -> None:
    """All of it or nothing."""
    by: dict[str, Any] = {"edition": edition, "actor": request.person}
    for name, wanted, seen in form.changed_places():
        if name in form.plans:
            actions.set_plan_calendar(**by, plan=form.plans[name], calendar=wanted, seen=seen)
        elif name in form.products:
            actions.set_product_calendar(**by, product=form.products[name], calendar=wanted, seen=seen)
        else:
            actions.set_default_calendar(**by, calendar=wanted, seen=seen)


def _row(calendar: Calendar, uses: list[str]) -> dict[str, Any]:
    value = calendar_value(calendar)
    return {
        "code": calendar.code,
        "name": calendar_name(value),
        "hours": calendar_hours(value),
        "conditions": staff_conditions(value),
        "dates": len(value.dates),
        "uses": uses,
    }


def _now(form: WhichHoursForm, calendars: list[Calendar]) -> list[tuple[str, str]]:
    """What it says now where something else was typed: (whose hours, their name)."""
    names = {calendar.code: calendar_name(calendar_value(calendar)) for calendar in calendars}
    saved = form.initial
    typed = form.cleaned_data
    return [
        (str(form[name].label), names.get(saved.get(name) or "", _("None of its own")))
        for name in ("default", *form.plans, *form.products)
        if code_of(typed[name]) != saved.get(name)
    ]
