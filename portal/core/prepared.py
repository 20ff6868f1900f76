"""Reads of the hottest pages, compiled once.

Django takes longer to turn a queryset into SQL than PostgreSQL takes to answer it. A prepared read is
written as a queryset like any other; each process compiles it once, with a mark in the place of each
value, and from then on only puts the values in, as parameters. Row policies bind it as they bind
everything. Rows come as the driver gives them: JSON as text.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import BooleanField, F, Func, Model, QuerySet, Value

ModelT = TypeVar("ModelT", bound=Model)
_FIRST_MARK = -(2**62)


class Columns(Generic[ModelT]):
    """The columns of a model as a prepared read gives them, to be made into its rows.

    :param prefix: how the query comes to the model: ``user`` for those of ``membership.user``.
    """

    def __init__(self, model: type[ModelT], prefix: str = "") -> None:
        self._model = model
        self._attributes = [field.attname for field in model._meta.concrete_fields if not field.generated]
        self.names = tuple(f"{prefix}__{name}" if prefix else name for name in self._attributes)

    def row(self, values: Sequence[Any]) -> ModelT:
        return self._model.from_db(DEFAULT_DB_ALIAS, self._attributes, values)

    def __len__(self) -> int:
        return len(self.names)


class IsOneOf(Func):
    """``field = ANY(array)``: one statement for any number of values, where ``IN`` has one for each."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, field: str, values: Any) -> None:
        super().__init__(F(field), Value(values))

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        (field, field_params), (values, _params) = map(compiler.compile, self.source_expressions)
        return f"{field} = ANY({values})", [*field_params, self.source_expressions[1].value]  # type: ignore[attr-defined]


class Prepared:
    """``Prepared(build)(**values)``: the rows of the ``values_list`` queryset that ``build`` gives.

    ``build`` is called once, with a mark for each of its parameters (or for each of ``names``); it must
    compare them with columns and do nothing else with them. Values are given by the same names.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *, names: Sequence[str] = ()) -> None:
        self._build = build
        self._names = names
        self._sql = ""
        self._params: list[tuple[str, Any]] = []

    def __call__(self, **values: Any) -> list[tuple[Any, ...]]:
        sql, params = self.sql, self.params(values)
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    @property
    def sql(self) -> str:
        if not self._sql:
            self._compile()
        return self._sql

    def params(self, values: Mapping[str, Any]) -> list[Any]:
        """The parameters of :attr:`sql` with these values in their places."""
        return [values[name] if name else fixed for name, fixed in self._params]

    def _compile(self) -> None:
        names = self._names or list(inspect.signature(self._build).parameters)
        marks = {name: _FIRST_MARK + number for number, name in enumerate(names)}
        sql, params = self._build(**marks).query.sql_with_params()
        by_mark = {str(mark): name for name, mark in marks.items()}
        self._params = [(by_mark.get(str(param), ""), param) for param in params]
        if any(mark in sql for mark in by_mark):
            raise ValueError("A value of a prepared read must be a parameter of it")
        self._sql = sql


class PreparedCounts:
    """How many rows each of several prepared reads finds. One statement; a limit caps a count."""

    def __init__(self, reads: Sequence[Prepared]) -> None:
        self._reads = reads

    def __call__(self, **values: Any) -> tuple[int, ...]:
        # SQL that the ORM wrote, with its parameters apart.
        counts = ", ".join(f"(SELECT count(*) FROM ({read.sql}) counted)" for read in self._reads)  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {counts}", [param for read in self._reads for param in read.params(values)]
            )
            row: tuple[int, ...] = cursor.fetchone() or ()
        return row
