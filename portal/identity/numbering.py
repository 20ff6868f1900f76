"""Numbers that a tenant's rows get one after the other (docs/decisions/0004)."""

from typing import Any

from django.db.models import Max

from portal.identity.models import Tenant


def next_number(numbered: Any, tenant_id: int) -> int:
    """The ``number`` of the next row. The tenant's row is held until the transaction ends, so that two don't
    get the same one.

    :param numbered: a model whose rows are never deleted.
    """
    Tenant.objects.select_for_update(no_key=True).only("pk").get(pk=tenant_id)
    last = numbered.objects.filter(tenant_id=tenant_id).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
