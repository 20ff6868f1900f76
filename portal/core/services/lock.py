"""One run at a time in one folder."""

import fcntl
import time
from pathlib import Path

from portal.core.services.errors import ServiceError
from portal.core.services.process import is_alive

_PATIENCE = 20.0


class RunLock:
    """Held by the run and, through the open file, by each of its children until the last has ended.

    So a start right after the parent was killed waits for what is still on its way out, and a start beside
    a living run is refused.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream = path.open("a+")

    @property
    def descriptor(self) -> int:
        return self._stream.fileno()

    def acquire(self, pid: int) -> None:
        """Take the lock for the run with process number ``pid``.

        :raises ServiceError: when another run holds it.
        """
        deadline = time.monotonic() + _PATIENCE
        while not self._try():
            self._stream.seek(0)
            holder = self._stream.read().strip()
            if holder.isdigit() and is_alive(int(holder)):
                raise ServiceError(
                    f"The portal already runs from this folder (process {holder}): stop it first."
                )
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"Processes of an earlier run still hold {self._path}: end them, then start again."
                )
            time.sleep(0.1)
        self._stream.truncate(0)
        self._stream.write(f"{pid}\n")
        self._stream.flush()

    def _try(self) -> bool:
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        self._stream.truncate(0)
        self._stream.close()
