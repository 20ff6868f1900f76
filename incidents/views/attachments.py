from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from incidents import actions
from incidents.access import account_to_log_for, attachment_for, incident_for
from incidents.downloads import download_of
from portal.core.errors import Refused
from portal.identity.guards import person_required
from portal.identity.models import Account
from portal.identity.requests import PersonRequest


@require_POST
@person_required
def upload(request: PersonRequest) -> HttpResponse:
    """Store one file for the form that will attach it. Answers ``{id, name, size}``, or ``{error}``."""
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({}, status=400)
    account = _account(request)
    try:
        stored = actions.upload(person=request.person, account=account, file=file, name=file.name or "")
    except Refused as refused:
        return JsonResponse({"error": str(refused)}, status=refused.status)
    return JsonResponse({"id": str(stored.pk), "name": stored.name, "size": stored.size}, status=201)


def _account(request: PersonRequest) -> Account:
    """Whose file it becomes: the account of the incident, or the one that an incident is logged for."""
    if reference := request.GET.get("incident", ""):
        account: Account = incident_for(request.person, reference).account
        return account
    return account_to_log_for(request.person, request.GET.get("account", ""))


@require_GET
@person_required
def attachment(request: PersonRequest, pk: UUID) -> HttpResponseBase:
    """A file as a download: never shown by this host, whatever it holds."""
    return download_of(attachment_for(request.person, pk))


@require_POST
@person_required
def discard(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Take back an own upload; one that is attached already stays."""
    found = attachment_for(request.person, pk)
    if found.incident_id is not None or found.uploaded_by_id != request.person.pk:
        raise Http404
    actions.discard(person=request.person, attachment=found)
    return HttpResponse(status=204)
