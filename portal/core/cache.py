"""Django's Redis cache with one client for a pool of connections, where Django makes one for each call."""

from typing import Any

from django.core.cache.backends import redis


class _Client(redis.RedisCacheClient):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._clients: dict[Any, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """It keeps no state, and threads may share it: connections are its pool's."""
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]
        if pool not in self._clients:
            self._clients[pool] = self._client(connection_pool=pool)  # type: ignore[attr-defined]
        return self._clients[pool]


class PooledRedisCache(redis.RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client

    def count_up(self, key: str, *, seconds: int) -> int:
        """One more of what is counted for so long; how many that makes. One round trip."""
        made = self.make_and_validate_key(key)
        with self._cache.get_client(made, write=True).pipeline() as together:
            together.set(made, 0, ex=seconds, nx=True)
            together.incr(made)
            count: int = together.execute()[-1]
        return count
