"""A download leaves: the right is looked at, the content follows, and what became of it is noted.

An answer takes a thread of its process for as long as the client needs to receive it, so only some of them
may: pages are answered while large files leave slowly.
"""

import weakref
from threading import Lock

from django.conf import settings
from django.http import HttpResponseBase
from django.http.request import HttpHeaders
from django.utils.translation import gettext as _

from knowledge.releases import actions
from knowledge.releases.models import Download
from knowledge.releases.streams import stream
from portal.core.errors import Refused
from portal.identity.models import Membership

_PATIENCE = 30


class TooManyAtOnce(Refused):
    code = "busy"
    status = 429
    wait = _PATIENCE

    def __init__(self) -> None:
        super().__init__(
            _("Many files are being downloaded at this moment. Please try again in %(seconds)d seconds.")
            % {"seconds": _PATIENCE}
        )


class _Slot:
    """One of the downloads that a process sends at once; given back once, however often it is said."""

    _lock = Lock()
    _taken = 0

    def __init__(self) -> None:
        """:raises TooManyAtOnce: all are taken."""
        with _Slot._lock:
            if _Slot._taken >= settings.DOWNLOADS_AT_ONCE:
                raise TooManyAtOnce
            _Slot._taken += 1
            self._is_mine = True

    def give_back(self) -> None:
        with _Slot._lock:
            if self._is_mine:
                self._is_mine = False
                _Slot._taken -= 1


def send(*, person: Membership, download: Download, headers: HttpHeaders) -> HttpResponseBase:
    """The content, or the range of it that the request asks for. Raises Http404 where it is gone.

    The download is only noted as begun when some of it leaves.

    :raises TooManyAtOnce: the process sends as many as it may. :raises StorageAway: nobody can say whether it
        is there. :raises Refused: the person has no right.
    """
    slot = _Slot()

    def left(sent: int, whole: bool) -> None:
        slot.give_back()
        actions.note_sent(tenant_id=person.tenant_id, download_id=download.pk, sent=sent, whole=whole)

    try:
        response = stream(download.file, headers, on_close=left)
        if response.streaming:
            actions.begin(person=person, download=download)
    except BaseException:
        slot.give_back()
        raise
    if response.streaming:
        weakref.finalize(response, slot.give_back)  # one that nobody closes
    else:
        slot.give_back()
    return response
