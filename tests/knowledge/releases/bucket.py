"""A bucket on a server of its own that speaks S3 over HTTP, and a way to it that can be cut."""

import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from threading import Event, Lock, Thread
from typing import Any

# It ends with the process that started it, whose end closes its input.
_SERVER = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""
_BLOCK = 64 * 1024


@contextmanager
def server() -> Iterator[int]:
    """The port of a server with nothing in it."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(timeout=10)
        process.stdout.close()


class Line:
    """Passes on what comes to its port. Cut, it refuses who comes and drops who is there; silent, it lets
    them wait."""

    def __init__(self, to: int) -> None:
        self._to, self.port = to, 0
        self.silent = False
        self._left: int | None = None
        self._counting = Lock()
        self._stopping, self._threads = Event(), list[Thread]()
        self.mend()

    def mend(self) -> None:
        """Pass on again, on the same port."""
        self.cut()
        self._left, self._stopping = None, Event()
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._start(self._listen, listener, self._stopping)

    def cut(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=5)
        self._threads.clear()

    def cut_after(self, size: int) -> None:
        """Cut when so many bytes more have gone to the server or come from it."""
        self._left = size

    def _start(self, work: Any, *arguments: Any) -> None:
        thread = Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self, listener: socket.socket, stopping: Event) -> None:
        with closing(listener):
            while not stopping.is_set():
                if select.select([listener], [], [], 0.02)[0]:
                    self._start(self._pass_on, listener.accept()[0], stopping)

    def _pass_on(self, near: socket.socket, stopping: Event) -> None:
        far = socket.create_connection(("127.0.0.1", self._to))
        with closing(near), closing(far), suppress(OSError):
            while not stopping.is_set():
                if self.silent:
                    stopping.wait(0.02)
                    continue
                for source in select.select([near, far], [], [], 0.02)[0]:
                    block = source.recv(_BLOCK)
                    if not block:
                        return
                    (far if source is near else near).sendall(self._what_passes(block, stopping))

    def _what_passes(self, block: bytes, stopping: Event) -> bytes:
        with self._counting:
            if self._left is None:
                return block
            block = block[: self._left]
            self._left -= len(block)
            if not self._left:
                stopping.set()
            return block
