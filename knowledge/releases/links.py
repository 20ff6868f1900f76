"""Links to a file: signed, for one person and one download, good for minutes."""

from datetime import timedelta

from django.core import signing
from django.http import Http404
from django.utils.translation import gettext as _

from knowledge.releases.actions.downloads import GOES_ON_FOR
from knowledge.releases.models import Download
from portal.core.errors import Refused

GOOD_FOR = timedelta(minutes=5)
_SIGNER = signing.TimestampSigner(salt="knowledge.releases.links")


class LinkExpired(Refused):
    code = "link_expired"
    status = 410

    def __init__(self) -> None:
        super().__init__(_("This link is no longer good. Go back to the release and choose Download again."))


def link_to(download: Download) -> str:
    """The token of a link. The row that it names holds the person and the file."""
    return _SIGNER.sign(str(download.pk))


def read_link(token: str) -> tuple[int, bool]:
    """The id of the download, and whether it may still be begun with the link. Later on it may only be gone
    on with: it can take longer than a link is good for.

    Raises Http404 for what we have not signed. :raises LinkExpired: not even that.
    """
    for longest in (GOOD_FOR, GOES_ON_FOR):
        try:
            return int(_SIGNER.unsign(token, max_age=longest)), longest is GOOD_FOR
        except signing.SignatureExpired:
            continue
        except (signing.BadSignature, ValueError):
            raise Http404 from None
    raise LinkExpired
