from collections.abc import Callable

from django.db import connection
from django.utils.translation import gettext as _

from plans.models import Plan
from portal.core.errors import NotAllowed, Refused
from portal.identity.models import Account, Membership


def lock_account(account: Account) -> Account:
    """One change at a time to what an account holds; the rows of the account may still be referred to."""
    return Account.objects.select_for_update(no_key=True).get(tenant_id=account.tenant_id, pk=account.pk)


def lock_sold_plan(plan: Plan) -> None:
    """Until the transaction ends nobody retires the plan: they wait, and then find who has it.

    After the account, where both are locked. Any number may sign for a plan at once, so Django's own locks,
    which keep each other out, would be too much.

    :raises Refused: it is no longer sold.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT retired_at IS NULL FROM plans_plan WHERE tenant_id = %s AND id = %s FOR KEY SHARE",
            [plan.tenant_id, plan.pk],
        )
        if cursor.fetchone() != (True,):
            raise Refused(_("%(plan)s is no longer sold.") % {"plan": plan.name}, field="plan")


def require(rule: Callable[[Membership], bool], actor: Membership) -> None:
    """Raises NotAllowed unless the rule lets the actor do this."""
    if not rule(actor):
        raise NotAllowed(_("You can’t change this. Ask an administrator."))
