"""A portal of its own whose servers, workers and sweeps can be killed one by one."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_server
from typing import Any

import psycopg2
from django.db import connection

from portal.config import environment
from portal.core.services.embedded import Embedded
from portal.core.services.process import Program, spawn, stop
from tests.pages.running import ROOT, wait_for

PATIENCE = 30.0
"""Seconds within which everything has to be as it should after the worst of it; mostly it takes three."""
PROCESSES = ("beat", "worker", "web")
# A process that sweeps from when it is told to until nothing is due. It may be given lines that make it bad.
SWEEP = """
import sys, time
import django
django.setup()
from django.utils import timezone
from incidents.alerts import sweep
from incidents.models import Clock
from portal.core.tenancy import EVERY_ACCOUNT, acting
sweep.BATCH = int(sys.argv[1])
exec(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
handled = 0
while sweep._due():
    handled += sweep.alert_due()
    time.sleep(0.01)
print(handled, flush=True)
"""


class Site:
    """PostgreSQL and Valkey in a folder of their own, and the processes that are started on them."""

    def __init__(self, folder: Path) -> None:
        base = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        self._embedded = Embedded(folder, base)
        postgres, valkey = self._embedded.postgres, self._embedded.valkey
        assert postgres is not None
        assert valkey is not None
        self._postgres, self.valkey, self._folder = postgres, valkey, folder
        self._running: dict[str, tuple[subprocess.Popen[bytes], Program]] = {}
        self._owner_url = self._embedded.environment()["DATABASE_OWNER_URL"]
        self.environment = {
            **base,
            **self._embedded.environment(),
            "DJANGO_SETTINGS_MODULE": "portal.config.settings",
            "SMTP_URL": "smtp://127.0.0.1:9",  # nobody listens: mails wait in their rows
            "FILES_DIR": str(folder / "files"),
        }
        self.port = 0

    def start(self) -> None:
        self._postgres.prepare()
        self.start_postgres()
        self._postgres.provision()
        self.start_valkey()
        self.manage("migrate", "--no-input")

    def end(self) -> None:
        self.kill(*PROCESSES)
        for name in [*reversed(self._running)]:
            self.stop(name)

    # The servers.

    def start_postgres(self) -> None:
        self._start("PostgreSQL", self._postgres.program())
        wait_for(self._postgres.ready, "PostgreSQL")

    def start_valkey(self) -> None:
        self._start("Valkey", self.valkey.program())
        wait_for(self.valkey.ready, "Valkey")

    # What runs on them.

    def start_portal(self) -> None:
        """What doesn't run yet of a worker, a beat and a web server."""
        for name, start in (
            ("web", self.start_web),
            ("worker", self.start_worker),
            ("beat", self.start_beat),
        ):
            if name not in self._running:
                start()

    def restart_the_dead(self) -> None:
        """As ``make run`` and the composition do: a worker that holds messages ends with its broker."""
        for name in PROCESSES:
            if name in self._running and self._running[name][0].poll() is not None:
                self.kill(name)
        self.start_portal()

    def start_worker(self, name: str = "worker") -> None:
        options = ("--concurrency", "2", "--without-gossip", "--without-mingle")
        self._python(name, "-m", "celery", "-q", "-A", "portal.config", "worker", "-n", name, *options)

    def start_beat(self, name: str = "beat") -> None:
        options = ("--schedule", str(self._folder / name), "--pidfile", "")
        self._python(name, "-m", "celery", "-q", "-A", "portal.config", "beat", *options)

    def start_web(self) -> None:
        with create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self._python("web", "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", DEBUG="1")
        wait_for(lambda: self.ask("/healthz")[0] == 200, "the web server")

    def ask(self, path: str, label: str = "acme") -> tuple[int, str]:
        """The status and the page; 0 where nobody answers."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers={"Host": f"{label}.localhost"}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def stop(self, name: str) -> None:
        process, program = self._running.pop(name)
        stop(process, program, hurry=lambda: False)

    def kill(self, *names: str) -> None:
        """``kill -9`` for those of them that run, and their children."""
        for name in names:
            if name in self._running:
                process, _ = self._running.pop(name)
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def sweeper(self, *, batch: int = 500, bad: str = "") -> "Sweeper":
        return Sweeper(self.environment, str(batch), bad)

    # The database.

    @contextmanager
    def connected(self) -> Iterator[None]:
        """This process reads and writes in the site's database, as the role that serves requests."""
        parts = environment.database(self.environment["DATABASE_URL"])
        own = {key: parts[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT") if key in parts}
        before = {key: connection.settings_dict[key] for key in own}
        connection.close()
        connection.settings_dict.update(own)
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict.update(before)

    @contextmanager
    def owner(self) -> Iterator[Any]:
        """A cursor of the tables' owner; the transaction ends with the block."""
        owner = psycopg2.connect(self._owner_url)
        try:
            with owner, owner.cursor() as cursor:
                yield cursor
        finally:
            owner.close()

    @contextmanager
    def nobody_writes(self, table: str) -> Iterator[Callable[[], int | None]]:
        """Whoever writes into the table waits until the block ends; the function tells who waits."""
        with self.owner() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")

            def waits() -> int | None:
                cursor.execute(
                    "SELECT pid FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table]
                )
                found = cursor.fetchone()
                return found[0] if found else None

            yield waits

    def wait_until_gone(self, backend: int) -> None:
        """The server's process ends its transaction when it sees that its client is dead."""

        def gone() -> bool:
            with self.owner() as cursor:
                cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [backend])
                return cursor.fetchone() is None

        wait_for(gone, "the end of a dead client's transaction")

    def _python(self, name: str, *arguments: str, **added: str) -> None:
        program = Program(
            name=name,
            argv=(sys.executable, *arguments),
            environment={**self.environment, **added},
            folder=ROOT,
            log=self._folder / "log" / f"{name}.log",
            grace=3.0,
        )
        self._start(name, program)

    def _start(self, name: str, program: Program) -> None:
        self._running[name] = spawn(program), program


class Sweeper:
    """One sweep as a process of its own."""

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", SWEEP, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment,
        )  # fmt: skip

    def wait_until_ready(self) -> None:
        assert self.says() == "ready"

    def go(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def says(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def handled(self) -> int:
        """How many clocks had come to a step; waits for its end."""
        handled = int(self.says())
        self.kill()
        return handled

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def soon(find: Callable[[], bool], within: float = PATIENCE) -> bool:
    """Whether it comes to be within so many seconds."""
    until = time.monotonic() + within
    while not find():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True
