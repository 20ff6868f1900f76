"""What follows when a feature is given at discretion, and when it is taken back."""

from entitlements.models import Grant
from portal.core.registry import Registry
from portal.identity.models import Membership

granted = Registry[[Grant, Membership], None]()
"""Of a grant and who made it, in that transaction, acting for every account; its account as it is now."""
revoked = Registry[[Grant, Membership], None]()
"""As :data:`granted`, of who took it back."""
