"""What a tenant sells changes rarely and is read on every page: each process remembers it.

The version of it lies in the tenant's row, and is renewed in the transaction of each edit. So an edit is
seen by every process from its commit on, one that was taken back by none, and a page needs no statement
for what nobody has edited: the version comes with the person who asks.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from portal.core.tenancy import current_scope
from portal.identity.offers import renew_version, version_of

Params = ParamSpec("Params")
Value = TypeVar("Value")
_LIMIT = 4096
_known: dict[tuple[object, ...], tuple[UUID | None, object]] = {}


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
        version = version_of(tenant_id)
        before, value = _known.get(key, (None, None))
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
    """What is sold was edited."""
    renew_version(tenant_id)


def require_scope(tenant_id: int) -> None:
    if current_scope().tenant_id != tenant_id:
        raise LookupError(f"The current transaction does not act in tenant {tenant_id}")
