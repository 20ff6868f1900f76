"""Tables as CSV. Whole and bounded: rows can't be read any more when a streamed body is sent."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from itertools import chain

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from portal.core.downloads import disposition

LARGEST = 50_000
"""Rows of a sheet."""
BYTE_ORDER_MARK = "\ufeff"
"""Tells spreadsheets that it is UTF-8."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula, whoever wrote what is in it."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def instant(at: datetime | None, zone: tzinfo | None = None) -> str:
    """With its offset, in ``zone`` or else the reader's; nothing where it never came."""
    return timezone.localtime(at, zone).isoformat(timespec="seconds") if at else ""


def sheet(
    name: str,
    head: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    cut: str = "",
    more: bool = False,
) -> HttpResponse:
    """A download of at most :data:`LARGEST` rows; one more says that there were more.

    :param cut: the words of that row, where the usual ones don't fit; ``%(rows)s`` is the bound.
    :param more: whether there were more than these, however few they are.
    """
    return download(name, written(head, _bounded(rows, cut, more=more)))


def written(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text)
    writer.writerows([harmless(cell) for cell in row] for row in chain([head], rows))
    return text.getvalue()


def download(name: str, text: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = disposition(f"{name}.csv")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _bounded(rows: Iterable[Sequence[object]], cut: str, *, more: bool) -> Iterator[Sequence[object]]:
    for number, row in enumerate(rows):
        if number == LARGEST:
            more = True
            break
        yield row
    if more:
        words = cut or _("Cut after %(rows)s rows: choose a shorter period or narrow the report.")
        yield [words % {"rows": number_format(LARGEST, force_grouping=True)}]
