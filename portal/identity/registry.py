"""What upper apps add to a portal when it is opened."""

from portal.core.registry import Registry
from portal.identity.models import Membership, Tenant

furnishings = Registry[[Tenant, Membership], None]()
"""What a new tenant and its first administrator are furnished with, inside the transaction that opens the
tenant, acting for all of its accounts."""
