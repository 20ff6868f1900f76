"""The standing cast: two tenants, two accounts in each, one person per role.

Made once per test run and committed; tests change it only inside their own transaction.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from entitlements.models import Contract, ContractLine, Installation
from plans.models import Edition, Plan, Product, ProductVersion
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.enums import Role
from portal.identity.models import Account, Membership, Team, Tenant, User
from portal.identity.registry import furnishings

PASSWORD = "correct horse battery"


@dataclass
class Company:
    """An account with its people and what it holds."""

    account: Account
    admin: Membership
    contact: Membership
    colleague: Membership
    contract: Contract
    installation: Installation


@dataclass
class House:
    """A tenant with its staff, products and two accounts: ``big`` has Elite, ``small`` has Xtreme."""

    tenant: Tenant
    admin: Membership
    lead: Membership
    agent: Membership
    other_agent: Membership
    csm: Membership
    team: Team
    ledger: Product
    store: Product
    big: Company
    small: Company

    @property
    def staff(self) -> list[Membership]:
        return [self.admin, self.lead, self.agent, self.other_agent, self.csm]


@dataclass
class Cast:
    acme: House
    rival: House

    @property
    def houses(self) -> list[House]:
        return [self.acme, self.rival]


def _person(
    tenant: Tenant, role: Role, name: str, account: Account | None = None, **fields: Any
) -> Membership:
    email = f"{name.lower().replace(' ', '.')}@{tenant.label}.example"
    user = User.objects.create_user(email=email, password=PASSWORD, name=name.title())
    return Membership.objects.create(tenant=tenant, user=user, role=role, account=account, **fields)


def _company(house_products: list[Product], tenant: Tenant, name: str, key: str, plan_code: str) -> None:
    account = Account.objects.create(
        tenant=tenant, name=name, key=key, time_zone="Europe/Berlin", country="DE"
    )
    for role, who in (
        (Role.CUSTOMER_ADMIN, "admin"),
        (Role.CUSTOMER, "contact"),
        (Role.CUSTOMER, "colleague"),
    ):
        _person(tenant, role, f"{key.lower()} {who}", account)
    today = timezone.localdate()
    contract = Contract.objects.create(
        tenant=tenant,
        account=account,
        number=f"C-{key}",
        plan=Plan.objects.get(tenant=tenant, code=plan_code),
        edition=Edition.objects.get(tenant=tenant, number=1),
        starts_on=today - timedelta(days=100),
        ends_on=today + timedelta(days=265),
    )
    for product in house_products:
        ContractLine.objects.create(tenant=tenant, account=account, contract=contract, product=product)
    Installation.objects.create(
        tenant=tenant,
        account=account,
        product=house_products[0],
        version=ProductVersion.objects.get(tenant=tenant, product=house_products[0]),
        name="Main",
    )


def _make_house(label: str, name: str) -> None:
    tenant = Tenant.objects.create(label=label, name=name)
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        admin = _person(tenant, Role.ADMIN, "the admin")
        furnishings.tell(tenant, admin)
        team = Team.objects.create(tenant=tenant, name="First line")
        for role, who in (
            (Role.LEAD, "the lead"),
            (Role.AGENT, "the agent"),
            (Role.AGENT, "other agent"),
            (Role.CSM, "the csm"),
        ):
            _person(tenant, role, who, team=team if role != Role.CSM else None)
        products = []
        for position, (code, product_name) in enumerate((("ledger", "Ledger"), ("store", "Store"))):
            product = Product.objects.create(tenant=tenant, code=code, name=product_name, position=position)
            ProductVersion.objects.create(tenant=tenant, product=product, name="1.0")
            products.append(product)
        _company(products, tenant, "Big Company", "BIG", "elite")
        _company(products, tenant, "Small Company", "SMA", "xtreme")


def _find_company(tenant: Tenant, key: str) -> Company:
    account = Account.objects.get(tenant=tenant, key=key)
    people = {
        m.user.email.split("@")[0].split(".")[1]: m
        for m in Membership.objects.filter(tenant=tenant, account=account).select_related(
            "user", "account", "tenant"
        )
    }
    return Company(
        account=account,
        admin=people["admin"],
        contact=people["contact"],
        colleague=people["colleague"],
        contract=Contract.objects.filter(tenant=tenant, account=account).earliest("id"),
        installation=Installation.objects.get(tenant=tenant, account=account, name="Main"),
    )


def _find_house(tenant: Tenant) -> House:
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        staff = {
            m.user.email.split("@")[0]: m
            for m in Membership.objects.filter(tenant=tenant, account=None).select_related("user", "tenant")
        }
        products = {p.code: p for p in Product.objects.filter(tenant=tenant)}
        return House(
            tenant=tenant,
            admin=staff["the.admin"],
            lead=staff["the.lead"],
            agent=staff["the.agent"],
            other_agent=staff["other.agent"],
            csm=staff["the.csm"],
            team=Team.objects.get(tenant=tenant, name="First line"),
            ledger=products["ledger"],
            store=products["store"],
            big=_find_company(tenant, "BIG"),
            small=_find_company(tenant, "SMA"),
        )


def find_cast() -> Cast | None:
    """The cast, if it is in the database (a test with real commits ends by emptying it)."""
    tenants = {tenant.label: tenant for tenant in Tenant.objects.filter(label__in=["acme", "rival"])}
    if len(tenants) < 2:
        return None
    return Cast(acme=_find_house(tenants["acme"]), rival=_find_house(tenants["rival"]))


def make_cast() -> Cast:
    _make_house("acme", "Acme Systems")
    _make_house("rival", "Rival Software")
    cast = find_cast()
    assert cast is not None
    assert connection.settings_dict["USER"] == "portal_app"
    return cast
