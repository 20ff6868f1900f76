"""The page of one release, as it is and as the answer to a form on it that was refused."""

from functools import partial
from typing import Any

from django.conf import settings
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from knowledge.releases import rules
from knowledge.releases.actions.downloads import refusal_for
from knowledge.releases.enums import STATE_TONE, State
from knowledge.releases.fixes import fixed_by
from knowledge.releases.forms import FileForm, FixesForm
from knowledge.releases.models import Release
from knowledge.releases.queries import files_of, relatives_of, uploads_of, words_of
from knowledge.solutions.queries import with_references
from portal.identity.requests import PersonRequest

_CHECKING = (
    ("Linux", 'sha256sum "%s"'),
    ("macOS", 'shasum -a 256 "%s"'),
    ("Windows", 'Get-FileHash "%s" -Algorithm SHA256'),
)
"""How people compute a checksum themselves."""


def fixes_form(request: PersonRequest, *data: Any, **given: Any) -> FixesForm:
    return FixesForm(*data, find=partial(with_references, request.person), **given)


def release_page(
    request: PersonRequest, release: Release, *, status: int = 200, **forms: Form
) -> HttpResponse:
    """:param forms: those that aren't empty, by their names in the template."""
    context = {
        **_context(request, release),
        "file_form": FileForm(),
        "fixes_form": fixes_form(request),
        **forms,
    }
    return render(request, "releases/release.html", context, status=status)


def _context(request: PersonRequest, release: Release) -> dict[str, Any]:
    person = request.person
    may_edit, files = rules.may_edit(person, release), files_of(person, release)
    return {
        "release": release,
        "tone": STATE_TONE[State(release.state)],
        "words": words_of(person, release, request.LANGUAGE_CODE),
        "relatives": relatives_of(person, release, request.LANGUAGE_CODE),
        "files": files,
        "checking": [(system, command % file.name) for file in files[:1] for system, command in _CHECKING],
        "refusal": str(refusal_for(person, release, timezone.now()) or ""),
        "may_release": rules.may_release(person),
        "may_edit": may_edit,
        "may_reword": rules.may_reword(person, release),
        "fixed": fixed_by(person, release, request.LANGUAGE_CODE),
        "may_name_fixes": rules.may_name_fixes(person, release),
        "may_withdraw": rules.may_withdraw(person, release),
        "uploads": uploads_of(person, release) if may_edit else [],
        "largest": settings.MAX_RELEASE_FILE_BYTES,
    }
