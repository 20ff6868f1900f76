from django.core.files.storage import default_storage
from django.http import Http404
from django.http.response import FileResponse

from incidents.models import Attachment
from portal.core.downloads import as_download


def download_of(attachment: Attachment) -> FileResponse:
    """The caller has let the person through the door. Raises Http404 where the file is gone."""
    try:
        content = default_storage.open(attachment.path)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(content)
    as_download(response, name=attachment.name, media_type=attachment.content_type, size=attachment.size)
    return response
