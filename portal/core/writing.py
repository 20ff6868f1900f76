"""Rows of several models, written in one round trip.

For the few actions that run all day: each ``save`` is a statement that Django compiles and the database
plans and answers, and a transaction that writes six rows waits six times. Row policies and constraints hold
as they always do.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, Model

from portal.core.prepared import Call, Planned, run_together


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


def insert(rows: Sequence[Model], *, also: Sequence[Call] = ()) -> None:
    """Insert new rows, in their order. A row without a key gets one, but isn't told which.

    :param also: other statements that go the same way.
    """
    here = connections[DEFAULT_DB_ALIAS]  # itself, not what stands for it: it is asked for every value
    calls: list[Call] = []
    for row in rows:
        planned, fields = _inserting(type(row), row.pk is not None)
        values = {
            field.attname: field.get_db_prep_save(getattr(row, field.attname), here) for field in fields
        }
        calls.append(planned.call(values))
        row._state.adding = False
        row._state.db = here.alias
    if calls or also:
        with here.cursor() as cursor:
            run_together(cursor, [*calls, *also])


@cache
def _inserting(model: type[Model], with_key: bool) -> "tuple[Planned, tuple[Field[Any, Any], ...]]":
    fields = tuple(
        field
        for field in model._meta.concrete_fields
        if not field.generated and (with_key or not field.primary_key)
    )
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(_mark(field) for field in fields)
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608  names of the model
    return Planned(sql, [field.attname for field in fields]), fields


def _mark(field: "Field[Any, Any]") -> str:
    """With the type that an array has, which its literal doesn't tell."""
    placeholder = getattr(field, "get_placeholder", None)
    return placeholder(None, None, connection) if placeholder else "%s"
