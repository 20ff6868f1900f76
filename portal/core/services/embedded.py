"""Which servers come from the wheels, and the environment that leads the portal's processes to them."""

import os
import shutil
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from portal.core.services.errors import ServiceError
from portal.core.services.lock import RunLock
from portal.core.services.postgres import APP, OWNER, Postgres
from portal.core.services.private import make_folder, secret
from portal.core.services.supervisor import Supervisor
from portal.core.services.valkey import Valkey

_SPACE_NEEDED = 300 * 1024 * 1024
_SCRATCH = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "512MB",
}


class Embedded:
    """The embedded servers of one folder; those that ``environ`` already has an address for stay out.

    :param var: where data, logs, sockets and secrets lie.
    :param scratch: the data may be lost in a crash (tests): faster.
    """

    def __init__(self, var: Path, environ: Mapping[str, str], *, scratch: bool = False) -> None:
        self._var = var
        self._secrets = var / "secrets"
        make_folder(var, 0o755)
        self._environ = environ
        if self._given("DATABASE_URL") and not self._given("DATABASE_OWNER_URL"):
            raise ServiceError("DATABASE_URL is set: set DATABASE_OWNER_URL too, the role that migrates.")
        settings = _SCRATCH if scratch else None
        self.postgres = None if self._given("DATABASE_URL") else Postgres(var, self._secrets, settings)
        self.valkey = None if self._given("REDIS_URL") else Valkey(var)

    def environment(self) -> dict[str, str]:
        """What is to be added to the environment of every process of the portal."""
        added = {}
        if not self._given("SECRET_KEY"):
            secret(self._secrets, "secret_key")
            added["SECRET_KEY_FILE"] = str(self._secrets / "secret_key")
        if self.postgres:
            added["DATABASE_URL"] = self.postgres.url(APP)
            added["DATABASE_OWNER_URL"] = self.postgres.url(OWNER)
        if self.valkey:
            added["REDIS_URL"] = self.valkey.cache_url
            added["BROKER_URL"] = self.valkey.broker_url
        return added

    def start(self, supervisor: Supervisor) -> bool:
        """Start the servers under ``supervisor``; whether the database is a new one."""
        new = False
        if self.postgres:
            new = self.postgres.prepare()
            supervisor.start(self.postgres.program(), ready=self.postgres.ready)
            self.postgres.provision()
        if self.valkey:
            supervisor.start(self.valkey.program(), ready=self.valkey.ready)
        return new

    def _given(self, name: str) -> bool:
        return name in self._environ or f"{name}_FILE" in self._environ

    def check_space(self) -> None:
        """:raises ServiceError: when the disk is nearly full."""
        free = shutil.disk_usage(self._var).free
        if free < _SPACE_NEEDED:
            raise ServiceError(
                f"The disk that holds {self._var} has {free // 1024**2} MB left,"
                f" and the portal needs {_SPACE_NEEDED // 1024**2} MB: make room first."
            )

    def lock(self) -> RunLock:
        """The run lock of the folder, taken for this process."""
        make_folder(self._var / "run", 0o711)
        lock = RunLock(self._var / "run" / "lock")
        lock.acquire(os.getpid())
        return lock


def adopt(var: Path, environ: MutableMapping[str, str]) -> None:
    """Let a command find the embedded servers of a folder that ``make run`` has used before.

    Does nothing in a folder without them, so a server without its settings still fails loudly.
    """
    if (var / "secrets").is_dir():
        environ.update(Embedded(var, environ).environment())
