"""Who looks, for reads that are prepared: the rule of sight itself stays in ``visible_to``."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, ParamSpec, TypeVar

from portal.identity.models import Membership, Tenant

Params = ParamSpec("Params")
Read = TypeVar("Read")
_kept: list[Callable[[], None]] = []


class Sight(NamedTuple):
    """A way to see incidents. A prepared read is kept for each, because each is other SQL."""

    role: str
    is_staff_member: bool
    customers_see_company: bool

    def viewer(self, *, tenant: int, account: int, person: int) -> Membership:
        """Stands for everybody who sees that way, with marks in the place of the keys."""
        viewer = Membership(
            pk=person,
            tenant_id=tenant,
            account_id=None if self.is_staff_member else account,
            role=self.role,
        )
        viewer.tenant = Tenant(pk=tenant, customers_see_company=self.customers_see_company)
        return viewer


def sight_of(person: Membership) -> Sight:
    return Sight(person.role, person.is_staff_member, person.tenant.customers_see_company)


def keys_of(person: Membership) -> dict[str, Any]:
    """What comes to the place of the marks."""
    return {"tenant": person.tenant_id, "account": person.account_id, "person": person.pk}


def kept(make: Callable[Params, Read]) -> Callable[Params, Read]:
    """Decorator of a function from a :class:`Sight` (and what else makes other SQL) to a prepared read:
    it is made once in a process."""
    cached = cache(make)
    _kept.append(cached.cache_clear)
    return cached  # type: ignore[return-value]


def forget_kept() -> None:
    """After the rule of sight was replaced, as some tests do."""
    for forget in _kept:
        forget()
