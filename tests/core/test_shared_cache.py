"""The cache in Redis, as the portal sets it: one client, and counting in one round trip."""

import os
from uuid import uuid4

import pytest

from portal.core.cache import PooledRedisCache


@pytest.fixture
def redis_cache():
    shared = PooledRedisCache(os.environ["REDIS_URL"], {"KEY_PREFIX": f"test:{uuid4().hex}"})
    yield shared
    shared.delete("counted")
    shared.close()


def test_it_counts_and_the_count_runs_out(redis_cache):
    assert [redis_cache.count_up("counted", seconds=60) for _ in range(3)] == [1, 2, 3]
    client = redis_cache._cache.get_client()
    assert 0 < client.ttl(redis_cache.make_key("counted")) <= 60
    assert redis_cache.get("counted") == 3


def test_calls_share_one_client(redis_cache):
    assert redis_cache._cache.get_client() is redis_cache._cache.get_client(write=True)
