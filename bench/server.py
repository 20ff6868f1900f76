"""The web server that is measured: gunicorn, as the portal runs it, on the bench's settings."""

import http.client
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.databases import ROOT, Database
from bench.figures import Failed
from portal.core.services.process import Program, last_lines, spawn, stop

_START_SECONDS = 60.0


@contextmanager
def serving(database: Database, *, workers: int = 1, threads: int = 1) -> Iterator[int]:
    """Serve on 127.0.0.1; gives the port.

    One worker with one thread makes every request's CPU time its own; more are for load.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        log = ROOT / "var" / "bench" / f"server-{database.scale}.log"
        program = Program(
            name="Web server",
            argv=(
                sys.executable, "-m", "gunicorn", "bench.wsgi",
                "--bind", f"fd://{listener.fileno()}",
                "--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads),
                "--keep-alive", "60", "--no-control-socket", "--log-level", "warning",
            ),
            environment=database.environment,
            log=log,
            folder=ROOT,
            pass_fds=(listener.fileno(),),
        )  # fmt: skip
        process = spawn(program)
        try:
            port = listener.getsockname()[1]
            _wait(port, lambda: process.poll() is not None)
            yield port
        except Failed as failed:
            raise Failed(f"{failed}\n{last_lines(log)}") from None
        finally:
            stop(process, program, hurry=lambda: False)


def _wait(port: int, is_dead: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and not is_dead():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_START_SECONDS)
        try:
            connection.request("GET", "/floor/nothing/", headers={"Host": "localhost"})
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise Failed("The web server does not answer.")
