"""The few rows of a bench vendor that come about as in life: its plans and first edition, products, staff."""

from dataclasses import dataclass

from django.utils import timezone

from incidents.models import TeamProduct
from plans.models import Edition, Product, ProductVersion
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.enums import Role
from portal.identity.models import Membership, Team, Tenant, User
from portal.identity.registry import furnishings

PRODUCTS = ("Ledger", "Warehouse", "Point of Sale", "Integration Server", "Payroll")
AGENTS_A_TEAM = 10


@dataclass(frozen=True)
class Vendor:
    """A tenant and its share of the rows."""

    label: str
    tenant_id: int
    edition_id: int
    accounts: int
    incidents: int
    unsolved: int


def open_vendor(label: str, *, accounts: int, incidents: int, unsolved: int) -> Vendor:
    """A tenant with five products, each served by a team of ten agents and a lead."""
    tenant = Tenant.objects.create(label=label, name=f"{label.title()} Software")
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        admin = _person(tenant, Role.ADMIN, "admin", None)
        furnishings.tell(tenant, admin)
        for position, name in enumerate(PRODUCTS):
            product = Product.objects.create(
                tenant=tenant, code=name.lower().replace(" ", "-"), name=name, position=position
            )
            ProductVersion.objects.create(tenant=tenant, product=product, name="7.2")
            team = Team.objects.create(tenant=tenant, name=f"{name} team")
            TeamProduct.objects.create(tenant=tenant, team=team, product=product)
            _person(tenant, Role.LEAD, f"lead{position}", team)
            for number in range(AGENTS_A_TEAM):
                _person(tenant, Role.AGENT, f"agent{position}{number}", team)
        edition = Edition.objects.get(tenant=tenant, number=1)
    return Vendor(label, tenant.pk, edition.pk, accounts, incidents, unsolved)


def _person(tenant: Tenant, role: Role, name: str, team: Team | None) -> Membership:
    user = User(email=f"{name}@{tenant.label}.example", name=name.title(), created_at=timezone.now())
    user.set_unusable_password()
    user.save()
    return Membership.objects.create(tenant=tenant, user=user, role=role, team=team)
