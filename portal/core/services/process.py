"""Child processes that end in good order and never outlive their parent."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from portal.core.services.errors import ServiceError

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PROC = Path("/proc") if sys.platform == "linux" else None
_LOG_LIMIT = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Identity:
    """The user and group that a server runs as."""

    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """One process to run.

    :param stop_signal: asks it to end in good order; sent too when its parent dies.
    :param grace: seconds it may take for that before it is killed.
    :param log: where its output goes; to the terminal where none is given.
    :param pass_fds: open files that it inherits under the same numbers.
    """

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    log: Path | None = None
    identity: Identity | None = None
    folder: Path | None = None
    pass_fds: tuple[int, ...] = ()


def spawn(program: Program) -> subprocess.Popen[bytes]:
    """Start ``program`` in a session of its own, so that Ctrl-C reaches the parent alone.

    :raises ServiceError: when it can't be started.
    """
    identity = program.identity
    with _output(program.log) as output:
        try:
            return subprocess.Popen(
                program.argv,
                env=dict(program.environment),
                cwd=program.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                pass_fds=program.pass_fds,
                start_new_session=True,
                user=identity.uid if identity else None,
                group=identity.gid if identity else None,
                extra_groups=[] if identity else None,
                preexec_fn=_tied_to_parent(program.stop_signal),
            )
        except OSError as error:
            raise ServiceError(f"{program.name} can't be started: {error}.") from error


def stop(process: subprocess.Popen[bytes], program: Program, *, hurry: Callable[[], bool]) -> None:
    """Ask ``process`` to end, and kill what is left of its group after its grace, or when in a ``hurry``."""
    if process.poll() is None:
        _signal(process.pid, program.stop_signal)
        deadline = time.monotonic() + program.grace
        while process.poll() is None and time.monotonic() < deadline and not hurry():
            time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def is_alive(pid: int) -> bool:
    """Whether the process still runs; one that only waits to be reaped doesn't."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _ask(pid, "stat").startswith("Z")


def command_of(pid: int) -> str:
    """The command line of a process; empty where there is no such process."""
    return _ask(pid, "args")


def _ask(pid: int, column: str) -> str:
    """A column of ``ps``; on Linux from /proc, since a small container may have no ps."""
    with contextlib.suppress(OSError):
        if _PROC and column == "args":
            return (_PROC / str(pid) / "cmdline").read_text(errors="replace").replace("\0", " ")
        if _PROC:
            return (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(") ")[2]
        answer = subprocess.run(["ps", "-o", f"{column}=", "-p", str(pid)], capture_output=True, check=False)
        return answer.stdout.decode(errors="replace").strip()
    return ""


def last_lines(log: Path, count: int = 5) -> str:
    """The end of a log file, for a message about why its program died."""
    with contextlib.suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    return ""


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _tied_to_parent(number: signal.Signals) -> Callable[[], None] | None:
    """On Linux the kernel sends ``number`` to the child when this process dies, however it dies.

    Runs after the change of user, which would clear it. Elsewhere :mod:`.watchdog` does it.
    """
    libc = _libc
    if libc is None:
        return None
    parent = os.getpid()

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), number)

    return tie


@contextlib.contextmanager
def _output(log: Path | None) -> Iterator[IO[bytes] | None]:
    if log is None:
        yield None
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".old.log"))
    with log.open("ab") as stream:
        yield stream
