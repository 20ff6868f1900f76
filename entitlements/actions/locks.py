from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import connection
from django.utils.translation import gettext as _

from plans.models import Feature, Plan, Product
from portal.core.errors import NotAllowed, Refused
from portal.identity.models import Account, Membership

Sold = TypeVar("Sold", Plan, Product, Feature)


def lock_account(account: Account) -> Account:
    """One change at a time to what an account holds; the rows of the account may still be referred to."""
    return Account.objects.select_for_update(no_key=True).get(tenant_id=account.tenant_id, pk=account.pk)


def lock_sold_plan(plan: Plan) -> None:
    """:func:`first_retired`, of the plan of a contract: who retires it waits, and then finds who has it.

    :raises Refused: it is no longer sold.
    """
    if first_retired([plan]):
        raise Refused(_("%(plan)s is no longer sold.") % {"plan": plan.name}, field="plan")


def lock_sold_products(products: Sequence[Product], *, field: str = "products") -> None:
    """:func:`first_retired`, of the products that something is for.

    :raises Refused: none, or one that is no longer sold.
    """
    if not products:
        raise Refused(_("Choose at least one product."), field=field)
    if product := first_retired(products):
        raise Refused(_("%(product)s is no longer sold.") % {"product": product.name}, field=field)


def first_retired(rows: Sequence[Sold]) -> Sold | None:
    """The first of these that is retired by now; until the transaction ends nobody retires the others.

    After the account, where both are locked. Any number may sign for a plan or product at once, so Django's
    own locks, which keep each other out, would be too much.
    """
    table = connection.ops.quote_name(rows[0]._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {table} WHERE tenant_id = %s AND id = ANY(%s) AND retired_at IS NULL"  # noqa: S608  a name from the model
            " ORDER BY id FOR KEY SHARE",
            [rows[0].tenant_id, [row.pk for row in rows]],
        )
        held = {pk for (pk,) in cursor.fetchall()}
    return next((row for row in rows if row.pk not in held), None)


def require(rule: Callable[[Membership], bool], actor: Membership) -> None:
    """Raises NotAllowed unless the rule lets the actor do this."""
    if not rule(actor):
        raise NotAllowed(_("You can’t change this. Ask an administrator."))
