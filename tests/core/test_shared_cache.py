"""The cache in Redis, as the portal sets it: calls share one client."""

import os
from uuid import uuid4

from portal.core.cache import OptionalRedisCache


def test_calls_share_one_client():
    shared = OptionalRedisCache(os.environ["REDIS_URL"], {"KEY_PREFIX": f"test:{uuid4().hex}"})
    assert shared._cache.get_client() is shared._cache.get_client(write=True)
    shared.close()
