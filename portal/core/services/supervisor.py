"""Starts programs in order, keeps them running, ends them in the opposite order."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import FrameType, TracebackType
from typing import Self

from portal.core.services import process
from portal.core.services.errors import ServiceError
from portal.core.services.process import Program
from portal.core.services.watchdog import Watchdog

_TICK = 0.1
_DEATHS_ALLOWED = 5
_DEATHS_WITHIN = 60.0
_LONGEST_PAUSE = 8.0


class Stopped(Exception):
    """Somebody asked for the end (Ctrl-C, SIGTERM, a closed terminal)."""


@dataclass(slots=True)
class _Child:
    program: Program
    process: "subprocess.Popen[bytes]"
    deaths: list[float] = field(default_factory=list)
    back_at: float | None = None


class Supervisor:
    """Use as a context manager in the main thread: leaving the block ends every child.

    While the block runs, SIGINT, SIGTERM and SIGHUP raise :class:`Stopped` at the next safe point;
    a second signal makes the end a quick one.

    :param say: tells the person at the terminal what happens.
    :param inherit: open files that every child holds on to (the run lock).
    :param gone: whether whoever started this process is no longer there; raises :class:`Stopped` too.
    """

    def __init__(
        self,
        *,
        say: Callable[[str], None],
        inherit: tuple[int, ...] = (),
        gone: Callable[[], bool] = lambda: False,
    ) -> None:
        self._say = say
        self._inherit = inherit
        self._gone = gone
        self._children: list[_Child] = []
        self._signals = 0
        self._signalled_at = float("-inf")
        self._handlers: dict[signal.Signals, object] = {}
        self._watchdog: Watchdog | None = None

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, self._signalled)
        if sys.platform != "linux":
            self._watchdog = Watchdog()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asked = max(self._signals, 1)
        for child in reversed(self._children):
            process.stop(child.process, child.program, hurry=lambda: self._signals > asked)
            self._forget(child.process.pid)
        self._children.clear()
        if self._watchdog:
            self._watchdog.close()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def start(
        self, program: Program, *, ready: Callable[[], bool] = lambda: True, within: float = 120.0
    ) -> None:
        """Start ``program`` and wait until it is ``ready``.

        :raises ServiceError: when it ends first, or isn't ready ``within`` so many seconds.
        """
        child = _Child(program, self._spawn(program))
        self._children.append(child)
        deadline = time.monotonic() + within
        while not ready():
            if child.process.poll() is not None:
                raise ServiceError(
                    _obituary(program, child.process.returncode, "ended while it was starting")
                )
            if time.monotonic() > deadline:
                raise ServiceError(f"{program.name} was not ready after {within:.0f} seconds.{_see(program)}")
            self._pause(0.02)

    def run(self, program: Program) -> int:
        """Run ``program`` to its end; its exit code."""
        step = self._spawn(program)
        try:
            while (code := step.poll()) is None:
                self._pause(0.02)
        finally:
            process.stop(step, program, hurry=lambda: False)
            self._forget(step.pid)
        return code

    def watch(self) -> None:
        """Restart what dies, each time after a longer pause, until somebody asks for the end.

        :raises Stopped: then.
        :raises ServiceError: when one program keeps dying.
        """
        while True:
            self._pause(_TICK)
            for child in self._children:
                self._look_after(child)

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.back_at is not None:
            if now >= child.back_at:
                child.process, child.back_at = self._spawn(child.program), None
            return
        code = child.process.poll()
        if code is None:
            return
        process.stop(child.process, child.program, hurry=lambda: True)
        self._forget(child.process.pid)
        child.deaths = [at for at in child.deaths if now - at < _DEATHS_WITHIN] + [now]
        if len(child.deaths) >= _DEATHS_ALLOWED:
            what = f"ended {len(child.deaths)} times within a minute, so everything was stopped"
            raise ServiceError(_obituary(child.program, code, what))
        wait = min(0.5 * 2 ** (len(child.deaths) - 1), _LONGEST_PAUSE)
        child.back_at = now + wait
        self._say(f"{child.program.name} ended ({_how(code)}); starting it again in {wait:g} s.")

    def _spawn(self, program: Program) -> "subprocess.Popen[bytes]":
        started = process.spawn(replace(program, pass_fds=(*program.pass_fds, *self._inherit)))
        if self._watchdog:
            self._watchdog.add(started.pid, program.stop_signal)
        return started

    def _forget(self, pid: int) -> None:
        if self._watchdog:
            self._watchdog.remove(pid)

    def _pause(self, seconds: float) -> None:
        if self._signals or self._gone():
            raise Stopped
        time.sleep(seconds)
        if self._signals:
            raise Stopped

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        # make passes on the SIGTERM that its whole group got: two at once are one.
        now = time.monotonic()
        if now - self._signalled_at > 1.0:
            self._signals += 1
        self._signalled_at = now


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _see(program: Program) -> str:
    if program.log is None:
        return ""
    end = process.last_lines(program.log)
    return f" The end of {program.log}:\n{end}" if end else f" See {program.log}."


def _obituary(program: Program, code: int, what: str) -> str:
    return f"{program.name} {what} (last time by {_how(code)}).{_see(program)}"
