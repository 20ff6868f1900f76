"""Pages by key: each costs the same, however deep, and none is counted."""

import base64
import binascii
import inspect
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import BooleanField, F, Func, Value
from django.utils.translation import gettext as _

from portal.core.errors import Refused
from portal.core.prepared import Prepared

Row = TypeVar("Row")


class BadCursor(Refused):
    code = "bad_cursor"
    status = 400


class _RowsAfter(Func):
    """``(a, b) > (x, y)``: a row comparison, which an index on (a, b) answers."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, *expressions: Any, sign: str) -> None:
        self.sign = sign
        super().__init__(*expressions)

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts = [compiler.compile(expression) for expression in self.source_expressions]
        half = len(parts) // 2
        left = ", ".join(sql for sql, _params in parts[:half])
        right = ", ".join(sql for sql, _params in parts[half:])
        return f"({left}) {self.sign} ({right})", [param for _sql, params in parts for param in params]


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows, and the cursor of the page after them (empty on the last)."""

    rows: Sequence[Row]
    next: str


@dataclass(frozen=True, slots=True)
class Keyset:
    """An order that no two rows share: all fields up, or all down.

    The fields must be plain columns and not null.
    """

    fields: tuple[str, ...]
    descending: bool = False

    def page(
        self,
        rows: models.QuerySet[Any],
        cursor: str,
        size: int,
        *,
        columns: Sequence[str] = (),
        row: Callable[[tuple[Any, ...]], Any] | None = None,
    ) -> Page[Any]:
        """At most ``size`` rows after ``cursor``, in order. One statement.

        :param columns: read these only, each row made by ``row`` (of a named tuple that has the fields
            of the order), where models would be too slow.
        :raises BadCursor: it isn't one of ours.
        """
        rows = self.after(rows, cursor)
        if row is None:
            return self._page(list(rows[: size + 1]), size)
        return self._page([row(values) for values in rows.values_list(*columns)[: size + 1]], size)

    def after(self, rows: models.QuerySet[Any], cursor: str) -> models.QuerySet[Any]:
        """The rows after ``cursor`` in order, for who looks at a number of their own.

        :raises BadCursor: it isn't one of ours.
        """
        return self._in_order(rows, self._read(rows.model, cursor) if cursor else ())

    def _in_order(self, rows: models.QuerySet[Any], after: Sequence[Value]) -> models.QuerySet[Any]:
        sign = "-" if self.descending else ""
        rows = rows.order_by(*(f"{sign}{field}" for field in self.fields))
        if not after:
            return rows
        fields = (F(field) for field in self.fields)
        return rows.filter(_RowsAfter(*fields, *after, sign="<" if self.descending else ">"))

    def _page(self, found: Sequence[Any], size: int) -> Page[Any]:
        """:param found: one more than ``size``, if there are so many."""
        shown = found[:size]
        return Page(shown, self.cursor(shown[-1]) if len(found) > size else "")

    def cursor(self, row: Any) -> str:
        values = [row[field] if isinstance(row, dict) else getattr(row, field) for field in self.fields]
        plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
        return base64.urlsafe_b64encode(json.dumps(plain, default=str).encode()).decode().rstrip("=")

    def _read(self, model: type[models.Model], cursor: str) -> list[Value]:
        try:
            plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            columns: list[Any] = [model._meta.get_field(name) for name in self.fields]
            fields = [getattr(column, "output_field", column) for column in columns]  # of a generated column
            pairs = zip(fields, plain, strict=True)
            return [Value(field.clean(value, None), output_field=field) for field, value in pairs]
        except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error, ValidationError):
            raise BadCursor(_("This page address can't be used. Start from the first page.")) from None


class PreparedPages:
    """The pages of one list by key, prepared: the first, and those after a cursor.

    :param build: the list's rows, as :class:`Prepared` wants it; the order and ``columns`` are put to it.
    """

    def __init__(
        self,
        order: Keyset,
        build: Callable[..., models.QuerySet[Any]],
        *,
        columns: Sequence[str],
        row: Callable[[tuple[Any, ...]], Any],
        size: int,
    ) -> None:
        self._order, self._row, self._size = order, row, size
        names = tuple(inspect.signature(build).parameters)
        self._after = tuple(f"after_{field}" for field in order.fields)

        def read(*marks: int) -> models.QuerySet[Any, Any]:
            rows, after = build(*marks[: len(names)]), [Value(mark) for mark in marks[len(names) :]]
            return order._in_order(rows, after).values_list(*columns)[: size + 1]

        self._first = Prepared(lambda **marks: read(*marks.values()), names=names)
        self._further = Prepared(lambda **marks: read(*marks.values()), names=(*names, *self._after))

    def page(self, model: type[models.Model], cursor: str, **values: Any) -> Page[Any]:
        """As :meth:`Keyset.page`."""
        if cursor:
            after = (value.value for value in self._order._read(model, cursor))
            found = self._further(**values, **dict(zip(self._after, after, strict=True)))
        else:
            found = self._first(**values)
        return self._order._page([self._row(row) for row in found], self._size)
