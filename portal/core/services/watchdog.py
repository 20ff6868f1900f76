"""Ends a supervisor's children when the supervisor itself was killed.

Linux does this in the kernel (see :mod:`.process`); elsewhere the supervisor starts this module as a
process and holds the other end of its standard input. Each line names a child, ``+pid signal``, or takes
one off the list, ``-pid``. The end of the input means that the supervisor is gone.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable

from portal.core.services.process import is_alive

_GRACE = 15.0


class Watchdog:
    """The supervisor's end of the line."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )

    def add(self, pid: int, number: signal.Signals) -> None:
        self._write(f"+{pid} {int(number)}")

    def remove(self, pid: int) -> None:
        self._write(f"-{pid}")

    def close(self) -> None:
        self._process.communicate()

    def _write(self, line: str) -> None:
        stdin = self._process.stdin
        if stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                stdin.write(line + "\n")
                stdin.flush()


def watch(lines: Iterable[str]) -> dict[int, int]:
    """Read until the supervisor is gone; the children left, with the signal that ends each."""
    children: dict[int, int] = {}
    for line in lines:
        if line.startswith("+"):
            pid, number = line[1:].split()
            children[int(pid)] = int(number)
        elif line.startswith("-"):
            children.pop(int(line[1:]), None)
    return children


def end(children: dict[int, int]) -> None:
    """Signal the children, the last started first, and kill the groups that stay."""
    deadline = time.monotonic() + _GRACE
    for pid in reversed(children):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, children[pid])
    while any(is_alive(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in children:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    end(watch(sys.stdin))
