"""``python -m bench.forget``: remove the keys and waiting tasks of this process's database from Redis."""

import django

django.setup()

from django.conf import settings  # noqa: E402  the settings come first
from django.core.cache import cache  # noqa: E402

from portal.config.celery import app  # noqa: E402


def main() -> None:
    """Only its own: other portals may share the server."""
    app.control.purge()
    client = cache._cache.get_client(write=True)  # type: ignore[attr-defined]  # Django has no door to it
    keys = list(client.scan_iter(match=f"{settings.CACHES['default']['KEY_PREFIX']}:*"))
    if keys:
        client.delete(*keys)


if __name__ == "__main__":
    main()
