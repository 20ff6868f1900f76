"""What :func:`knowledge.critical.audience.judge` is given, read for many accounts at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from entitlements.holdings import load_holdings_of
from entitlements.models import ContractLine, Installation
from knowledge.critical.audience import Installed, Judged, Wish, judge
from knowledge.critical.models import Registration
from knowledge.critical.scopes import Scope, scope_of
from knowledge.solutions.models import Solution, SolutionProduct
from plans.queries import products_of
from portal.identity.models import Account, Tenant

WISH = ("person_id", "product_id", "by_mail", "in_portal", "tell_unaffected")
_INSTALLED = ("id", "name", "product_id", "version_id", "version__name")


def scopes_of(tenant: Tenant, solution: Solution) -> list[Scope]:
    """The products and versions that the solution is for today, in the tenant's order of products."""
    products = {product.id: product for product in products_of(tenant)}
    ranges = SolutionProduct.objects.filter(tenant=tenant, solution=solution)
    found = {
        one.product_id: scope_of(products[one.product_id], one.since_version_id, one.until_version_id)
        for one in ranges
    }
    return [found[product_id] for product_id in products if product_id in found]


def holders(tenant_id: int, products: Collection[int]) -> QuerySet[Account]:
    """The accounts that have ever had a contract for one of the products."""
    lines = ContractLine.objects.filter(
        tenant_id=tenant_id, account_id=OuterRef("pk"), product_id__in=products
    )
    return Account.objects.filter(Exists(lines), tenant_id=tenant_id).order_by("pk")


def registered_in(
    tenant_id: int, accounts: Iterable[int], products: Collection[int]
) -> QuerySet[Registration]:
    """In the order in which people are told."""
    found = Registration.objects.filter(tenant_id=tenant_id, account_id__in=accounts, product_id__in=products)
    return found.order_by("account_id", "person_id", "product_id")


def judged(
    tenant_id: int,
    accounts: Sequence[Account],
    scopes: Sequence[Scope],
    registered: Iterable[tuple[int, Wish]],
    *,
    at: datetime,
) -> list[Judged]:
    """Each account in turn; ``registered`` are account ids with wishes. Two statements for all."""
    holdings = load_holdings_of(tenant_id, accounts, at=at)
    installed: dict[int, list[Installed]] = defaultdict(list)
    products = [scope.product_id for scope in scopes]
    in_use = Installation.objects.filter(
        tenant_id=tenant_id, account_id__in=holdings, product_id__in=products, retired_at=None
    ).order_by("account_id", "name")
    for account_id, *row in in_use.values_list("account_id", *_INSTALLED):
        pk, name, product_id, version_id, version = row
        installed[account_id].append(Installed(pk, name, product_id, version_id, version or ""))
    wishes: dict[int, list[Wish]] = defaultdict(list)
    for account_id, wish in registered:
        wishes[account_id].append(wish)
    return [
        judge(holdings[account.pk], scopes, installed[account.pk], wishes[account.pk], at=at)
        for account in accounts
    ]
