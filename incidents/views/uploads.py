"""Files that come along with a form, with and without JavaScript."""

from typing import Any, Protocol
from uuid import UUID

from django.core.files.base import File

from incidents import actions
from incidents.access import own_uploads
from incidents.models import Attachment
from portal.core.errors import Refused
from portal.identity.models import Account, Membership


class FormWithFiles(Protocol):
    def upload_ids(self) -> list[UUID]: ...

    def new_files(self) -> "list[File[Any]]": ...

    def add_error(self, field: str | None, error: str) -> None: ...


def take_files(form: FormWithFiles, *, person: Membership, account: Account) -> list[UUID]:
    """The ids of all files of a form; those that came with it are stored first.

    A file that can't be taken becomes an error of the form, and the others stay.
    """
    ids = form.upload_ids()
    for file in form.new_files():
        try:
            stored = actions.upload(person=person, account=account, file=file, name=file.name or "")
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            ids.append(stored.pk)
    return ids


def shown_files(person: Membership, ids: list[UUID]) -> list[Attachment]:
    """The files that a form shown again still has."""
    return own_uploads(person, ids)
