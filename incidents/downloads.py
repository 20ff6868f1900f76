"""Files as they leave: as downloads, never shown by this host, whatever they hold."""

from urllib.parse import quote

from django.core.files.storage import default_storage
from django.http import Http404
from django.http.response import FileResponse

from incidents.models import Attachment

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


def disposition(name: str) -> str:
    """A download under this name: RFC 6266, with plain letters for old clients."""
    plain = "".join(letter if " " <= letter <= "~" and letter not in '"\\%/;' else "_" for letter in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
