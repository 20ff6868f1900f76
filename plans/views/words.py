"""Administrators: the words of plans, features and severities, language by language."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from plans import actions
from plans.access import feature_for, plan_for, severity_for
from plans.comparison import marks_of
from plans.defaults import group_names
from plans.forms import FeatureTextForm, PlanForm, SeverityTextForm
from plans.queries import (
    feature_languages,
    feature_text,
    feature_texts,
    features_of,
    plan_text,
    plan_texts,
    plans_of,
    retired_features,
    retired_plans,
    severity_text,
    severity_texts,
)
from portal.identity.enums import Role
from portal.identity.guards import role_required
from portal.identity.kept import keeps_text, kept_text
from portal.identity.requests import PersonRequest


def _language(request: PersonRequest) -> str:
    """The language being edited: as chosen, or else the reader's own."""
    chosen = request.GET.get("language", "")
    return chosen if chosen in dict(settings.LANGUAGES) else request.LANGUAGE_CODE


def _edit(request: PersonRequest, form: forms.Form, language: str, title: str, back: str) -> HttpResponse:
    context = {
        "form": form,
        "edited": language,
        "languages": settings.LANGUAGES,
        "title": title,
        "back": back,
    }
    return render(request, "plans/words_form.html", context)


@require_GET
@role_required(Role.ADMIN)
def plans(request: PersonRequest) -> HttpResponse:
    texts = plan_texts(request.tenant, request.LANGUAGE_CODE)
    rows = [(plan, texts.get(plan.id)) for plan in plans_of(request.tenant)]
    return render(request, "plans/plans.html", {"rows": rows, "retired": retired_plans(request.tenant)})


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def plan(request: PersonRequest, code: str) -> HttpResponse:
    found, language = plan_for(request.person, code), _language(request)
    words = plan_text(request.tenant, found.pk, language)
    initial = {"name": found.name, "summary": words.summary if words else "", **kept_text(request)}
    form = PlanForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.rename_plan(plan=found, name=form.cleaned_data["name"], actor=request.person)
        actions.edit_plan_text(
            plan=found, language=language, summary=form.cleaned_data["summary"], actor=request.person
        )
        return _saved(request, found.name, "plans:plans")
    return _edit(request, form, language, found.name, reverse("plans:plans"))


@require_GET
@role_required(Role.ADMIN)
def features(request: PersonRequest) -> HttpResponse:
    """Every feature, its place in its group, and the languages that nobody has written it in yet."""
    words, written = feature_texts(request.tenant, request.LANGUAGE_CODE), feature_languages(request.tenant)
    names, every = group_names(request.LANGUAGE_CODE), dict(settings.LANGUAGES)
    of_group: dict[str, list[str]] = {}
    for feature in features_of(request.tenant):
        of_group.setdefault(feature.category, []).append(feature.code)
    rows: list[dict[str, Any]] = [
        {
            "code": feature.code,
            "group": names[feature.category],
            "words": words[feature.code],
            "marks": marks_of(feature),
            "first": feature.code == of_group[feature.category][0],
            "last": feature.code == of_group[feature.category][-1],
            "missing": [name for code, name in every.items() if code not in written[feature.code]],
        }
        for feature in features_of(request.tenant)
    ]
    retired = [(feature.code, words[feature.code].name) for feature in retired_features(request.tenant)]
    return render(request, "plans/features.html", {"rows": rows, "retired": retired})


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def feature(request: PersonRequest, code: str) -> HttpResponse:
    found, language = feature_for(request.person, code), _language(request)
    words = feature_text(request.tenant, code, language)
    initial = {name: getattr(words, name, "") for name in ("name", "summary", "description", "use")}
    form = FeatureTextForm(request.POST or None, initial={**initial, **kept_text(request)})
    if request.method == "POST" and form.is_valid():
        text = actions.edit_feature_text(
            feature=found, language=language, actor=request.person, **form.cleaned_data
        )
        return _saved(request, text.name, "plans:features")
    title = feature_texts(request.tenant, request.LANGUAGE_CODE)[code].name
    return _edit(request, form, language, title, reverse("plans:features"))


@require_GET
@role_required(Role.ADMIN)
def severities(request: PersonRequest) -> HttpResponse:
    rows = severity_texts(request.tenant, request.LANGUAGE_CODE).items()
    return render(request, "plans/severities.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def severity(request: PersonRequest, level: int) -> HttpResponse:
    found, language = severity_for(request.person, level), _language(request)
    words = severity_text(request.tenant, found, language)
    initial = {name: getattr(words, name, "") for name in ("name", "definition", "example")}
    form = SeverityTextForm(request.POST or None, initial={**initial, **kept_text(request)})
    if request.method == "POST" and form.is_valid():
        text = actions.edit_severity_text(
            tenant=request.tenant,
            severity=found,
            language=language,
            actor=request.person,
            **form.cleaned_data,
        )
        return _saved(request, text.name, "plans:severities")
    title = _("Severity %(level)d") % {"level": found}
    return _edit(request, form, language, title, reverse("plans:severities"))


def _saved(request: PersonRequest, name: str, back: str) -> HttpResponse:
    messages.success(request, _("%(name)s was saved.") % {"name": name})
    return redirect(back)
