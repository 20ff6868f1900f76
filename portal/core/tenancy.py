"""For whom a transaction acts: the settings that the row policies read.

:func:`acting` gives them to one transaction: ``app.tenant_id``, ``app.account_id`` (an id, or
``*`` for every account of the tenant) and ``app.user_id``. Where nothing is set, no row is seen.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, cast

from django.db import connection, transaction

from portal.core.postgres.base import DatabaseWrapper

APP_ROLE = "portal_app"
"""The database role that serves requests: it owns nothing and is bound by every policy."""
EVERY_ACCOUNT = "*"


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom the current transaction acts."""

    tenant_id: int | None
    account_id: int | str | None = None
    user_id: int | None = None


NOBODY = Scope(None)
_scope: ContextVar[Scope] = ContextVar("scope", default=NOBODY)
_notes: ContextVar[dict[str, Any] | None] = ContextVar("notes", default=None)


def current_scope() -> Scope:
    return _scope.get()


def current_notes() -> dict[str, Any]:
    """What the current :func:`acting` block keeps in mind; gone when it ends, and empty outside of one."""
    notes = _notes.get()
    return {} if notes is None else notes


def _write(scope: Scope) -> None:
    """Before the next statement, whichever it is: see :mod:`portal.core.postgres.base`."""
    tenant, account, user = map(_as_text, (scope.tenant_id, scope.account_id, scope.user_id))
    cast(DatabaseWrapper, connection).send_ahead(
        f"SELECT set_config('app.tenant_id', '{tenant}', true),"
        f" set_config('app.account_id', '{account}', true), set_config('app.user_id', '{user}', true)"
    )


def _as_text(part: int | str | None) -> str:
    """:raises ValueError: it is no id."""
    return part if part == EVERY_ACCOUNT else "" if part is None else str(int(part))


def narrow(account_id: int | str, *, user_id: int | None = None) -> None:
    """Set the account for the rest of the current :func:`acting` block, once the person is known."""
    before = current_scope()
    if before.tenant_id is None or not connection.in_atomic_block:
        raise RuntimeError("narrow() needs an acting() block around it")
    scope = Scope(before.tenant_id, account_id, user_id or before.user_id)
    _scope.set(scope)
    _write(scope)


@contextmanager
def acting(
    *, tenant_id: int | None, account_id: int | str | None = None, user_id: int | None = None
) -> Iterator[None]:
    """Open a transaction that sees the rows of one tenant, and of one account or all of them.

    May be nested; the outer scope is back when the inner block ends.
    """
    before = current_scope()
    token = _scope.set(Scope(tenant_id, account_id, user_id))
    notes = _notes.set({})
    nested = connection.in_atomic_block
    try:
        with transaction.atomic():
            _write(current_scope())
            yield
            if nested and not connection.needs_rollback:
                _write(before)
    finally:
        _notes.reset(notes)
        _scope.reset(token)
