"""Leads and administrators: what a release is, and its words in each language."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from knowledge.releases import actions
from knowledge.releases.access import draft_for, release_to_keep_for
from knowledge.releases.forms import DraftForm, FactsForm, WordsForm, facts_of, words_shown
from knowledge.releases.queries import named, relatives_of, words_in, written_languages
from plans.queries import products_of, versions_of
from portal.core.errors import Conflict, Refused
from portal.core.ui.forms import renew
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required
from portal.identity.kept import keeps_text, kept_text
from portal.identity.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.LEAD)
@keeps_text
def new(request: PersonRequest) -> HttpResponse:
    """A draft, with its words in the language of the portal; other languages come after."""
    initial = {"released_on": timezone.localdate(), "words_revision": 0, **kept_text(request)}
    form = DraftForm(request.POST or None, initial=initial, **_offer(request))
    if request.method == "POST" and form.is_valid():
        try:
            draft = actions.start_draft(
                actor=request.person, facts=form.facts(), words=form.words(request.tenant.language)
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The draft %(release)s is there.") % {"release": draft.reference})
            return redirect("releases:release", draft.number)
    context = {"form": form, "written_in": dict(settings.LANGUAGES)[request.tenant.language]}
    return render(request, "releases/new.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.LEAD)
@keeps_text
def edit(request: PersonRequest, number: int) -> HttpResponse:
    draft = draft_for(request.person, number)
    relatives = relatives_of(request.person, draft, request.LANGUAGE_CODE)
    now = facts_of(
        draft, [row.reference for row in relatives.needs], [row.reference for row in relatives.replaces]
    )
    form = FactsForm(request.POST or None, initial={**now, **kept_text(request)}, **_offer(request))
    conflict = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_draft(
                actor=request.person,
                release=draft,
                facts=form.facts(),
                revision=form.cleaned_data["revision"],
            )
        except Conflict as stale:
            conflict = str(stale)
            renew(form, revision=draft.revision)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("%(release)s was saved.") % {"release": draft.reference})
            return redirect("releases:release", draft.number)
    context = {"form": form, "release": draft, "conflict": conflict, "relatives": relatives}
    return render(request, "releases/edit.html", context, status=409 if conflict else _status(form))


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.LEAD)
@keeps_text
def words(request: PersonRequest, number: int) -> HttpResponse:
    """The words in one language; of a published release this corrects them."""
    found, language = release_to_keep_for(request.person, number), _language(request)
    text = words_in(request.person, found, language)
    form = WordsForm(request.POST or None, initial={**words_shown(text), **kept_text(request)})
    conflict = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_words(
                actor=request.person,
                release=found,
                words=form.words(language),
                revision=form.cleaned_data["words_revision"],
            )
        except Conflict as stale:
            conflict = str(stale)
            renew(form, words_revision=text.revision if text else 0)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("%(release)s was saved.") % {"release": found.reference})
            return redirect("releases:release", found.number)
    context = {
        "form": form,
        "release": found,
        "edited": language,
        "languages": written_languages(request.person, found),
        "conflict": conflict,
        "text": text,
    }
    return render(request, "releases/words.html", context, status=409 if conflict else _status(form))


def _language(request: PersonRequest) -> str:
    """As chosen, or else the portal's."""
    chosen = request.GET.get("language", "")
    return chosen if chosen in dict(settings.LANGUAGES) else request.tenant.language


def _status(form: Any) -> int:
    return 422 if form.errors else 200


def _offer(request: PersonRequest) -> dict[str, Any]:
    return {
        "products": products_of(request.tenant),
        "versions": list(versions_of(request.tenant)),
        "find": partial(named, request.person),
    }
