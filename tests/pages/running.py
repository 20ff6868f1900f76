"""The whole portal as ``make run`` starts it: database, broker, web server, worker, beat, mail catcher."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_server
from typing import TypeVar

from portal.core.mailcatcher import mailbox

ROOT = Path(__file__).resolve().parents[2]
READY = "Ctrl-C stops everything."
SECONDS = 120
Found = TypeVar("Found")


def wait_for(find: Callable[[], Found], what: str) -> Found:
    until = time.monotonic() + SECONDS
    while not (found := find()):
        assert time.monotonic() < until, f"{what} did not come within {SECONDS} seconds"
        time.sleep(0.1)
    return found


@dataclass
class Running:
    port: int
    folder: Path
    said: Path
    """What it prints: the address, and the people of the demo."""

    def address(self, label: str, path: str = "/") -> str:
        return f"http://{label}.localhost:{self.port}{path}"

    def mail_to(self, email: str, subject: str) -> mailbox.Mail:
        """The first mail to somebody with these words in its subject; waits until it is there."""

        def find() -> mailbox.Mail | None:
            kept = mailbox.newest(self.folder / "mail", limit=100)
            return next((m for m in kept if m.recipients == email and subject in m.subject), None)

        return wait_for(find, f"a mail to {email} about {subject}")


@contextmanager
def running_portal(folder: Path, *arguments: str, **environment: str) -> Iterator[Running]:
    """``manage.py up`` with these arguments and settings, until the end of the ``with``.

    :param folder: where everything is kept; what the portal says goes to a file beside it.
    """
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    said = folder.with_suffix(".said")
    with said.open("w") as log:
        run = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--folder", str(folder), *arguments],
            cwd=ROOT,
            env={**kept, "PORT": str(port), "WEB_CONCURRENCY": "1", **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(lambda: READY in said.read_text() or run.poll() is not None, "the portal")
        assert run.poll() is None, said.read_text()
        yield Running(port, folder, said)
    finally:
        run.send_signal(signal.SIGINT)
        run.wait(SECONDS)
