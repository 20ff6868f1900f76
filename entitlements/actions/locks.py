from collections.abc import Callable

from django.utils.translation import gettext as _

from portal.core.errors import NotAllowed
from portal.identity.models import Account, Membership


def lock_account(account: Account) -> Account:
    """One change at a time to what an account holds; the rows of the account may still be referred to."""
    return Account.objects.select_for_update(no_key=True).get(tenant_id=account.tenant_id, pk=account.pk)


def require(rule: Callable[[Membership], bool], actor: Membership) -> None:
    """Raises NotAllowed unless the rule lets the actor do this."""
    if not rule(actor):
        raise NotAllowed(_("You can’t change this. Ask an administrator."))
