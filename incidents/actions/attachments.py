"""Files: uploaded first, bound to their uploader; attached with the message they belong to."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import puremagic
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.models import Attachment, Incident, Message
from portal.core.errors import Refused
from portal.core.filenames import plain_name
from portal.core.ui.formatting import formats
from portal.identity.models import Account, Membership

UNATTACHED_KEPT = timedelta(days=1)
FOLDER = "attachments"
"""Where their files are, in a folder for each tenant; no other file is."""
_HEAD = 8192
_LONGEST_NAME = 255


@transaction.atomic
def upload(
    *,
    person: Membership,
    account: Account,
    file: File,  # type: ignore[type-arg]
    name: str,
    at: datetime | None = None,
) -> Attachment:
    """Store a file for its uploader alone until it is attached. Its type is read from its content.

    :raises Refused: empty, or larger than 25 MB.
    """
    name = plain_name(name, _LONGEST_NAME)
    if not file.size:
        raise Refused(_("“%(name)s” is empty.") % {"name": name}, code="empty_file", field="file")
    if file.size > settings.MAX_ATTACHMENT_BYTES:
        raise Refused(
            _("“%(name)s” is larger than %(size)s. Please split it or send a link.")
            % {"name": name, "size": formats().size(settings.MAX_ATTACHMENT_BYTES)},
            code="file_too_large",
            field="file",
        )
    digest = hashlib.sha256()
    head = b""
    for chunk in file.chunks():
        head = head or chunk[:_HEAD]
        digest.update(chunk)
    file.seek(0)
    attachment_id = uuid.uuid4()
    path = default_storage.save(
        f"{FOLDER}/{person.tenant_id}/{attachment_id.hex[:2]}/{attachment_id.hex}", file
    )
    return Attachment.objects.create(
        id=attachment_id,
        tenant_id=person.tenant_id,
        account=account,
        uploaded_by=person,
        internal=False,
        name=name,
        content_type=content_type_of(head),
        size=file.size,
        sha256=digest.hexdigest(),
        path=path,
        created_at=at or timezone.now(),
    )


def content_type_of(head: bytes) -> str:
    """The media type that the first bytes show; text where they are text; else plain bytes."""
    try:
        return str(puremagic.from_string(head, mime=True)) or "application/octet-stream"
    except (puremagic.PureError, ValueError):
        pass
    try:
        head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return "application/octet-stream"
    return "application/octet-stream" if b"\0" in head else "text/plain"


def attach(
    *,
    person: Membership,
    incident: Incident,
    message: Message | None,
    attachment_ids: Sequence[UUID],
) -> None:
    """Bind the person's own uploads to an incident and message.

    :raises Refused: one isn't there any more, or isn't theirs.
    """
    wanted = set(attachment_ids)
    if not wanted:
        return
    bound = Attachment.objects.filter(
        tenant_id=person.tenant_id,
        pk__in=wanted,
        uploaded_by=person,
        account_id=incident.account_id,
        incident=None,
    ).update(incident=incident, message=message, internal=bool(message and message.internal))
    if bound != len(wanted):
        raise Refused(
            _("An attached file is no longer there. Please add it again."),
            code="attachment_gone",
            field="attachments",
        )


def discard(*, person: Membership, attachment: Attachment) -> None:
    """Take back an own upload that was never attached."""
    removed, _rows = Attachment.objects.filter(pk=attachment.pk, uploaded_by=person, incident=None).delete()
    if removed:
        transaction.on_commit(lambda: default_storage.delete(attachment.path))


def remove_unattached(attachments: Iterable[Attachment]) -> int:
    """Delete uploads that nobody attached within a day, with their files."""
    limit = timezone.now() - UNATTACHED_KEPT
    gone = 0
    for attachment in attachments:
        removed, _rows = Attachment.objects.filter(
            pk=attachment.pk, incident=None, created_at__lt=limit
        ).delete()
        if removed:
            path = attachment.path
            transaction.on_commit(lambda path=path: default_storage.delete(path))  # type: ignore[misc]
            gone += 1
    return gone
