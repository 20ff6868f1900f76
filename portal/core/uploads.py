"""What stops an upload that is too large before it fills a disk, and keeps a large one out of memory."""

from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

_BLOCK = 256 * 1024


class StopAtLimit(FileUploadHandler):
    """Lets through of each file what fits and one chunk more, so that its size tells that it is too large."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start <= settings.MAX_ATTACHMENT_BYTES else None

    def file_complete(self, file_size: int) -> None:
        return None


class BesideTheFiles(FileUploadHandler):
    """Keeps what comes on the disk where files lie: in a container /tmp is memory."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        folder = settings.FILES_DIR / "coming"
        folder.mkdir(parents=True, exist_ok=True)
        # Without a name, so that it never stays behind.
        self._file: IO[bytes] = TemporaryFile(dir=folder)  # noqa: SIM115  closed with the upload

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[Any]":
        self._file.seek(0)
        return UploadedFile(
            file=self._file, name=self.file_name, content_type=self.content_type, size=file_size
        )

    def upload_interrupted(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()


def declared_length(request: HttpRequest) -> int:
    """How long the body is said to be; 0 where nothing is said."""
    try:
        return max(0, int(request.META.get("CONTENT_LENGTH") or 0))
    except ValueError:
        return 0


def spool_body(request: HttpRequest, into: "SpooledTemporaryFile[bytes]", most: int) -> int:
    """Read the body block by block; how many bytes came, which are fewer where the connection broke.

    More than ``most`` bytes are never read.
    """
    came = 0
    body: IO[Any] = request  # type: ignore[assignment]
    while came < most and (block := body.read(min(_BLOCK, most - came))):
        into.write(block)
        came += len(block)
    into.seek(0)
    return came
