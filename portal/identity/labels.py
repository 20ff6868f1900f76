"""Host labels: the first part of a portal's address."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.identity.models import HOST_LABEL

RESERVED = frozenset(
    """
    account accounts admin administrator api app assets auth autoconfig autodiscover blog cdn dashboard
    demo dev dns docs download downloads email files ftp help home host hostmaster imap info internal
    localhost login mail media mx ns ns1 ns2 open pop pop3 portal postmaster root security signin signup
    smtp ssl staging static status support system test tls vpn webmail wpad www www1 www2
    """.split()  # noqa: SIM905  a list of this length reads better as words
)


def suggest(name: str) -> str:
    """A label made from a portal's name; empty where nothing of it can stand in a host name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")


def problem_of(label: str) -> str | Promise | None:
    """Why nobody can have this label, or None."""
    try:
        HOST_LABEL(label)
    except ValidationError as error:
        return str(error.messages[0])
    if len(label) < 2:
        return _("Use at least two characters.")
    if label in RESERVED or label.startswith("xn--"):
        return _("This address is reserved. Choose another.")
    return None
