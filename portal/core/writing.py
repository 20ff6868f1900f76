"""Rows of several models, written in one round trip.

For the few actions that run all day: each ``save`` is a statement that Django compiles and the database
answers, and a transaction that writes six rows waits six times. Row policies and constraints hold as they
always do.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def next_key(model: type[Model]) -> str:
    """SQL for the next key of a model, so that rows can refer to each other before they are written."""
    table, column = model._meta.db_table, model._meta.pk.column
    return f"nextval(pg_get_serial_sequence('{table}', '{column}'))"


def next_keys(model: type[Model], count: int) -> list[int]:
    """So many keys; a statement, unless none is wanted."""
    if not count:
        return []
    with connection.cursor() as cursor:
        keys = f"SELECT {next_key(model)} FROM generate_series(1, %s)"  # noqa: S608  a name from the model
        cursor.execute(keys, [count])
        return [key for (key,) in cursor.fetchall()]


def insert(rows: Sequence[Model]) -> None:
    """Insert new rows, in their order. A row without a key gets one, but isn't told which."""
    statements: list[str] = []
    params: list[Any] = []
    for row in rows:
        into, fields = _columns(type(row), row.pk is not None)
        values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
        marks = [_mark(field, value) for field, value in zip(fields, values, strict=True)]
        statements.append(f"{into} VALUES ({', '.join(marks)})")
        params += values
        row._state.adding = False
        row._state.db = connection.alias
    if statements:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(statements), params)


@cache
def _columns(model: type[Model], with_key: bool) -> "tuple[str, tuple[Field[Any, Any], ...]]":
    fields = tuple(
        field
        for field in model._meta.concrete_fields
        if not field.generated and (with_key or not field.primary_key)
    )
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    return f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({names})", fields


def _mark(field: "Field[Any, Any]", value: Any) -> str:
    placeholder = getattr(field, "get_placeholder", None)
    return placeholder(value, None, connection) if placeholder else "%s"
