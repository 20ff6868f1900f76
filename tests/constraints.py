"""Named constraints tried one by one: each refuses, as the role of the app, what its name says.

What is tried comes from the models, so a new constraint is tried too, or fails for want of a try.
Row policies are left out: tests/isolation has them. So are the keys that other tables refer to: with
the primary key in them they can't be broken by themselves.
"""

from collections.abc import Callable, Mapping
from typing import Any

import psycopg2
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.models.constraints import BaseConstraint

from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.core.walls import AppendOnly, RowPolicy, SameTenant
from tests.cast import Cast

Changed = Mapping[str, Any]
"""How a row differs from the latest one of its table; what can be called gives the value."""
Tries = Mapping[str, Changed | list[Changed]]
"""By constraint what breaks it, or each of the ways to."""


class Constraints:
    """The constraints of some models, and by name what breaks each.

    A check or a composite key is broken by changing a row, anything else (and all of what is append-only)
    by putting another one beside it. What a composite key is broken by needs no telling, only what else
    must differ for it alone to refuse.
    """

    def __init__(
        self,
        of: list[type[models.Model]],
        tries: Tries,
        *,
        rows: Mapping[type[models.Model], Changed] | None = None,
    ) -> None:
        self.tries, self.rows = tries, rows or {}
        self._found = {
            one.name: (model, one) for model in of for one in model._meta.constraints if _is_tried(model, one)
        }

    @property
    def names(self) -> list[str]:
        return list(self._found)

    def without_a_try(self) -> set[str]:
        """What breaks them is not told, or is told of a constraint that there is no more."""
        own = {name for name, (_model, one) in self._found.items() if _tells_itself(one)}
        return (self._found.keys() - own - self.tries.keys()) | (self.tries.keys() - self._found.keys())

    def refuses(self, name: str, cast: Cast) -> None:
        """Try it in the tenant that is acted in, against a row that the test has put there."""
        model, constraint = self._found[name]
        if isinstance(constraint, AppendOnly):
            _stays(self._row(model))
            return
        tries = self.tries.get(name, {}) if _tells_itself(constraint) else self.tries[name]
        for changed in tries if isinstance(tries, list) else [tries]:
            self._refuses(self._row(model), constraint, changed, cast)

    def _row(self, model: type[models.Model]) -> models.Model:
        return model._default_manager.filter(**self.rows.get(model, {})).latest("pk")

    def _refuses(self, row: models.Model, constraint: BaseConstraint, told: Changed, cast: Cast) -> None:
        changed = {key: value() if callable(value) else value for key, value in told.items()}
        if isinstance(constraint, SameTenant):
            changed[row._meta.get_field(constraint.field).attname] = _outside(row, constraint, cast)
        in_place = isinstance(constraint, models.CheckConstraint | SameTenant) and not _append_only(row)
        write = change if in_place else put_beside
        judged_last = constraint.name if isinstance(constraint, SameTenant) else ""
        assert refusing(lambda: write(row, changed), judged_last) == constraint.name, changed


def models_of(*labels: str) -> list[type[models.Model]]:
    return [model for label in labels for model in apps.get_app_config(label).get_models()]


def refusing(write: Callable[[], object], judged_last: str = "") -> str | None:
    """The name of the constraint that refuses, at once or, of a deferred one that is named, at the end."""
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        _to_the_end(write, judged_last)
    assert isinstance(refused.value.__cause__, psycopg2.Error)
    return refused.value.__cause__.diag.constraint_name


def change(row: models.Model, changed: Changed) -> None:
    assert type(row)._default_manager.filter(pk=row.pk).update(**changed) == 1


def put_beside(row: models.Model, changed: Changed) -> None:
    """Another row, with what is changed."""
    row.pk = None
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def _is_tried(model: type[models.Model], constraint: BaseConstraint) -> bool:
    key = isinstance(constraint, models.UniqueConstraint) and model._meta.pk.name in constraint.fields
    return not key and not isinstance(constraint, RowPolicy)


def _tells_itself(constraint: BaseConstraint) -> bool:
    return isinstance(constraint, AppendOnly | SameTenant)


def _append_only(row: models.Model) -> bool:
    return any(isinstance(one, AppendOnly) for one in row._meta.constraints)


def _outside(row: models.Model, constraint: SameTenant, cast: Cast) -> Any:
    """A row that may not be referred to: of the account beside, or of the other tenant."""
    target = row._meta.get_field(constraint.field).related_model._default_manager
    if constraint.also:
        return target.exclude(account_id=None).exclude(account_id=row.account_id).latest("pk").pk  # type: ignore[attr-defined]
    with acting(tenant_id=cast.rival.tenant.pk, account_id=EVERY_ACCOUNT):
        return target.latest("pk").pk


def _to_the_end(write: Callable[[], object], deferred: str) -> None:
    write()
    if deferred:
        with connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS {connection.ops.quote_name(deferred)} IMMEDIATE")


def _stays(row: models.Model) -> None:
    rows = type(row)._default_manager.filter(pk=row.pk)
    before = rows.values().get()
    for write in (lambda: rows.update(tenant_id=before["tenant_id"]), lambda: rows._raw_delete(rows.db)):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            write()
    assert rows.values().get() == before
