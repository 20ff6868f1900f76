"""Files as they leave this host: as downloads, never shown by it, whatever they hold."""

from urllib.parse import quote

from django.http import HttpResponseBase

SAFE_TYPES = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"}
)
"""Named as what they are; everything else leaves as plain bytes."""


def disposition(name: str) -> str:
    """A download under this name: RFC 6266, with plain letters for old clients."""
    plain = "".join(letter if " " <= letter <= "~" and letter not in '"\\%/;' else "_" for letter in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def as_download(response: HttpResponseBase, *, name: str, media_type: str, size: int) -> None:
    """Give a response the headers of a file that somebody uploaded. ``size`` is that of the body."""
    safe = media_type in SAFE_TYPES
    response["Content-Type"] = media_type if safe else "application/octet-stream"
    response["Content-Length"] = str(size)
    response["Content-Disposition"] = disposition(name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
