"""Databases for measuring, beside the portal's own on the same server.

Each scale has a filled database that is kept between runs; a run works on a copy of it, so that
every run starts from the same rows.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import psycopg2
from psycopg2 import sql
from psycopg2.errors import InsufficientPrivilege

from portal.config import environment
from portal.core.services.process import is_alive

ROOT = Path(__file__).resolve().parent.parent
EMPTY = "bench_portal_empty"
_RUN = "_run_"
_PATIENCE = 60
"""Seconds."""
_EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")
_FILLED_BY = ("bench/load.py", "bench/vendors.py", "bench/rows.py", "bench/bulk.py")


class Database(NamedTuple):
    """A database with ``scale`` incidents."""

    name: str
    scale: int

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that works on this database, and shares no cache with others."""
        return {
            **os.environ,
            "DATABASE_URL": _renamed(os.environ["DATABASE_URL"], self.name),
            "DATABASE_OWNER_URL": _renamed(os.environ["DATABASE_OWNER_URL"], self.name),
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "BENCH_KEYS": self.name,
            "DEBUG": "0",
            "API_RATE": "100000000/min",
            "LOG_LEVEL": "ERROR",
            "STATIC_ROOT": str(ROOT / "var" / "bench" / "static"),
            "FILES_DIR": str(ROOT / "var" / "bench" / "files"),
        }


def filled(scale: int) -> Database:
    """The database with ``scale`` incidents; made, unless it is there already."""
    database = Database(f"bench_portal_{scale}", scale)
    mark = f"{scale} incidents, {_digest([ROOT / source for source in _FILLED_BY])}, {_schema()}"
    if _comment(database.name) != mark:
        _make(database, template=_migrated().name)
        run(database, "-m", "bench.load", str(scale), owner=True)
        run(database, "-m", "bench.forget")
        _set_comment(database.name, mark)
    return database


@contextmanager
def copy_of(original: Database) -> Iterator[Database]:
    """A copy to work on; dropped at the end, with what it left in Redis."""
    _drop_left_copies()
    copy = original._replace(name=f"{original.name}{_RUN}{os.getpid()}")
    _make(copy, template=original.name)
    try:
        yield copy
    finally:
        run(copy, "-m", "bench.forget")
        with _server() as cursor:
            _drop(cursor, copy.name)


def _migrated() -> Database:
    """The empty database that the filled ones are made from."""
    database = Database(EMPTY, 0)
    mark = _schema()
    if _comment(database.name) != mark:
        _make(database, template="template1")
        with connected(database) as cursor:
            for extension in _EXTENSIONS:
                cursor.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        run(database, "manage.py", "migrate", "--verbosity", "0", owner=True)
        _set_comment(database.name, mark)
    return database


def run(database: Database, *arguments: str, owner: bool = False) -> None:
    """Run Python on this database in a process of its own.

    :raises subprocess.CalledProcessError: when it fails; what it printed is on the terminal.
    """
    environ = {**database.environment, "DATABASE_ROLE": "owner"} if owner else database.environment
    subprocess.run([sys.executable, *arguments], env=environ, cwd=ROOT, check=True)


@contextmanager
def connected(database: Database) -> Iterator[Any]:
    """A cursor of the tables' owner, who sees every row."""
    with _cursor(database.environment["DATABASE_OWNER_URL"]) as cursor:
        yield cursor


@contextmanager
def _server() -> Iterator[Any]:
    with _cursor(_renamed(os.environ["DATABASE_OWNER_URL"], "postgres")) as cursor:
        yield cursor


@contextmanager
def _cursor(url: str) -> Iterator[Any]:
    parts = environment.database(url)
    connection = psycopg2.connect(
        dbname=parts["NAME"],
        user=parts["USER"],
        password=parts["PASSWORD"],
        host=parts["HOST"] or None,
        port=parts["PORT"] or None,
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def _renamed(url: str, name: str) -> str:
    return urlsplit(url)._replace(path="/" + quote(name)).geturl()


def _make(database: Database, *, template: str) -> None:
    with _server() as cursor:
        _drop(cursor, database.name)
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(database.name), sql.Identifier(template)
            )
        )


def _drop_left_copies() -> None:
    """Those of runs that were killed."""
    with _server() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = current_user AND datname ~ %s",
            [f"^bench_portal_[0-9]+{_RUN}[0-9]+$"],
        )
        for (name,) in cursor.fetchall():
            if not is_alive(int(name.rpartition(_RUN)[2])):
                _drop(cursor, name)


def _drop(cursor: Any, name: str) -> None:
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    for _ in range(_PATIENCE):
        try:
            cursor.execute(drop)
        except InsufficientPrivilege:  # the server itself tidies up there, which we may not end
            sleep(1)
        else:
            return
    cursor.execute(drop)


def _comment(name: str) -> str | None:
    with _server() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _set_comment(name: str, text: str) -> None:
    with _server() as cursor:
        cursor.execute(sql.SQL("COMMENT ON DATABASE {} IS %s").format(sql.Identifier(name)), [text])


def _schema() -> str:
    return _digest([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/*/migrations/*.py")])


def _digest(sources: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for source in sorted(sources):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
