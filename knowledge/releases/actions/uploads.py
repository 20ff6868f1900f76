"""Files of drafts: whole with a form, or part by part, so that a broken upload goes on where it stopped.

Content is kept before its row is committed, and removed after; what a failed transaction or a storage that
is away leaves behind, the sweep removes.
"""

import hashlib
import logging
import mimetypes
import uuid
from collections.abc import Iterator
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge.releases.actions.locks import check_right, locked_draft
from knowledge.releases.models import Release, ReleaseFile, Upload
from knowledge.releases.storage import BLOCK, Parts
from knowledge.releases.streams import parts_of, upload_parts_of
from portal.core.errors import Conflict, Refused
from portal.core.filenames import plain_name
from portal.core.history import record
from portal.core.ui.formatting import formats
from portal.identity.models import Membership

log = logging.getLogger(__name__)

MOST_FILES = 40
"""Of one release."""
_LONGEST_NAME = 200
_IN_MEMORY = 1024 * 1024


def add_file(
    *,
    actor: Membership,
    release: Release,
    file: "File[Any]",
    name: str,
    sha256: str = "",
    at: datetime | None = None,
) -> ReleaseFile:
    """Store a file that has come whole.

    :raises Refused: it is empty, too large or there already, or its checksum is another than ``sha256``.
    """
    check_right(actor)
    name, size, file_id = plain_name(name, _LONGEST_NAME), file.size, uuid.uuid4()
    _check_new(release, name, size)
    parts = Parts(
        tenant_id=release.tenant_id, file_id=file_id, size=size, part_size=settings.RELEASE_PART_BYTES
    )
    digest = _keep_in_parts(file, parts)  # may take long, so nothing is locked
    try:
        if not _is_same(digest, sha256):
            raise _other_content(name, digest)
        with transaction.atomic():
            release = locked_draft(release)
            _check_new(release, name, size)
            return _added(actor, release, file_id, name, parts, digest, at)
    except Refused:
        parts.remove()
        raise


@transaction.atomic
def begin_upload(
    *, actor: Membership, release: Release, name: str, size: int, sha256: str = "", stamp: str = ""
) -> Upload:
    """Begin to send a file, or go on with it where the same person has sent a part of it before.

    :param stamp: tells the file from another one of the same name and size.
    :raises Refused: it is empty, too large or there already.
    """
    check_right(actor)
    release, name = locked_draft(release), plain_name(name, _LONGEST_NAME)
    _check_new(release, name, size)
    own = Upload.objects.filter(tenant_id=release.tenant_id, release=release, person=actor, name=name)
    before = own.select_for_update().first()
    if before is not None:
        if (before.size, before.stamp, before.sha256) == (size, stamp, sha256):
            return before
        _give_up(before)
    return Upload.objects.create(
        tenant_id=release.tenant_id,
        release=release,
        person=actor,
        name=name,
        size=size,
        part_size=settings.RELEASE_PART_BYTES,
        sha256=sha256,
        stamp=stamp,
    )


@transaction.atomic
def receive_part(
    *, actor: Membership, upload: Upload, number: int, content: IO[bytes], length: int
) -> Upload:
    """Store the next part of an upload. One that has come before changes nothing.

    :raises Conflict: parts before it are missing. :raises Refused: it is not of the size that a part has.
    :raises StorageAway: it has to come once more.
    """
    upload = _own(actor, upload)
    offset = number * upload.part_size
    if offset < upload.received:
        return upload
    if offset > upload.received or upload.received == upload.size:
        raise Conflict(_("This is not the part that comes next."), code="another_part")
    parts = upload_parts_of(upload)
    if length != parts.length_of(number):
        raise Refused(_("This part did not come whole. Send it again."), code="part_not_whole")
    parts.keep(number, content)
    upload.received += length
    upload.last_at = timezone.now()
    upload.save(update_fields=["received", "last_at"])
    return upload


def finish_upload(*, actor: Membership, upload: Upload) -> ReleaseFile:
    """Read the whole file once, compare its checksum, and make it a file of the release.

    :raises Conflict: not all of it has come. :raises Refused: the content is another than the uploader said;
        the upload is gone then. :raises StorageAway: the upload stays, to be finished later.
    """
    check_right(actor)
    if upload.person_id != actor.pk:
        raise _gone()
    if upload.received != upload.size:
        raise Conflict(_("Not all of the file has come yet."), code="unfinished")
    parts = upload_parts_of(upload)
    digest = _digest_of(parts)  # may take long, so nothing is locked; what has come whole doesn't change
    with transaction.atomic():
        release = locked_draft(upload.release)
        upload = _own(actor, upload)
        _check_new(release, upload.name, upload.size)
        if digest and _is_same(digest, upload.sha256):
            file = _added(actor, release, upload.pk, upload.name, parts, digest)
            Upload.objects.filter(tenant_id=upload.tenant_id, pk=upload.pk).delete()
            return file
        _give_up(upload)
    raise _other_content(upload.name, digest)  # outside, so that the upload stays gone


