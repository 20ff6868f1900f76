"""Administrators: the matrix of an edition as a grid, and the editors of a draft's cells."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from plans import actions
from plans.access import edition_for, feature_for, plan_for
from plans.comparison import cell_words, columns_of, feature_groups
from plans.defaults import footnotes
from plans.draft_forms import CellForm, ExceptionsForm
from plans.drafting import calendars_of, cell_at, limits_of
from plans.editions import read_matrix
from plans.enums import GIVE_COVERAGE
from plans.matrix import Matrix
from plans.models import Edition, Feature, Plan, Product
from plans.queries import ProductValue, feature_texts, features_of, product_names, products_of
from plans.views.shell import edition_context
from portal.core.errors import Conflict, Refused
from portal.core.ui.forms import SeenForm
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.models import Tenant
from portal.identity.requests import PersonRequest


@require_GET
@role_required(Role.ADMIN)
def edition(request: PersonRequest, number: int) -> HttpResponse:
    found = edition_for(request.person, number)
    matrix = read_matrix(found)
    context = edition_context(found, "edition")
    context |= {
        "plans": matrix.plans,
        "groups": _groups(request.tenant, matrix, found, request.LANGUAGE_CODE),
        "footnotes": footnotes(request.LANGUAGE_CODE),
    }
    return render(request, "plans/edition.html", context)


def _groups(tenant: Tenant, matrix: Matrix, found: Edition, language: str) -> list[dict[str, Any]]:
    words, features = feature_texts(tenant, language), features_of(tenant)
    names, limited = product_names(tenant.pk), {f.code for f in features if f.product_limited}
    return [
        {
            "name": group.name,
            "rows": [
                {
                    "code": row.code,
                    "words": row.words,
                    "marks": row.marks,
                    "limited": row.code in limited,
                    "excepted": _excepted(matrix, row.code, names),
                    "cells": [
                        {"plan": plan, "words": cell, "given": cell is not None}
                        for plan, cell in zip(matrix.plans, row.cells, strict=True)
                    ],
                }
                for row in group.rows
            ],
        }
        for group in feature_groups(columns_of(matrix), features, words, language)
    ]


def _excepted(matrix: Matrix, code: str, names: Any) -> list[str]:
    return sorted(names[product] for of, product in matrix.exceptions if of == code and product in names)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def cell(request: PersonRequest, number: int, plan: str, feature: str) -> HttpResponse:
    """What one plan has of one feature, in a draft."""
    found, of_plan = _draft_for(request, number), plan_for(request.person, plan)
    of_feature = feature_for(request.person, feature)
    now = limits_of(cell_at(found, of_plan, of_feature))
    form = CellForm(
        request.POST or kept_fields(request),
        calendars=calendars_of(found) if feature in GIVE_COVERAGE else None,
        now=now,
        initial=_initial(now),
    )
    context = {"plan": of_plan, **_about(request, found, of_feature)}
    if request.method == "GET":
        return _show(request, "plans/cell.html", form, context)
    if not form.is_valid():
        return _show(request, "plans/cell.html", form, context, status=422)
    try:
        _save_cell(request, found, of_plan, of_feature, form.cleaned_data)
    except Refused as refused:
        if isinstance(refused, Conflict):
            context["now"] = _now(read_matrix(found), of_plan, feature)
        now = limits_of(cell_at(found, of_plan, of_feature))
        return _refuse(request, "plans/cell.html", form, context, refused, now)
    messages.success(request, _("%(name)s was saved.") % {"name": context["name"]})
    return redirect(f"{reverse('plans:edition', args=[number])}#{feature}")


def _save_cell(
    request: PersonRequest, draft: Edition, plan: Plan, feature: Feature, typed: dict[str, Any]
) -> None:
    of = {"edition": draft, "actor": request.person, "plan": plan, "feature": feature, "seen": typed["seen"]}
    if not typed["given"]:
        actions.remove_cell(**of)
        return
    limits = {"allowance": typed["allowance"], "notice_days": typed["notice_days"]}
    actions.set_cell(**of, calendar=typed.get("calendar"), **limits)


def _initial(now: dict[str, Any] | None) -> dict[str, Any]:
    return {"given": True, **now, "notice_days": now["notice_days"] or None} if now else {"given": False}


def _now(matrix: Matrix, plan: Plan, feature: str) -> str:
    value = matrix.cell(plan.pk, feature)
    if value is None:
        return _("Not included")
    return cell_words(matrix, value) or _("Included, without limits")


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def exceptions(request: PersonRequest, number: int, feature: str) -> HttpResponse:
    """The products that a feature marked * isn't available for, in a draft."""
    found, of_feature = _draft_for(request, number), feature_for(request.person, feature)
    if not of_feature.product_limited:
        raise Http404
    excepted = _excepted_products(request.tenant, found, feature)
    form = ExceptionsForm(
        request.POST or kept_fields(request),
        products=[one for one in products_of(request.tenant) if one in excepted or not one.retired],
        now=_codes(excepted),
        initial={"products": [product.id for product in excepted]},
    )
    context = _about(request, found, of_feature)
    if request.method == "GET":
        return _show(request, "plans/exceptions.html", form, context)
    if not form.is_valid():
        return _show(request, "plans/exceptions.html", form, context, status=422)
    rows = Product.objects.filter(tenant=request.tenant, pk__in=form.cleaned_data["products"])
    try:
        actions.choose_exceptions(
            edition=found,
            actor=request.person,
            feature=of_feature,
            products=list(rows),
            seen=_seen_codes(form.cleaned_data["seen"]),
        )
    except Refused as refused:
        excepted = _excepted_products(request.tenant, found, feature)
        if isinstance(refused, Conflict):
            context["now"] = ", ".join(one.name for one in excepted) or _("Available for every product")
        return _refuse(request, "plans/exceptions.html", form, context, refused, _codes(excepted))
    messages.success(request, _("%(name)s was saved.") % {"name": context["name"]})
    return redirect(f"{reverse('plans:edition', args=[number])}#{feature}")


def _excepted_products(tenant: Tenant, draft: Edition, feature: str) -> list[ProductValue]:
    matrix = read_matrix(draft)
    return [product for product in products_of(tenant) if (feature, product.id) in matrix.exceptions]


def _codes(products: list[ProductValue]) -> list[str]:
    return [product.code for product in products]


def _seen_codes(seen: Any) -> list[str]:
    return [code for code in seen if isinstance(code, str)] if isinstance(seen, list) else []


def _draft_for(request: PersonRequest, number: int) -> Edition:
    """What can be edited; a published edition has no editor."""
    found = edition_for(request.person, number)
    if not found.is_draft and request.method == "GET":
        raise Http404
    return found


def _about(request: PersonRequest, found: Edition, feature: Feature) -> dict[str, Any]:
    words = feature_texts(request.tenant, request.LANGUAGE_CODE)[feature.code]
    return {"edition": found, "feature": feature, "name": words.name, "summary": words.summary}


def _refuse(
    request: PersonRequest,
    template: str,
    form: SeenForm,
    context: dict[str, Any],
    refused: Refused,
    now: Any,
) -> HttpResponse:
    """The page again with what was typed; after a conflict it also says what is there now."""
    if isinstance(refused, Conflict):
        form.renew(now)
        context["conflict"] = str(refused)
    else:
        show_refusal(form, refused)
    return _show(request, template, form, context, status=refused.status)


def _show(
    request: PersonRequest, template: str, form: SeenForm, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    part = f"{template}#dialog" if request.htmx else template
    return render(request, part, {**context, "form": form}, status=status)
