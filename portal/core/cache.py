"""The shared cache on Redis, that may be away: then it answers like an empty one.

Nothing that matters lies in the cache, so nothing but speed is lost. What counts (rate limits, codes that
were used) is counted on in the memory of each process meanwhile: see decision 0013.
"""

import logging
from collections.abc import Sequence
from threading import Lock
from time import monotonic
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, TimeoutError
from redis.retry import Retry

log = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds that a request waits for the server; then it goes on without."""
ASK_AGAIN = 3.0
"""Seconds between two attempts to find the server back, in each process."""


class _Client(RedisCacheClient):
    """With one client for a pool of connections, where Django makes one for each call."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._clients: dict[Any, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """It keeps no state, and threads may share it: connections are its pool's."""
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]
        if pool not in self._clients:
            self._clients[pool] = self._client(connection_pool=pool)  # type: ignore[attr-defined]
        return self._clients[pool]


class OptionalRedisCache(RedisCache):
    """Django's cache on Redis, with two options of its own beside those of the connection.

    ``counters``: keys that begin so are kept in this process while the server is away.
    ``longest``: seconds that anything is kept at most, whatever is asked for. What could not be deleted
    while the server was away is then gone soon after.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = dict(params.get("OPTIONS", {}))
        self._counters = tuple(options.pop("counters", ()))
        self._longest: int | None = options.pop("longest", None)
        connection = {
            "socket_connect_timeout": PATIENCE,
            "socket_timeout": PATIENCE,
            # Once, for a connection that the server has closed since it was last used.
            "retry": Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
        }
        super().__init__(server, {**params, "OPTIONS": {**connection, **options}})
        self._class = _Client
        self._line = _line_to(server)
        self._empty = DummyCache("", {})
        self._meanwhile = LocMemCache(f"meanwhile {server}", {"KEY_PREFIX": self.key_prefix})

    def get_backend_timeout(self, timeout: float | None = DEFAULT_TIMEOUT) -> float | None:
        seconds = super().get_backend_timeout(timeout)
        if self._longest is None:
            return seconds
        return self._longest if seconds is None else min(seconds, self._longest)

    def add(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask("add", key, *args, **kwargs))

    def get(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get", key, *args, **kwargs)

    def set(self, key: Any, *args: Any, **kwargs: Any) -> None:
        self._ask("set", key, *args, **kwargs)

    def touch(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask("touch", key, *args, **kwargs))

    def delete(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask("delete", key, *args, **kwargs))

    def has_key(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask("has_key", key, *args, **kwargs))

    def incr(self, key: Any, *args: Any, **kwargs: Any) -> int:
        """:raises ValueError: there is no such key, as when the server went away since it was added."""
        return int(self._ask("incr", key, *args, **kwargs))

    def get_many(self, keys: Any, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return dict(self._ask("get_many", list(keys), *args, **kwargs))

    def set_many(self, data: Any, *args: Any, **kwargs: Any) -> list[Any]:
        return list(self._ask("set_many", data, *args, **kwargs) or ())

    def delete_many(self, keys: Any, *args: Any, **kwargs: Any) -> None:
        self._ask("delete_many", list(keys), *args, **kwargs)

    def clear(self) -> None:
        if self._line.is_open():
            try:
                super().clear()
            except (ConnectionError, TimeoutError) as error:
                self._line.fell(error)
        self._meanwhile.clear()

    def _ask(self, operation: str, subject: Any, *args: Any, **kwargs: Any) -> Any:
        """The server; where it is away, what stands in for it."""
        if self._line.is_open():
            try:
                answer = getattr(super(), operation)(subject, *args, **kwargs)
            except (ConnectionError, TimeoutError) as error:
                self._line.fell(error)
            else:
                self._line.held()
                return answer
        stand_in: BaseCache = self._meanwhile if self._counts(subject) else self._empty
        return getattr(stand_in, operation)(subject, *args, **kwargs)

    def _counts(self, subject: Any) -> bool:
        return isinstance(subject, str) and subject.startswith(self._counters)


class _Line:
    """Whether the server can be reached, as this process knows; its threads share what one has found."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._down_since: float | None = None
        self._ask_at = 0.0

    def is_open(self) -> bool:
        """True for everybody while the server answers; else for one caller every few seconds, who tries."""
        if self._down_since is None:
            return True
        with self._lock:
            now = monotonic()
            if now < self._ask_at:
                return False
            self._ask_at = now + ASK_AGAIN
            return True

    def fell(self, error: Exception) -> None:
        with self._lock:
            first, now = self._down_since is None, monotonic()
            if first:
                self._down_since = now
            self._ask_at = now + ASK_AGAIN
        if first:
            log.error("The cache can't be reached, going on without it: %s", type(error).__name__)

    def held(self) -> None:
        if self._down_since is None:
            return
        with self._lock:
            since, self._down_since = self._down_since, None
        if since is not None:
            log.warning("The cache is back after %.0f seconds", monotonic() - since)


_lines: dict[Sequence[str] | str, _Line] = {}


def _line_to(server: str) -> _Line:
    """Shared by the threads of the process, each of which has a cache object of its own."""
    return _lines.setdefault(server, _Line())
