"""The walls between tenants and accounts, declared on the models.

A model that belongs to a tenant derives from :class:`TenantModel` and lists :func:`walls` among
its constraints; the migrations then carry its row policy and the composite keys that stop a row
from pointing into another tenant. The policies read what ``portal.core.tenancy.acting`` sets.
"""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.constraints import BaseConstraint

from portal.core.tenancy import APP_ROLE

_TENANT = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint"
# In a sub-select, so that the planner doesn't take the comparison for one that few rows pass: it then
# reads an index in its order, where it would otherwise sort the whole queue.
_STAFF = "(SELECT current_setting('app.account_id', true) = '*')"
_ACCOUNT = "account_id = nullif(nullif(current_setting('app.account_id', true), ''), '*')::bigint"
_USER = "user_id = nullif(current_setting('app.user_id', true), '')::bigint"

BY_TENANT = _TENANT
"""Everybody who acts in the tenant sees the row."""
BY_STAFF = f"{_TENANT} AND {_STAFF}"
"""Only who acts for every account of the tenant sees the row."""
BY_ACCOUNT = f"{_TENANT} AND ({_STAFF} OR {_ACCOUNT})"
"""Staff, and who acts for the row's account."""
BY_ACCOUNT_OR_SHARED = f"{_TENANT} AND ({_STAFF} OR account_id IS NULL OR {_ACCOUNT})"
"""As BY_ACCOUNT; a row without an account is for everybody in the tenant."""
BY_ACCOUNT_IF_PUBLIC = f"{_TENANT} AND ({_STAFF} OR ({_ACCOUNT} AND NOT internal))"
"""As BY_ACCOUNT; rows marked internal are for staff only."""
BY_STAFF_OR_SELF = f"{_TENANT} AND ({_STAFF} OR {_USER})"
"""Staff, and the user whose row it is."""
BY_ACCOUNT_OR_SELF = f"({BY_ACCOUNT_OR_SHARED}) OR {_USER}"
"""As BY_ACCOUNT_OR_SHARED; a user also sees their own rows in any tenant."""


class TenantForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A reference that can't leave the tenant: :func:`walls` declares its composite key."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs.setdefault("db_constraint", False)
        kwargs.setdefault("db_index", False)
        kwargs.setdefault("related_name", "+")
        super().__init__(to, on_delete, **kwargs)


class TenantModel(models.Model):
    """A row that belongs to a tenant."""

    tenant = models.ForeignKey("identity.Tenant", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class TenantPart(TenantModel):
    """A row that belongs to a tenant through another row, which a composite key holds in the same one.

    The tenant itself needs no key then. It would be one more look-up for each row that is written, and a
    lock on the one row that everybody who writes in the tenant shares.
    """

    tenant = models.ForeignKey(
        "identity.Tenant", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        abstract = True


class _SqlConstraint(BaseConstraint):
    """A named piece of schema that Django has no word for."""

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        return self.create_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """Deferred: the statement runs when all tables and keys of the migration stand."""
        schema_editor.deferred_sql.append(self.statement(model, schema_editor))

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database alone judges."""

    def statement(self, model: Any, schema_editor: Any) -> str:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__


class RowPolicy(_SqlConstraint):
    """Row-level security: ``using`` says in SQL which rows can be seen, and ``writes`` which can be
    written (the same ones, where it is not given)."""

    def __init__(self, *, name: str, using: str, writes: str = "", command: str = "ALL") -> None:
        self.using = using
        self.writes = writes
        self.command = command
        super().__init__(name=name)

    def statement(self, model: Any, schema_editor: BaseDatabaseSchemaEditor) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        name = schema_editor.quote_name(self.name)
        using = "" if self.command == "INSERT" else f" USING ({self.using})"
        check = "" if self.command == "SELECT" else f" WITH CHECK ({self.writes or self.using})"
        return (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
            f" CREATE POLICY {name} ON {table} FOR {self.command}{using}{check}"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return f"DROP POLICY {schema_editor.quote_name(self.name)} ON {table}"

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return (
            path,
            tuple(args),
            {
                **kwargs,
                "using": self.using,
                "writes": self.writes,
                "command": self.command,
            },
        )


class SameTenant(_SqlConstraint):
    """The referenced row has the same tenant, and the same values in ``also`` (``account``, say)."""

    def __init__(self, *, name: str, field: str, also: Sequence[str] = ()) -> None:
        self.field = field
        self.also = tuple(also)
        super().__init__(name=name)

    def statement(self, model: Any, schema_editor: BaseDatabaseSchemaEditor) -> str:
        quote = schema_editor.quote_name
        reference = model._meta.get_field(self.field)
        target = reference.remote_field.model._meta
        shared = [model._meta.get_field(name).column for name in ("tenant", *self.also)]
        own = ", ".join(quote(column) for column in (*shared, reference.column))
        theirs = ", ".join(quote(column) for column in (*shared, target.pk.column))
        return (
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)}"
            f" FOREIGN KEY ({own}) REFERENCES {quote(target.db_table)} ({theirs})"
            " DEFERRABLE INITIALLY DEFERRED"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, tuple(args), {**kwargs, "field": self.field, "also": self.also}


class AppendOnly(_SqlConstraint):
    """The application's role may add rows and read them, never change or delete one."""

    def statement(self, model: Any, schema_editor: BaseDatabaseSchemaEditor) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return f"REVOKE UPDATE, DELETE ON {table} FROM {APP_ROLE}"

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        return f"GRANT UPDATE, DELETE ON {schema_editor.quote_name(model._meta.db_table)} TO {APP_ROLE}"


def walls(
    table: str,
    *,
    policy: str = BY_TENANT,
    write_policy: str = "",
    refs: Sequence[str] = (),
    account_refs: Sequence[str] = (),
    key: bool = False,
    account_key: bool = False,
    append_only: bool = False,
) -> list[BaseConstraint]:
    """The constraints that keep a table's rows inside their tenant.

    :param policy: who sees a row; ``write_policy`` who may write it, where that differs.
    :param refs: references that must stay in the tenant.
    :param account_refs: references that must stay in the tenant and the account.
    :param key: other tables refer to this one by (tenant, id).
    :param account_key: other tables refer to this one by (tenant, account, id).
    """
    constraints: list[BaseConstraint] = [RowPolicy(name=f"{table}_rows", using=policy, writes=write_policy)]
    if key:
        constraints.append(models.UniqueConstraint(fields=("tenant", "id"), name=f"{table}_key"))
    if account_key:
        constraints.append(
            models.UniqueConstraint(fields=("tenant", "account", "id"), name=f"{table}_account_key")
        )
    constraints += [SameTenant(name=f"{table}_{field}_in_tenant", field=field) for field in refs]
    constraints += [
        SameTenant(name=f"{table}_{field}_in_account", field=field, also=("account",))
        for field in account_refs
    ]
    if append_only:
        constraints.append(AppendOnly(name=f"{table}_append_only"))
    return constraints
