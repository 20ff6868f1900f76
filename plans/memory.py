"""What a tenant sells changes rarely and is read on every page: each process remembers it.

A version in the shared cache says whether what was remembered still holds, so that an edit is seen by
every process from its next request on, and a page needs no statement for what nobody has edited. The
version is asked for once in each transaction.

While the cache is away, each transaction gets a version of its own, so nothing is remembered. A version
holds for a minute at most: an edit that could not be told then is seen by everybody soon after.
"""

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Concatenate, ParamSpec, TypeVar
from uuid import uuid4

from django.core.cache import cache
from django.db import transaction

from portal.core.tenancy import current_notes, current_scope

Params = ParamSpec("Params")
Value = TypeVar("Value")
_LIMIT = 4096
_UNSETTLED_SECONDS = 30
_SECONDS = 60
_known: dict[tuple[object, ...], tuple[str, object]] = {}


def remembered(
    load: Callable[Concatenate[int, Params], Value],
) -> Callable[Concatenate[int, Params], Value]:
    """Remember what ``load(tenant_id, …)`` reads, until :func:`forget` is called for the tenant.

    Memory stands behind the same wall as the rows: raises LookupError unless the current transaction
    acts in that tenant.
    """

    def recall(tenant_id: int, /, *args: Params.args, **kwargs: Params.kwargs) -> Value:
        require_scope(tenant_id)
        key = (load, tenant_id, *args, *sorted(kwargs.items()))
        version = _version(tenant_id)
        before, value = _known.get(key, ("", None))
        if before != version:
            # The version was read before the rows: an edit in between makes this memory stale, not wrong.
            value = load(tenant_id, *args, **kwargs)
            if len(_known) >= _LIMIT:
                _known.clear()
            _known[key] = (version, value)
        return value  # type: ignore[return-value]

    update_wrapper(recall, load)
    return recall


def forget(tenant_id: int) -> None:
    """After an edit: at once for the editing transaction, and for everybody else when it is committed.

    What the editing transaction reads meanwhile is forgotten soon, should it never be committed.
    """
    _renew(tenant_id, _UNSETTLED_SECONDS)
    transaction.on_commit(partial(_renew, tenant_id, _SECONDS))


def require_scope(tenant_id: int) -> None:
    if current_scope().tenant_id != tenant_id:
        raise LookupError(f"The current transaction does not act in tenant {tenant_id}")


def _key(tenant_id: int) -> str:
    return f"plans:{tenant_id}"


def _version(tenant_id: int) -> str:
    notes, key = current_notes(), _key(tenant_id)
    if known := notes.get(key):
        return known
    version = _shared_version(key)
    if key not in notes:
        notes[key] = version
    return version


def _shared_version(key: str) -> str:
    version: str | None = cache.get(key)
    if version is None:
        version = uuid4().hex
        if not cache.add(key, version, timeout=_SECONDS):
            version = cache.get(key) or version
    return version


def _renew(tenant_id: int, seconds: int) -> None:
    # Who edits asks each time from now on, as the edit may still be taken back.
    current_notes()[_key(tenant_id)] = ""
    cache.set(_key(tenant_id), uuid4().hex, timeout=seconds)
