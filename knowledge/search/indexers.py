"""Who can hand in again what is found of its objects. Upper apps register it in ``AppConfig.ready``."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from knowledge.search.actions import Entry, forget, index
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Tenant

BATCH = 200


@dataclass(frozen=True, slots=True)
class Indexer:
    """The objects of a kind, and by what one of them is found: given its row, locked, as it is then."""

    kind: str
    objects: Callable[[Tenant], QuerySet[Any]]
    entries: Callable[[Any], Iterable[Entry]]

    def let_find(self, row: Any) -> None:
        index(tenant_id=row.tenant_id, kind=self.kind, object_id=row.pk, entries=list(self.entries(row)))


_indexers: dict[str, Indexer] = {}


def register(indexer: Indexer) -> None:
    """Add one; the same kind again replaces the earlier one."""
    _indexers[indexer.kind] = indexer


def index_again(tenant: Tenant) -> Iterator[tuple[str, int]]:
    """Index everything of a tenant anew: the kind and how many after each batch.

    Each object has a transaction of its own, as when a person changes it. Whoever works meanwhile waits for
    one object at most; what they change is indexed as they leave it, whoever comes first.
    """
    for indexer in _indexers.values():
        after = 0
        while ids := _ids(tenant, indexer, after):
            yield indexer.kind, sum(_again(tenant, indexer, pk) for pk in ids)
            after = ids[-1]


def _ids(tenant: Tenant, indexer: Indexer, after: int) -> list[int]:
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        rows = indexer.objects(tenant).filter(pk__gt=after).order_by("pk")
        return list(rows.values_list("pk", flat=True)[:BATCH])


def _again(tenant: Tenant, indexer: Indexer, pk: int) -> bool:
    """Whether it is still there."""
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        row = indexer.objects(tenant).filter(pk=pk).select_for_update(no_key=True).first()
        if row is None:
            forget(tenant_id=tenant.pk, kind=indexer.kind, object_id=pk)
            return False
        indexer.let_find(row)
        return True
