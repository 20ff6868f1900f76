"""HTTP ranges (RFC 9110, 14): which bytes of a file a request asks for. Pure."""

import re
from typing import NamedTuple

_ONE_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")


class Span(NamedTuple):
    """``start`` to before ``end``."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


class Unsatisfiable(Exception):
    """The file has no such bytes: 416."""


def asked_span(header: str | None, if_range: str | None, *, size: int, etag: str) -> Span | None:
    """The one range that is asked for; None for the whole file.

    Several ranges, another unit and what can't be read are ignored, as is every range of another content
    than the one that ``if_range`` names.

    :raises Unsatisfiable: it lies behind the end.
    """
    found = _ONE_RANGE.fullmatch(header.replace(" ", "")) if header else None
    if found is None or (if_range and if_range.strip() != etag):
        return None
    first, last = found.groups()
    if first:
        if last and int(last) < int(first):
            return None
        span = Span(int(first), min(int(last) + 1, size) if last else size)
    elif last:
        span = Span(max(0, size - int(last)), size)
    else:
        return None
    if span.length <= 0:
        raise Unsatisfiable
    return span
