"""Doors: a release, a file, an upload or a download for a person, or the 404 of what does not exist."""

from uuid import UUID

from django.http import Http404

from knowledge.releases import rules
from knowledge.releases.models import Download, Release, ReleaseFile, Upload
from portal.identity.models import Membership

_WITH = ("product", "version", "first_version", "last_version")


def release_for(person: Membership, number: int) -> Release:
    """A published release, for everybody; a draft for staff."""
    found = Release.objects.visible_to(person).filter(number=number).select_related(*_WITH).first()
    if found is None:
        raise Http404
    found.tenant = person.tenant
    return found


def release_to_keep_for(person: Membership, number: int) -> Release:
    """A release, for those who give them out."""
    found = release_for(person, number)
    if not rules.may_release(person):
        raise Http404
    return found


def draft_for(person: Membership, number: int) -> Release:
    """A draft, for those who may edit it."""
    found = release_for(person, number)
    if not rules.may_edit(person, found):
        raise Http404
    return found


def file_for(person: Membership, pk: UUID) -> ReleaseFile:
    files = ReleaseFile.objects.filter(release__in=Release.objects.visible_to(person), pk=pk)
    found = files.select_related("release").first()
    if found is None:
        raise Http404
    found.release.tenant = person.tenant
    return found


def file_of_draft_for(person: Membership, pk: UUID) -> ReleaseFile:
    found = file_for(person, pk)
    if not rules.may_edit(person, found.release):
        raise Http404
    return found


def upload_for(person: Membership, pk: UUID) -> Upload:
    """An upload on its way, for whoever sends it."""
    uploads = Upload.objects.filter(tenant_id=person.tenant_id, pk=pk, person=person)
    found = uploads.select_related("release").first()
    if found is None or not rules.may_release(person):
        raise Http404
    return found


def download_for(person: Membership, pk: int) -> Download:
    """A download that the person was let through to; nobody sees another's."""
    downloads = Download.objects.visible_to(person).filter(pk=pk, person=person)
    found = downloads.select_related("release", "file").first()
    if found is None:
        raise Http404
    return found
