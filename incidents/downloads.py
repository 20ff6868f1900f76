"""Files as they leave: as downloads, never shown by this host, whatever they hold."""

from django.core.files.storage import default_storage
from django.http import Http404
from django.http.response import FileResponse

from incidents.models import Attachment
from portal.core.downloads import disposition

SAFE_TYPES = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"}
)
"""Named as what they are; everything else leaves as plain bytes."""


def download_of(attachment: Attachment) -> FileResponse:
    """The caller has let the person through the door. Raises Http404 where the file is gone."""
    try:
        content = default_storage.open(attachment.path)
    except FileNotFoundError:
        raise Http404 from None
    safe = attachment.content_type in SAFE_TYPES
    response = FileResponse(content)
    response["Content-Type"] = attachment.content_type if safe else "application/octet-stream"
    response["Content-Length"] = str(attachment.size)
    response["Content-Disposition"] = disposition(attachment.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
