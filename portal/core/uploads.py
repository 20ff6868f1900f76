"""What stops an upload that is too large before it fills a disk."""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler


class StopAtLimit(FileUploadHandler):
    """Lets through of each file what fits and one chunk more, so that its size tells that it is too large."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start <= settings.MAX_ATTACHMENT_BYTES else None

    def file_complete(self, file_size: int) -> None:
        return None
