"""A release file as an HTTP answer: whole or a range of it, block by block, never in memory."""

from collections.abc import Callable

from django.http import Http404, HttpResponse, HttpResponseBase
from django.http.request import HttpHeaders
from django.http.response import FileResponse

from knowledge.releases.models import ReleaseFile, Upload
from knowledge.releases.ranges import Span, Unsatisfiable, asked_span
from knowledge.releases.storage import BLOCK, Parts, PartsReader
from portal.core.downloads import as_download


class _Stream(FileResponse):
    block_size = BLOCK


def parts_of(file: ReleaseFile) -> Parts:
    return Parts(tenant_id=file.tenant_id, file_id=file.pk, size=file.size, part_size=file.part_size)


def upload_parts_of(upload: Upload) -> Parts:
    return Parts(tenant_id=upload.tenant_id, file_id=upload.pk, size=upload.size, part_size=upload.part_size)


def etag_of(file: ReleaseFile) -> str:
    return f'"{file.sha256}"'


def span_of(file: ReleaseFile, headers: HttpHeaders) -> Span | None:
    """The range that the request asks for, or None for the whole file. Raises Unsatisfiable."""
    return asked_span(headers.get("Range"), headers.get("If-Range"), size=file.size, etag=etag_of(file))


def stream(
    file: ReleaseFile, headers: HttpHeaders, *, on_close: Callable[[int, bool], None]
) -> HttpResponseBase:
    """The caller has let the person through. Raises Http404 where the content is gone, and StorageAway.

    :param on_close: told when the answer has gone or was broken off: how many bytes, and whether that was
        the end of the file.
    """
    try:
        part = span_of(file, headers)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    span, parts = part or Span(0, file.size), parts_of(file)
    try:
        parts.open(span.start // parts.part_size).close()
    except FileNotFoundError:
        raise Http404 from None
    to_the_end = span.end == file.size
    reader = PartsReader(parts, span, on_close=lambda sent, whole: on_close(sent, whole and to_the_end))
    response = _Stream(reader, status=206 if part else 200)
    as_download(response, name=file.name, media_type=file.media_type, size=span.length)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag_of(file)
    if part:
        response["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{file.size}"
    return response


def goes_on(file: ReleaseFile, headers: HttpHeaders) -> bool:
    """Whether the request goes on in the middle of a file, as after a broken connection."""
    try:
        span = span_of(file, headers)
    except Unsatisfiable:
        return False
    return span is not None and span.start > 0
