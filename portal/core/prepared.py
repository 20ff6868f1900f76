"""Statements of the hottest pages, compiled once and planned once.

Django takes longer to turn a queryset into SQL than PostgreSQL takes to answer it, and PostgreSQL takes
ten times as long to plan a join of eight tables as to run it. A prepared read is written as a queryset
like any other; each process compiles it once, with a mark in the place of each value, each connection
plans it once (``PREPARE``), and from then on only values are sent. Row policies bind it as they bind
everything, and are looked at each time it runs.
"""

import hashlib
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar, cast
from weakref import WeakKeyDictionary

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import BooleanField, F, Func, Model, QuerySet, Value
from django.db.models.query import ModelIterable
from psycopg2.extensions import AsIs

Row = TypeVar("Row", bound=Model)
Built = QuerySet[Any, Any] | tuple[str, Sequence[Any]]

_FIRST_MARK = -(2**62)
_NAME = re.compile(r"%\((\w+)\)s")
_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""What each connection of the driver has planned; gone with the connection, as in the database."""


class IsOneOf(Func):
    """``field = ANY(array)``: one statement for any number of values, where ``IN`` has one for each.

    :param beside: a query of one column, whose values count as well. In one array both are looked up by the
        index, where ``OR`` would read the whole table.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, field: str, values: Any, *, beside: QuerySet[Any, Any] | None = None) -> None:
        more = [] if beside is None else [ArraySubquery(beside)]
        super().__init__(F(field), Value(values), *more)

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        (field, params), (values, _params), *more = map(compiler.compile, self.source_expressions)
        params = [*params, self.source_expressions[1].value]  # type: ignore[attr-defined]
        for query, its_params in more:
            values, params = f"array_cat({values}, {query})", [*params, *its_params]
        return f"{field} = ANY({values})", params


class Call(NamedTuple):
    """A statement and its parameters."""

    sql: str
    params: Sequence[Any]


def run_together(cursor: Any, calls: Sequence[Call]) -> None:
    """Run statements in their order, in one round trip. Leaves what the last one answers in ``cursor``."""
    cursor.execute("; ".join(call.sql for call in calls), [param for call in calls for param in call.params])


class Planned:
    """SQL that is planned at its first use on a connection; with ``%s`` in the place of each value.

    :param slots: for each ``%s`` the name of the value that stands there, or ``Fixed`` what always does: it
        becomes part of the statement, so that the planner finds the partial index that is made for it.
    """

    def __init__(self, sql: str, slots: Sequence["str | Fixed"]) -> None:
        self._sql = sql
        self._slots = slots
        self._names = list(dict.fromkeys(slot for slot in slots if isinstance(slot, str)))
        self._name = "planned_" + hashlib.sha256(f"{sql} {slots}".encode()).hexdigest()[:24]
        marks = ", ".join("%s" for _ in self._names)
        self._call = f"EXECUTE {self._name} ({marks})" if marks else f"EXECUTE {self._name}"

    @classmethod
    def named(cls, sql: str) -> "Planned":
        """SQL with ``%(name)s`` in the place of each value."""
        return cls(_NAME.sub("%s", sql), _NAME.findall(sql))

    def run(self, cursor: Any, values: Mapping[str, Any]) -> None:
        """Leaves the rows in ``cursor``, which is Django's."""
        cursor.execute(*self.call(values))

    def call(self, values: Mapping[str, Any]) -> "Call":
        """Its call with these values, for :func:`run_together`; this connection has it planned by then."""
        known = _known.setdefault(connection.connection, set())
        if self._name not in known:
            self._plan()
            known.add(self._name)
        return Call(self._call, [values[name] for name in self._names])

    def _plan(self) -> None:
        numbered = {name: AsIs(f"${number}") for number, name in enumerate(self._names, start=1)}
        params = [slot.value if isinstance(slot, Fixed) else numbered[slot] for slot in self._slots]
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            cursor.execute(f"PREPARE {self._name} AS {self._sql}", params)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value that is part of the statement."""

    value: Any


class Prepared:
    """``Prepared(build)(**values)``: the rows of the ``values_list`` queryset that ``build`` gives.

    ``build`` is called once, with a mark for each of its parameters; it must compare them with columns
    and do nothing else with them. Values are given by the same names. Rows come as the driver gives
    them: JSON as text.

    :param build: gives a queryset; or where it takes several for one statement, SQL and its parameters.
    :param names: of the parameters, where ``build`` doesn't name them itself.
    """

    def __init__(self, build: Callable[..., Built], *, names: Sequence[str] = ()) -> None:
        self._build = build
        self._names = tuple(names or inspect.signature(build).parameters)
        self._planned: Planned | None = None

    def __call__(self, **values: Any) -> list[tuple[Any, ...]]:
        planned = self._planned or self._compile()
        with connection.cursor() as cursor:
            planned.run(cursor, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def _compile(self) -> Planned:
        marks = {name: _FIRST_MARK + number for number, name in enumerate(self._names)}
        built = self._build(**marks)
        sql, params = built if isinstance(built, tuple) else self._read_sql(built.query)
        by_mark = {str(mark): name for name, mark in marks.items()}
        if any(mark in sql for mark in by_mark):
            raise ValueError("A value of a prepared read must be a parameter of it")
        self._planned = Planned(sql, [by_mark.get(str(param)) or Fixed(param) for param in params])
        return self._planned

    def _read_sql(self, query: Any) -> tuple[str, Any]:
        compiled: tuple[str, Any] = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return compiled


class PreparedModels(Prepared, Generic[Row]):
    """As :class:`Prepared`, for a queryset of models, with what ``select_related`` reads beside them."""

    def __init__(self, build: Callable[..., QuerySet[Row]]) -> None:
        super().__init__(build)

    def read(self, **values: Any) -> list[Row]:
        rows = self(**values)
        return list(ModelIterable(cast(Any, _Answered(self._compiler, rows)))) if rows else []

    def _read_sql(self, query: Any) -> tuple[str, Any]:
        self._compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        compiled: tuple[str, Any] = self._compiler.as_sql()
        return compiled


class _Answered:
    """What Django makes models from, where the statement has been run already."""

    db = DEFAULT_DB_ALIAS
    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, compiler: Any, rows: list[tuple[Any, ...]]) -> None:
        self.query = self
        self._compiler = copy(compiler)
        self._compiler.execute_sql = lambda **_: [rows]

    def get_compiler(self, using: str) -> Any:
        return self._compiler
