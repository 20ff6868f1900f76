"""What upper apps add to a portal when it is opened; they register it in ``AppConfig.ready``."""

from collections.abc import Callable

from portal.identity.models import Membership, Tenant

Furnishing = Callable[[Tenant, Membership], None]


class Furnishings:
    """Steps that a new tenant is furnished with, in the order in which they were registered.

    Each runs inside the transaction that opens the tenant, acting for all of its accounts.
    """

    def __init__(self) -> None:
        self._steps: list[Furnishing] = []

    def register(self, step: Furnishing) -> None:
        if step not in self._steps:
            self._steps.append(step)

    def furnish(self, tenant: Tenant, admin: Membership) -> None:
        for step in self._steps:
            step(tenant, admin)


furnishings = Furnishings()
