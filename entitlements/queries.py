from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import get_language

from entitlements.holdings import load_holdings, load_own
from entitlements.models import AllowanceUse, Contract, Installation
from entitlements.sheets import Known
from entitlements.values import Holdings
from plans.models import Feature
from plans.queries import feature_name, feature_rows, features_of, sold_plans, sold_products
from portal.identity.models import Account, Membership, Tenant

_MEMO = "holdings_of_this_request"


def holdings_for(person: Membership) -> Holdings:
    """What the contact's account holds; loaded once per request, as the person object lives that long.

    It comes with the account, where nobody has asked for that before. Raises ValueError for staff, who hold
    nothing themselves.
    """
    if person.account_id is None:
        raise ValueError("Only a contact has an account that holds something")
    if _MEMO not in person.__dict__:
        if Membership.account.is_cached(person):
            loaded = load_holdings(person.account)
        else:
            person.account, loaded = load_own(person.tenant_id, person.account_id)
        person.__dict__[_MEMO] = loaded
    holdings: Holdings = person.__dict__[_MEMO]
    return holdings


def installations_of(person: Membership, account: Account) -> QuerySet[Installation]:
    """What the account runs, then what it has retired; contacts see what their own account runs."""
    found = Installation.objects.filter(tenant_id=person.tenant_id, account=account)
    if person.is_contact:
        found = found.filter(account=person.account, retired_at=None)
    return found.select_related("product", "version").order_by("-retired_at", "product__position", "name")


def uses_of(person: Membership, account: Account) -> QuerySet[AllowanceUse]:
    """The uses of yearly allowances that stand, the latest first."""
    found = AllowanceUse.objects.filter(tenant_id=person.tenant_id, account=account, cancelled_at=None)
    return found.select_related("feature", "contract", "noted_by__user").order_by("-used_on", "-id")


def csm_of(account: Account) -> Membership | None:
    """The account's success manager, with their user."""
    if account.csm_id is None:
        return None
    people = Membership.objects.filter(tenant_id=account.tenant_id, pk=account.csm_id, removed_at=None)
    return people.select_related("user").first()


def limited_features(account: Account, tenant: Tenant) -> dict[Feature, str]:
    """The features that a contract of the account gives only so often, with their names."""
    codes = {
        code
        for line in load_holdings(account).lines
        for (plan_id, code), cell in line.matrix.cells.items()
        if plan_id == line.plan.id and cell.allowance is not None
    }
    language = get_language() or tenant.language
    return {row: feature_name(tenant.pk, row.code, language) for row in feature_rows(tenant, codes)}


def discretionary_features(tenant: Tenant) -> dict[Feature, str]:
    """The features that the tenant may grant, with their names."""
    language = get_language() or tenant.language
    codes = [feature.code for feature in features_of(tenant) if feature.discretionary]
    return {row: feature_name(tenant.pk, row.code, language) for row in feature_rows(tenant, codes)}


def known_to(person: Membership) -> Known:
    """What a file of contracts may name in the person's tenant."""
    return Known(
        accounts={account.key: account for account in Account.objects.filter(tenant_id=person.tenant_id)},
        plans={plan.code: plan for plan in sold_plans(person.tenant)},
        products={product.code: product for product in sold_products(person.tenant)},
    )


def exported(person: Membership) -> Iterator[tuple[object, ...]]:
    """Every contract of the tenant in the columns of ``sheets.EXPORTED``; a fixed number of statements."""
    contracts = (
        Contract.objects.filter(tenant_id=person.tenant_id)
        .select_related("account", "plan", "renews")
        .prefetch_related("lines__product", "upgrades__plan")
        .order_by("account__key", "starts_on", "pk")
    )
    for contract in contracts:
        lines = sorted(contract.lines.all(), key=lambda line: line.pk)
        upgrades = sorted(contract.upgrades.all(), key=lambda upgrade: upgrade.starts_on)
        cancelled = contract.cancelled_at and contract.account.localdate(contract.cancelled_at)
        yield (
            contract.account.key,
            contract.plan.code,
            " ".join(line.product.code for line in lines if line.starts_on is None),
            contract.starts_on,
            contract.ends_on,
            contract.number,
            contract.grace_days,
            " ".join(f"{upgrade.plan.code}:{upgrade.starts_on}" for upgrade in upgrades),
            " ".join(f"{line.product.code}:{line.starts_on}" for line in lines if line.starts_on),
            contract.renews.number if contract.renews else "",
            cancelled or "",
        )
