"""Where the content of files lies: in parts, each an object of its own under the file's id.

So a file of any size goes up part by part with every storage that Django knows, is never copied when it is
whole, and no more than a part of it is ever fetched at once (storages for S3 fetch whole objects).
docs/decisions/0019-files-in-parts.md says more.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, default_storage, storages
from django.utils.translation import gettext as _

from knowledge.releases.ranges import Span
from portal.core.errors import Refused

log = logging.getLogger(__name__)

FOLDER = "releases"
"""Where the files are, in a folder for each tenant; no other file is."""
BLOCK = 256 * 1024
"""Bytes that are read, hashed and sent at once."""
_ALIAS = "releases"
_PATIENCE = 60


class StorageAway(Refused):
    """It can't be reached, is full, or refuses our keys: the log says which. What lies there isn't lost."""

    code = "storage_away"
    status = 503
    wait = _PATIENCE

    def __init__(self) -> None:
        super().__init__(_("The files can’t be reached at this moment. Please try again in a minute."))


@contextmanager
def _reaching() -> Iterator[None]:
    """Each storage fails with classes of its own; all that they share is the one for what isn't there.

    :raises FileNotFoundError: it is gone. :raises StorageAway: anything else.
    """
    try:
        yield
    except (FileNotFoundError, StorageAway):
        raise
    except Exception as error:
        log.exception("The storage of releases failed")
        raise StorageAway from error


def storage() -> Storage:
    """The one of the settings; without one, files lie beside the attachments."""
    return storages[_ALIAS] if _ALIAS in settings.STORAGES else default_storage


class Parts:
    """The parts of one file, by the size that all have but the last."""

    def __init__(self, *, tenant_id: int, file_id: UUID, size: int, part_size: int) -> None:
        self.size, self.part_size = size, part_size
        self._folder = f"{FOLDER}/{tenant_id}/{file_id.hex}"

    @property
    def count(self) -> int:
        return -(-self.size // self.part_size)

    def length_of(self, number: int) -> int:
        return min(self.part_size, self.size - number * self.part_size)

    def keep(self, number: int, content: IO[bytes]) -> None:
        """Store a part; one that an earlier try left there is overwritten. :raises StorageAway: not now."""
        place, name = storage(), self._name(number)
        with _reaching():
            if place.exists(name):
                place.delete(name)
            place.save(name, File(content))

    def open(self, number: int) -> "File[Any]":
        """:raises FileNotFoundError: it is gone. :raises StorageAway: nobody can say."""
        with _reaching():
            return storage().open(self._name(number))

    def blocks(self) -> Iterator[bytes]:
        reader = PartsReader(self, Span(0, self.size))
        try:
            while block := reader.read(BLOCK):
                yield block
        finally:
            reader.close()

    def sha256(self) -> str:
        digest = hashlib.sha256()
        for block in self.blocks():
            digest.update(block)
        return digest.hexdigest()

    def remove(self) -> None:
        _remove(self._folder, [self._name(number) for number in range(self.count)])

    def _name(self, number: int) -> str:
        return f"{self._folder}/{number:05d}"


class PartsReader:
    """Some bytes of a file, to be read once from their beginning to their end."""

    def __init__(
        self, parts: Parts, span: Span, *, on_close: Callable[[int, bool], None] = lambda sent, whole: None
    ) -> None:
        """:param on_close: told once how many bytes were read, and whether the reader came to the end."""
        self._parts, self._at, self._end = parts, span.start, span.end
        self._start, self._on_close = span.start, on_close
        self._part: File[Any] | None = None
        self._came_to_end = self._closed = False

    def read(self, most: int = BLOCK) -> bytes:
        """The next bytes; none at the end, which is asked for when all before have been sent.

        :raises OSError: a part is gone, or shorter than it was. :raises StorageAway: nobody can say.
        """
        if self._at >= self._end:
            self._came_to_end = True
            return b""
        number, offset = divmod(self._at, self._parts.part_size)
        left_here = self._parts.length_of(number) - offset
        with _reaching():
            if self._part is None:
                self._part = self._parts.open(number)
                self._part.seek(offset)  # here some fetch it
            block: bytes = self._part.read(min(most, left_here, self._end - self._at))
        if not block:
            raise OSError(f"Part {number} is shorter than it was")
        self._at += len(block)
        if len(block) == left_here:
            self._leave_part()
        return block

    def close(self) -> None:
        self._leave_part()
        if not self._closed:
            self._closed = True
            self._on_close(self._at - self._start, self._came_to_end)

    def _leave_part(self) -> None:
        if self._part is not None:
            self._part.close()
            self._part = None


def remove_folder(folder: str, *, unless_since: datetime) -> bool:
    """Remove a file's parts, if the last of them came before; whether there were such."""
    place = storage()
    with _reaching():
        names = [f"{folder}/{name}" for name in place.listdir(folder)[1]]
        if any(place.get_modified_time(name) >= unless_since for name in names):
            return False
    _remove(folder, names)
    return bool(names)


def _remove(folder: str, names: Sequence[str]) -> None:
    """With the folder itself, where the storage has such a thing."""
    with _reaching():
        for name in (*names, folder):
            storage().delete(name)


def folders_of(tenant_id: int) -> list[str]:
    """The folder of each file that the storage has of a tenant."""
    root = f"{FOLDER}/{tenant_id}"
    try:
        with _reaching():
            return [f"{root}/{name}" for name in sorted(storage().listdir(root)[0])]
    except FileNotFoundError:
        return []