@transaction.atomic
def discard_upload(*, actor: Membership, upload: Upload) -> None:
    """Give up an own upload that is still on its way."""
    _give_up(_own(actor, upload))


@transaction.atomic
def remove_file(*, actor: Membership, file: ReleaseFile) -> None:
    """Take a file out of a draft."""
    check_right(actor)
    release = locked_draft(file.release)
    removed, _rows = ReleaseFile.objects.filter(tenant_id=file.tenant_id, pk=file.pk).delete()
    if removed:
        record(release, "file_removed", actor, internal=True, release=release.reference, name=file.name)
        transaction.on_commit(parts_of(file).remove, robust=True)


def _own(actor: Membership, upload: Upload) -> Upload:
    """The person's own upload, held until the transaction ends."""
    check_right(actor)
    rows = Upload.objects.select_for_update(of=("self",)).select_related("release")
    found = rows.filter(tenant_id=actor.tenant_id, pk=upload.pk, person=actor).first()
    if found is None:
        raise _gone()
    found.release.tenant = actor.tenant
    return found


def _gone() -> Refused:
    return Refused(_("This upload is no longer there. Choose the file again."), code="upload_gone")


def _check_new(release: Release, name: str, size: int) -> None:
    if size <= 0:
        raise Refused(_("“%(name)s” is empty.") % {"name": name}, code="empty_file", field="file")
    if size > settings.MAX_RELEASE_FILE_BYTES:
        raise Refused(
            _("“%(name)s” is larger than %(size)s. Please split it.")
            % {"name": name, "size": formats().size(settings.MAX_RELEASE_FILE_BYTES)},
            code="file_too_large",
            field="file",
        )
    names = set(release.files.values_list("name", flat=True))
    if name in names:
        raise Refused(
            _("The release has a file “%(name)s” already. Remove that one first.") % {"name": name},
            code="taken",
            field="file",
        )
    if len(names) >= MOST_FILES:
        raise Refused(
            _("A release has at most %(number)d files. Pack some of them together.") % {"number": MOST_FILES},
            code="too_many_files",
            field="file",
        )


def _keep_in_parts(file: "File[Any]", parts: Parts) -> str:
    """The checksum of what was kept."""
    digest = hashlib.sha256()
    file.seek(0)
    for number in range(parts.count):
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as part:
            for block in _blocks(file, parts.length_of(number)):
                digest.update(block)
                part.write(block)
            part.seek(0)
            parts.keep(number, part)
    return digest.hexdigest()


def _blocks(file: "File[Any]", length: int) -> Iterator[bytes]:
    while length and (block := file.read(min(BLOCK, length))):
        yield block
        length -= len(block)


def _digest_of(parts: Parts) -> str:
    """Empty where the storage has lost a part, or some of it."""
    try:
        return parts.sha256()
    except OSError as error:
        log.error("The parts of an upload can't be read: %s", error)
        return ""


def _is_same(digest: str, expected: str) -> bool:
    return not expected or digest == expected.lower()


def _other_content(name: str, digest: str) -> Refused:
    if not digest:
        return Refused(
            _("“%(name)s” could not be read any more. Please upload it again.") % {"name": name},
            code="content_lost",
            field="file",
        )
    return Refused(
        _(
            "“%(name)s” did not arrive as it was sent, so it was not kept: its SHA-256 is %(sha256)s here."
            " Compare it with yours, then upload the file again."
        )
        % {"name": name, "sha256": digest},
        code="checksum",
        field="sha256",
    )


def _added(
    actor: Membership,
    release: Release,
    file_id: uuid.UUID,
    name: str,
    parts: Parts,
    digest: str,
    at: datetime | None = None,
) -> ReleaseFile:
    file = ReleaseFile(
        id=file_id,
        tenant_id=release.tenant_id,
        release=release,
        name=name,
        media_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        size=parts.size,
        part_size=parts.part_size,
        sha256=digest,
        uploaded_by=actor,
        uploaded_at=at or timezone.now(),
    )
    file.save(force_insert=True)
    told = {"release": release.reference, "name": name, "size": parts.size, "sha256": digest}
    record(release, "file_added", actor, internal=True, at=at, **told)
    return file


def _give_up(upload: Upload) -> None:
    Upload.objects.filter(tenant_id=upload.tenant_id, pk=upload.pk).delete()
    transaction.on_commit(upload_parts_of(upload).remove, robust=True)
