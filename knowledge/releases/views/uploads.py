"""Files of a draft: with a form, or part by part. The second answers JSON, for ``js/bigupload.js``."""

from tempfile import SpooledTemporaryFile
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from knowledge.releases import actions
from knowledge.releases.access import draft_for, file_of_draft_for, upload_for
from knowledge.releases.forms import FileForm, UploadForm
from knowledge.releases.models import Upload
from knowledge.releases.views.shown import release_page
from portal.core.errors import Refused
from portal.core.uploads import BesideTheFiles, declared_length, spool_body
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required
from portal.identity.requests import PersonRequest

_IN_MEMORY = 1024 * 1024
_ENVELOPE = 64 * 1024
"""What a form around a file may add to its size, in bytes."""


@csrf_exempt
@require_POST
@role_required(Role.ADMIN, Role.LEAD)
def add(request: PersonRequest, number: int) -> HttpResponse:
    """A file that comes whole. Before it is read, its length is looked at and where it goes is chosen; the
    token of the form is checked then."""
    if declared_length(request) > settings.MAX_RELEASE_FILE_BYTES + _ENVELOPE:
        return HttpResponse(status=413)
    request.upload_handlers = [BesideTheFiles(request)]
    response: HttpResponse = _add(request, number)
    return response


@csrf_protect
def _add(request: PersonRequest, number: int) -> HttpResponse:
    draft = draft_for(request.person, number)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = actions.add_file(
                actor=request.person,
                release=draft,
                file=file,
                name=file.name,
                sha256=form.cleaned_data["sha256"],
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": kept.name})
            return redirect("releases:release", draft.number)
    return release_page(request, draft, status=422, file_form=form)


@require_POST
@role_required(Role.ADMIN, Role.LEAD)
def remove(request: PersonRequest, pk: UUID) -> HttpResponse:
    found = file_of_draft_for(request.person, pk)
    actions.remove_file(actor=request.person, file=found)
    messages.success(request, _("%(name)s is gone.") % {"name": found.name})
    return redirect("releases:release", found.release.number)


@require_POST
@role_required(Role.ADMIN, Role.LEAD)
def begin(request: PersonRequest, number: int) -> HttpResponse:
    """Answers where to send the parts, and how much has come already."""
    draft, form = draft_for(request.person, number), UploadForm(request.POST)
    if not form.is_valid():
        problems = [str(problem) for field in form.errors.values() for problem in field]
        return JsonResponse({"error": " ".join(problems)}, status=400)
    try:
        upload = actions.begin_upload(actor=request.person, release=draft, **form.cleaned_data)
    except Refused as refused:
        return _refusal(refused)
    return JsonResponse(_standing(upload), status=201)


@require_GET
@role_required(Role.ADMIN, Role.LEAD)
def upload(request: PersonRequest, pk: UUID) -> HttpResponse:
    """How much has come."""
    return JsonResponse(_standing(upload_for(request.person, pk)))


@require_POST
@role_required(Role.ADMIN, Role.LEAD)
def part(request: PersonRequest, pk: UUID, number: int) -> HttpResponse:
    """Its content is the body, as it is: not a form."""
    found = upload_for(request.person, pk)
    if declared_length(request) > found.part_size:
        return HttpResponse(status=413)
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
        length = spool_body(request, body, found.part_size)
        try:
            now = actions.receive_part(
                actor=request.person, upload=found, number=number, content=body, length=length
            )
        except Refused as refused:
            return _refusal(refused)
    return JsonResponse(_standing(now))


@require_POST
@role_required(Role.ADMIN, Role.LEAD)
def finish(request: PersonRequest, pk: UUID) -> HttpResponse:
    try:
        file = actions.finish_upload(actor=request.person, upload=upload_for(request.person, pk))
    except Refused as refused:
        return _refusal(refused)
    messages.success(request, _("%(name)s was added.") % {"name": file.name})
    return JsonResponse({"name": file.name, "sha256": file.sha256}, status=201)


@require_POST
@role_required(Role.ADMIN, Role.LEAD)
def give_up(request: PersonRequest, pk: UUID) -> HttpResponse:
    found = upload_for(request.person, pk)
    actions.discard_upload(actor=request.person, upload=found)
    messages.success(request, _("The upload of %(name)s was given up.") % {"name": found.name})
    return redirect("releases:release", found.release.number)


def _standing(upload: Upload) -> dict[str, object]:
    return {
        "url": reverse("releases:upload", args=[upload.pk]),
        "received": upload.received,
        "size": upload.size,
        "part_size": upload.part_size,
    }


def _refusal(refused: Refused) -> JsonResponse:
    return JsonResponse({"error": str(refused), "code": refused.code}, status=refused.status)
