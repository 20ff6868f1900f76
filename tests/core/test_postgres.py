"""What nobody waits for goes with the next statement, and changes nothing about transactions."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from io import StringIO
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, ProgrammingError, connection, connections
from django.db.transaction import atomic

from portal.core.postgres import base
from portal.core.tenancy import acting

OTHER = "other"
SETTING = "SELECT set_config('app.user_id', '7', true)"
READ = "current_setting('app.user_id', true)"


@pytest.fixture
def other(db: None) -> Iterator[base.DatabaseWrapper]:
    """A connection without a test's transaction around it."""
    connections[OTHER] = here = connection.copy(OTHER)
    with here.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE noted (what text UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        cursor.execute("CREATE TEMP TABLE once (what text UNIQUE)")
    yield here
    here.close()
    del connections[OTHER]


@pytest.fixture
def messages(other: base.DatabaseWrapper, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is sent from now on."""
    sent: list[str] = []
    execute = base.Cursor.execute

    def spy(self: base.Cursor, query: Any, vars: Any = None) -> None:
        try:
            execute(self, query, vars)
        finally:
            sent.append(self.query.decode() if self.query else str(query))

    monkeypatch.setattr(base.Cursor, "execute", spy)
    return sent


def ask(here: base.DatabaseWrapper, sql: str, params: Any = None) -> Any:
    with here.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()[0] if cursor.description else None


def note(here: base.DatabaseWrapper, what: str, table: str = "noted") -> None:
    ask(here, f"INSERT INTO {table} VALUES (%s)", [what])


def divide_by_zero(here: base.DatabaseWrapper) -> None:
    with pytest.raises(DatabaseError, match="division by zero"):
        ask(here, "SELECT 1/0")


def interrupted() -> AbstractContextManager[None]:
    return suppress(InterruptedError)


def noted(here: base.DatabaseWrapper) -> list[str]:
    return list(ask(here, "SELECT array_agg(what ORDER BY what) FROM noted") or [])


def test_a_transaction_that_asks_nothing_sends_nothing(
    other: base.DatabaseWrapper, messages: list[str]
) -> None:
    with atomic(OTHER), atomic(OTHER):
        other.send_ahead(SETTING)
    assert messages == []


def test_begin_savepoint_and_settings_go_with_the_first_statement(
    other: base.DatabaseWrapper, messages: list[str]
) -> None:
    with atomic(OTHER), atomic(OTHER):
        savepoint = other.savepoint_ids[0]
        other.send_ahead(SETTING)
        assert ask(other, f"SELECT {READ}") == "7"
    assert messages == [f'BEGIN; SAVEPOINT "{savepoint}"; {SETTING}; SELECT {READ}', "COMMIT"]
    assert ask(other, f"SELECT {READ}") == ""


def test_a_savepoint_around_nothing_is_not_made(other: base.DatabaseWrapper, messages: list[str]) -> None:
    with atomic(OTHER):
        with atomic(OTHER):
            pass
        ask(other, "SELECT 1")
    assert messages == ["BEGIN; SELECT 1", "COMMIT"]


def test_a_savepoint_with_nothing_but_settings_in_it_keeps_them(other: base.DatabaseWrapper) -> None:
    with atomic(OTHER):
        with atomic(OTHER):
            other.send_ahead(SETTING)
        assert ask(other, f"SELECT {READ}") == "7"


def test_a_percent_sign_stays_one(other: base.DatabaseWrapper) -> None:
    with atomic(OTHER):
        assert ask(other, "SELECT '100%'") == "100%"
    with atomic(OTHER):
        assert ask(other, "SELECT %s || '%%'", ["100"]) == "100%"


def test_an_inner_block_that_fails_takes_back_what_it_did_and_no_more(other: base.DatabaseWrapper) -> None:
    with atomic(OTHER):
        note(other, "before")
        with interrupted(), atomic(OTHER):
            note(other, "within")
            with atomic(OTHER):
                note(other, "deeper")
            raise InterruptedError
        with interrupted(), atomic(OTHER):
            raise InterruptedError
        note(other, "after")
    assert noted(other) == ["after", "before"]


def test_a_statement_that_fails_in_an_inner_block_leaves_the_outer_one_in_order(
    other: base.DatabaseWrapper,
) -> None:
    with atomic(OTHER):
        note(other, "x", "once")
        with pytest.raises(IntegrityError), atomic(OTHER):
            note(other, "x", "once")
        note(other, "after")
    assert noted(other) == ["after"]


def test_a_failure_that_was_swallowed_within_a_block_comes_up_at_its_end(other: base.DatabaseWrapper) -> None:
    with atomic(OTHER):
        note(other, "before")
        with pytest.raises(DatabaseError, match="aborted"), atomic(OTHER):
            divide_by_zero(other)
        note(other, "after")
    assert noted(other) == ["after", "before"]


def test_a_whole_block_that_fails_is_taken_back(other: base.DatabaseWrapper) -> None:
    with interrupted(), atomic(OTHER):
        note(other, "never")
        raise InterruptedError
    assert noted(other) == []


def test_what_is_found_at_the_commit_is_raised_and_taken_back(other: base.DatabaseWrapper) -> None:
    with pytest.raises(IntegrityError), atomic(OTHER):
        ask(other, "INSERT INTO noted VALUES ('twice'), ('twice')")
    with atomic(OTHER):
        note(other, "later")
    assert noted(other) == ["later"]


def test_after_a_message_that_nobody_can_read_nothing_runs_outside_of_a_transaction(
    other: base.DatabaseWrapper,
) -> None:
    with suppress(InterfaceError), atomic(OTHER):
        with pytest.raises(ProgrammingError, match="syntax error"):
            ask(other, "SELEC 1")
        with pytest.raises(InterfaceError, match="closed"):
            note(other, "outside")
    assert not other.is_usable()


def _executemany(here: base.DatabaseWrapper) -> Any:
    with here.cursor() as cursor:
        cursor.executemany(f"INSERT INTO noted VALUES ({READ} || %s)", [["a"], ["b"]])
    return noted(here)[0].removesuffix("a")


def _callproc(here: base.DatabaseWrapper) -> Any:
    with here.cursor() as cursor:
        cursor.callproc("current_setting", ["app.user_id"])
        return cursor.fetchone()[0]


def _copy(here: base.DatabaseWrapper) -> Any:
    with here.cursor() as cursor:
        cursor.copy_expert(f"COPY (SELECT {READ}) TO STDOUT", into := StringIO())
    return into.getvalue().strip()


def _named(here: base.DatabaseWrapper) -> Any:
    with here.create_cursor("by_name") as cursor:
        cursor.execute(f"SELECT {READ}")
        return cursor.fetchone()[0]


def _bytes(here: base.DatabaseWrapper) -> Any:
    with here.connection.cursor() as cursor:
        cursor.execute(f"SELECT {READ}".encode())
        return cursor.fetchone()[0]


@pytest.mark.parametrize("way", [_executemany, _callproc, _copy, _named, _bytes])
def test_no_way_to_the_database_leads_past_what_waits(
    other: base.DatabaseWrapper, way: Callable[[base.DatabaseWrapper], Any]
) -> None:
    with atomic(OTHER):
        other.send_ahead(SETTING)
        assert way(other) == "7"


def test_a_connection_is_known_to_be_alive_without_a_question(
    other: base.DatabaseWrapper, messages: list[str]
) -> None:
    assert other.is_usable()
    assert messages == []


def test_a_connection_that_the_server_has_closed_is_replaced(other: base.DatabaseWrapper) -> None:
    process = ask(other, "SELECT pg_backend_pid()")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
    assert not other.is_usable()
    other.health_check_enabled, other.health_check_done = True, False
    with atomic(OTHER):
        assert ask(other, "SELECT pg_backend_pid()") != process


@pytest.mark.parametrize("part", ["1'; DROP TABLE identity_user", "", "**", "1, 2"])
def test_a_scope_is_made_of_ids(db: None, part: str) -> None:
    for scope in ({"tenant_id": part}, {"tenant_id": 1, "account_id": part}):
        with pytest.raises(ValueError, match="invalid literal"), acting(**scope):  # type: ignore[arg-type]
            pass
