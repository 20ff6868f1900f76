"""PostgreSQL as a child process, on a unix socket only, with the portal's two roles and its database."""

import contextlib
import locale
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from portal.core.services import places
from portal.core.services.errors import ServiceError
from portal.core.services.private import make_folder, secret
from portal.core.services.process import Identity, Program, command_of

DATABASE = "portal"
OWNER = "portal_owner"
APP = "portal_app"
_EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")
_BUILTIN_LOCALES_SINCE = 17


class Postgres:
    """One data folder and the server on it.

    :param var: the folder for everything that the portal writes.
    :param settings: server settings that differ from PostgreSQL's own.
    """

    def __init__(self, var: Path, secrets: Path, settings: Mapping[str, str] | None = None) -> None:
        self._var = var
        self._secrets = secrets
        self._settings = dict(settings or {})
        self._identity: Identity | None = places.server_identity(var / "postgres")
        self.home = places.server_home(var, self._identity)
        self.data = self.home / "postgres"
        self._socket = places.socket_folder(self.home, "postgres", self._identity)

    def url(self, role: str) -> str:
        """The address of the database for ``role`` (OWNER or APP), password included."""
        return (
            f"postgres://{role}:{self._password(role)}@/{DATABASE}?host={quote(str(self._socket), safe='/')}"
        )

    def prepare(self) -> bool:
        """Make the data folder where there is none yet; whether it is new.

        :raises ServiceError: when it can't be made, or belongs to another version or user.
        """
        binaries = places.postgres_binaries(self.home, self._identity)
        if self.home != self._var:
            _link(self._var / "postgres", self.data)
        if self._exists():
            self._check(binaries)
            self._remove_stale_lock()
            return False
        self._initialise(binaries)
        return True

    def program(self) -> Program:
        binaries = places.postgres_binaries(self.home, self._identity)
        arguments = [str(binaries / "postgres"), "-D", str(self.data), "-k", str(self._socket), "-h", ""]
        for name, value in self._settings.items():
            arguments += ["-c", f"{name}={value}"]
        return Program(
            name="PostgreSQL",
            argv=tuple(arguments),
            environment={"PATH": os.defpath, "TZ": "UTC"},
            stop_signal=signal.SIGINT,  # the fast shutdown: it ends its clients and writes all down
            grace=20.0,
            log=self._var / "log" / "postgres.log",
            identity=self._identity,
            folder=Path("/"),
        )

    def ready(self) -> bool:
        try:
            with self._connected("postgres"):
                return True
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error):
                raise ServiceError(
                    f"{self._secrets} doesn't hold the password of {self.data}:"
                    " restore both, or run `make clean`."
                ) from error
            return False

    def provision(self) -> None:
        """Make the two roles, the database and its extensions, where they are missing."""
        with self._connected("postgres") as cursor:
            for role, attributes in ((OWNER, "CREATEDB"), (APP, "NOCREATEDB")):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                verb = "ALTER" if cursor.fetchone() else "CREATE"
                statement = f"{verb} ROLE {{}} LOGIN NOSUPERUSER NOBYPASSRLS {attributes} PASSWORD {{}}"
                cursor.execute(
                    sql.SQL(statement).format(sql.Identifier(role), sql.Literal(self._password(role)))
                )
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )
        with self._connected(DATABASE) as cursor:
            for extension in _EXTENSIONS:
                cursor.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))

    def _password(self, role: str) -> str:
        return secret(self._secrets, role)

    @contextlib.contextmanager
    def _connected(self, database: str) -> "Iterator[psycopg2.extensions.cursor]":
        connection = psycopg2.connect(
            host=str(self._socket),
            user="postgres",
            password=self._password("postgres"),
            dbname=database,
            connect_timeout=5,
        )
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def _exists(self) -> bool:
        if not self.data.exists():
            return False
        if os.geteuid() not in {0, self.data.stat().st_uid}:
            raise ServiceError(
                f"{self.data} belongs to another user: start as that user, or run `make clean`."
            )
        return True

    def _check(self, binaries: Path) -> None:
        made_by = int((self.data / "PG_VERSION").read_text())
        installed = _major(binaries)
        if made_by != installed:
            raise ServiceError(
                f"{self.data} was made by PostgreSQL {made_by}, but PostgreSQL {installed} is installed:"
                " docs/operations.md says how to move the data, `make clean` starts anew."
            )

    def _initialise(self, binaries: Path) -> None:
        make_folder(self.home, 0o711)
        unfinished = self.data.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        places.give(unfinished, self._identity)
        read_end, write_end = os.pipe()
        if self._identity:
            os.fchown(read_end, self._identity.uid, self._identity.gid)
        os.write(write_end, self._password("postgres").encode() + b"\n")
        os.close(write_end)
        try:
            done = subprocess.run(
                [
                    str(binaries / "initdb"),
                    "-D",
                    str(unfinished),
                    "-U",
                    "postgres",
                    "-A",
                    "scram-sha-256",
                    f"--pwfile=/dev/fd/{read_end}",
                    "-E",
                    "UTF8",
                    "--no-instructions",
                    *_locale_options(binaries),
                ],
                pass_fds=(read_end,),
                env={"PATH": os.defpath},
                cwd="/",
                user=self._identity.uid if self._identity else None,
                group=self._identity.gid if self._identity else None,
                extra_groups=[] if self._identity else None,
                start_new_session=True,
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            os.close(read_end)
        if done.returncode:
            shutil.rmtree(unfinished, ignore_errors=True)
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise ServiceError(f"PostgreSQL's data folder {self.data} can't be made: {reason}")
        unfinished.rename(self.data)

    def _remove_stale_lock(self) -> None:
        """PostgreSQL trusts a lock file whose number some other process has meanwhile: look closer."""
        lock = self.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            pid = int(lock.read_text().splitlines()[0])
            if str(self.data) not in command_of(pid):
                lock.unlink()


def _locale_options(binaries: Path) -> list[str]:
    """Sort order and case rules that are the same on every system; letters as the system knows them."""
    if _major(binaries) < _BUILTIN_LOCALES_SINCE:
        return ["--locale=C"]
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "UTF-8", "en_US.UTF-8", "C"):
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                break
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", f"--lc-ctype={name}"]


def _major(binaries: Path) -> int:
    answer = subprocess.run(
        [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"(\d+)", answer.stdout)
    if not found:
        raise ServiceError(f"{binaries / 'postgres'} doesn't run here: {answer.stderr.strip()}")
    return int(found[1])


def _link(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)
