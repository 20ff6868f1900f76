"""Tables as CSV. Whole and bounded: rows can't be read any more when a streamed body is sent."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse
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


def sheet(name: str, head: Sequence[object], rows: Iterable[Sequence[object]], cut: str = "") -> HttpResponse:
    """A download of at most :data:`LARGEST` rows; one more says that there were more.

    :param cut: the words of that row, where the usual ones don't fit.
    """
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text)
    writer.writerow([harmless(cell) for cell in head])
    for number, row in enumerate(rows):
        if number == LARGEST:
            usual = _("Cut after %(rows)s rows: choose a shorter period or narrow the report.")
            writer.writerow([cut or usual % {"rows": number_format(LARGEST, force_grouping=True)}])
            break
        writer.writerow([harmless(cell) for cell in row])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = disposition(f"{name}.csv")
    response["X-Content-Type-Options"] = "nosniff"
    return response
