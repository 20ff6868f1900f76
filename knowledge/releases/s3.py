"""A bucket for files of releases. It needs what ``requirements-s3.txt`` pins; only the setting names it."""

from typing import Any

from botocore.config import Config
from storages.backends.s3 import S3Storage

PATIENCE = Config(connect_timeout=3, read_timeout=10)
"""In seconds, for each of three tries: a person waits for it. Botocore's own is a minute."""


class Bucket(S3Storage):  # type: ignore[misc]
    """The storage of django-storages, with its options. A server that is silent is soon given up."""

    client_config: Any

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.client_config = PATIENCE.merge(self.client_config)
