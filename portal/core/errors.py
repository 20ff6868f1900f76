"""Errors that a person can read. Actions raise them; pages and the API show them."""

from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _


class Refused(Exception):
    """An action can't be done; ``message`` says in the reader's language why and what would help."""

    code = "refused"
    status = 422

    def __init__(self, message: str | Promise, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(Refused):
    """The person may see the object but not do this to it."""

    code = "not_allowed"
    status = 403


class Conflict(Refused):
    """Somebody else changed the object meanwhile."""

    code = "conflict"
    status = 409


class _Revised(Protocol):
    reference: str
    revision: int


def check_revision(row: _Revised, seen: int | None) -> None:
    """:param seen: the revision that the person's form was made from; None where nobody looked.
    :raises Conflict: (code ``stale``) the row, which is locked, has changed since then.
    """
    if seen is not None and row.revision != seen:
        raise Conflict(
            _("%(reference)s was changed meanwhile. Look at it as it is now, then decide again.")
            % {"reference": row.reference},
            code="stale",
        )
