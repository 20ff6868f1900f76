"""Do the walls that the models declare stand in the database?"""

from typing import Any

from django.apps import apps
from django.db.backends.utils import CursorWrapper

from portal.core.tenancy import APP_ROLE
from portal.core.walls import AppendOnly, RowPolicy, SameTenant

_TABLES = """
SELECT relname, relrowsecurity,
       has_table_privilege(%s, oid, 'UPDATE') OR has_table_privilege(%s, oid, 'DELETE')
  FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""
_POLICIES = "SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'"
_KEYS = """
SELECT conrelid::regclass::text, conname FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace AND contype = 'f' AND convalidated
"""


def fallen_walls(cursor: CursorWrapper) -> list[str]:
    """What the models declare and the database lacks, or has besides, a sentence each."""
    tables = {name: rest for name, *rest in _rows(cursor, _TABLES, [APP_ROLE, APP_ROLE])}
    policies, keys = set(_rows(cursor, _POLICIES)), set(_rows(cursor, _KEYS))
    fallen: list[str] = []
    for model in apps.get_models():
        table, declared = model._meta.db_table, model._meta.constraints
        expected = {one.name for one in declared if isinstance(one, RowPolicy)}
        if not expected or table not in tables:
            fallen += [f"{table} does not exist"] if expected else []
            continue
        secured, changeable = tables[table]
        found = {name for of, name in policies if of == table}
        if not secured:
            fallen.append(f"{table} has row security off")
        fallen += [f"{table} has no policy {name}" for name in sorted(expected - found)]
        fallen += [f"{table} has the undeclared policy {name}" for name in sorted(found - expected)]
        same_tenant = [one.name for one in declared if isinstance(one, SameTenant)]
        fallen += [f"{table} has no key {name}" for name in same_tenant if (table, name) not in keys]
        if any(isinstance(one, AppendOnly) for one in declared) and changeable:
            fallen.append(f"{table} can be changed by {APP_ROLE}")
    return fallen


def _rows(cursor: CursorWrapper, sql: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
    cursor.execute(sql, params)
    return list(cursor.fetchall())
