"""The embedded servers, with real processes in throw-away folders."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest

from portal.config.environment import database
from portal.core.services import embedded, lock, places
from portal.core.services.embedded import Embedded
from portal.core.services.errors import ServiceError
from portal.core.services.postgres import APP, OWNER
from portal.core.services.process import is_alive
from portal.core.services.supervisor import Supervisor

pytestmark = pytest.mark.processes

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 30


@pytest.fixture
def var(tmp_path):
    # pytest's own folders are closed to others; the server of a root user would move out of them.
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o755)
    return tmp_path / "var"


def connect(url):
    settings = database(url)
    return psycopg2.connect(
        host=settings["HOST"], user=settings["USER"], password=settings["PASSWORD"], dbname=settings["NAME"]
    )


def rows(url, statement):
    connection = connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()
    finally:
        connection.close()


def beside(var, *command, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "portal.core.services", "--scratch", "--folder", str(var), "--", *command],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.endswith("_URL")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def wait_for(condition):
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def server_pid(var):
    return int((var / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def test_a_new_folder_gets_the_two_roles_and_their_database(var):
    servers = Embedded(var, {}, scratch=True)
    with Supervisor(say=print) as supervisor:
        assert servers.start(supervisor) is True
        environment = servers.environment()
        owner, app = environment["DATABASE_OWNER_URL"], environment["DATABASE_URL"]
        roles = (
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname LIKE 'portal_%'"
            " ORDER BY rolname"
        )
        assert rows(app, roles) == [(APP, False, False, False), (OWNER, False, False, True)]
        assert rows(owner, "SELECT extname FROM pg_extension ORDER BY extname") == [
            ("btree_gist",), ("pg_trgm",), ("plpgsql",), ("unaccent",)
        ]  # fmt: skip
        assert rows(app, "SELECT pg_get_userbyid(datdba), datlocprovider, datlocale FROM pg_database"
                    " WHERE datname = current_database()") == [(OWNER, "b", "C.UTF-8")]  # fmt: skip
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            rows(app, "CREATE TABLE public.mine ()")
        assert servers.valkey.ready()
        pid = server_pid(var)
    assert not is_alive(pid)
    assert not servers.valkey.ready()


def test_a_second_start_keeps_the_data_and_the_passwords(var):
    first = Embedded(var, {}, scratch=True)
    with Supervisor(say=print) as supervisor:
        first.start(supervisor)
        connection = connect(first.environment()["DATABASE_OWNER_URL"])
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE kept AS SELECT 7 AS number")
        connection.close()
    second = Embedded(var, {}, scratch=True)
    with Supervisor(say=print) as supervisor:
        assert second.start(supervisor) is False
        assert second.environment() == first.environment()
        assert rows(second.environment()["DATABASE_OWNER_URL"], "SELECT number FROM kept") == [(7,)]


def test_secrets_can_be_read_by_their_owner_alone(var):
    Embedded(var, {}).environment()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (var / "secrets").iterdir()}
    assert modes == {"secret_key": 0o600, APP: 0o600, OWNER: 0o600}


def test_the_command_runs_beside_the_servers_and_its_exit_code_comes_back(var):
    run = beside(var, "sh", "-c", 'test -n "$DATABASE_URL" && test -n "$REDIS_URL" && exit 7')
    assert run.wait(SECONDS) == 7
    assert not (var / "postgres" / "postmaster.pid").exists()


def test_killing_the_parent_leaves_nothing_behind_and_the_next_start_is_normal(var):
    run = beside(var, "sh", "-c", f"echo $$ > {var}/command.pid; exec sleep 300")
    wait_for(lambda: (var / "command.pid").exists() and (var / "command.pid").read_text().strip())
    pids = [server_pid(var), int((var / "command.pid").read_text())]
    assert all(is_alive(pid) for pid in pids)
    run.kill()
    run.communicate()
    assert beside(var, "true").wait(SECONDS) == 0
    assert not any(is_alive(pid) for pid in pids)


def test_a_lock_file_that_names_some_other_process_is_no_hindrance(var):
    assert beside(var, "true").wait(SECONDS) == 0
    other = subprocess.Popen(["sleep", "300"])
    try:
        (var / "postgres" / "postmaster.pid").write_text(f"{other.pid}\n{var / 'postgres'}\n")
        assert beside(var, "true").wait(SECONDS) == 0
    finally:
        other.kill()
        other.wait()


def test_a_second_run_in_the_same_folder_is_refused_in_one_sentence(var):
    run = beside(var, "sh", "-c", f"touch {var}/up; exec sleep 300")
    wait_for((var / "up").exists)
    refused = beside(var, "true")
    _, said = refused.communicate(timeout=SECONDS)
    assert refused.returncode == 1
    assert said == f"The portal already runs from this folder (process {run.pid}): stop it first.\n"
    run.send_signal(signal.SIGINT)
    assert run.wait(SECONDS) == 130


def test_data_of_another_major_version_is_refused_in_one_sentence(var):
    assert beside(var, "true").wait(SECONDS) == 0
    (var / "postgres" / "PG_VERSION").write_text("17\n")
    refused = beside(var, "true")
    _, said = refused.communicate(timeout=SECONDS)
    assert refused.returncode == 1
    assert said == (
        f"{var}/postgres was made by PostgreSQL 17, but PostgreSQL 18 is installed:"
        " docs/operations.md says how to move the data, `make clean` starts anew.\n"
    )


def test_lost_passwords_are_named(var):
    assert beside(var, "true").wait(SECONDS) == 0
    (var / "secrets" / "postgres").unlink()
    refused = beside(var, "true")
    _, said = refused.communicate(timeout=SECONDS)
    assert refused.returncode == 1
    assert said == (
        f"{var}/secrets doesn't hold the password of {var}/postgres: restore both, or run `make clean`.\n"
    )


def test_addresses_in_the_environment_take_the_place_of_the_servers(var):
    external = {
        "DATABASE_URL": "postgres://app@db/portal",
        "DATABASE_OWNER_URL": "postgres://owner@db/portal",
        "REDIS_URL": "redis://cache/0",
        "SECRET_KEY": "x",
    }
    servers = Embedded(var, external)
    assert (servers.postgres, servers.valkey, servers.environment()) == (None, None, {})


def test_a_database_without_its_owner_role_is_refused(var):
    with pytest.raises(ServiceError, match="set DATABASE_OWNER_URL too"):
        Embedded(var, {"DATABASE_URL": "postgres://app@db/portal"})


def test_commands_find_the_servers_only_of_a_folder_that_was_used(var):
    environ = {}
    embedded.adopt(var, environ)
    assert environ == {}
    servers = Embedded(var, {}).environment()
    embedded.adopt(var, environ)
    assert environ == servers


def test_a_full_disk_is_told_before_anything_starts(var, monkeypatch):
    monkeypatch.setattr(embedded, "_SPACE_NEEDED", 1 << 60)
    with pytest.raises(
        ServiceError, match=r"The disk that holds .*/var has \d+ MB left, and the portal needs"
    ):
        Embedded(var, {}).check_space()


def test_a_long_path_gets_a_socket_folder_within_the_limit(tmp_path):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    folder = places.socket_folder(deep, "valkey", None)
    try:
        assert len(str(folder / ".s.PGSQL.5432.lock")) <= 103
        assert folder.stat().st_mode & 0o777 == 0o700
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(folder / "valkey.sock"))
    finally:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def test_what_an_earlier_run_left_is_waited_for_and_then_named(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "_PATIENCE", 0.2)
    held = lock.RunLock(tmp_path / "lock")
    held.acquire(2**22 + 1)  # above the highest process number, so nobody's
    with pytest.raises(ServiceError, match="Processes of an earlier run still hold"):
        lock.RunLock(tmp_path / "lock").acquire(os.getpid())
