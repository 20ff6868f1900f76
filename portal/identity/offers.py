"""Which version of what a tenant sells the current transaction sees: see :mod:`plans.memory`."""

from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import connection

from portal.core.prepared import Prepared
from portal.core.tenancy import current_notes
from portal.identity.models import Tenant

_NOTE = "offer"


class _Noted(NamedTuple):
    version: UUID
    savepoints: list[str]
    """What was edited within savepoints is gone when they are."""


def version_of(tenant_id: int) -> UUID:
    """One statement in each transaction, and none where the person was read who acts in it."""
    noted: _Noted | None = current_notes().get(_NOTE)
    within = connection.savepoint_ids
    if noted is None or within[: len(noted.savepoints)] != noted.savepoints:
        [(version,)] = _VERSION(tenant=tenant_id)
        noted = _note(version, [] if noted is None else within)
    return noted.version


def note_version(version: UUID) -> None:
    """It was read by the way, in the scope of its tenant."""
    _note(version, [])


def renew_version(tenant_id: int) -> None:
    """After an edit: at once for the editing transaction, and for everybody else when it is committed."""
    version = uuid4()
    Tenant.objects.filter(pk=tenant_id).update(offer_version=version)
    _note(version, connection.savepoint_ids)


def _note(version: UUID, savepoints: list[str]) -> _Noted:
    noted = current_notes()[_NOTE] = _Noted(version, list(savepoints))
    return noted


_VERSION = Prepared(lambda tenant: Tenant.objects.filter(pk=tenant).values_list("offer_version"))
