from django.utils.translation import gettext as _

from portal.core.errors import NotAllowed
from portal.identity.models import Membership
from portal.identity.rules import may_run_portal


def check_sells(actor: Membership, tenant_id: int) -> None:
    """:raises NotAllowed: the actor isn't an administrator of this tenant."""
    if not may_run_portal(actor) or actor.tenant_id != tenant_id:
        raise NotAllowed(_("Only an administrator may change what is sold."))
