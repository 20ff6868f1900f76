"""Who can sign in to the demo: a table for people at a terminal."""

from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width

from incidents.demo.material import PASSWORD, Raw, demo
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity import hosts
from portal.identity.enums import Role
from portal.identity.models import Membership, Tenant

_ROLES = (Role.ADMIN, Role.LEAD, Role.AGENT, Role.CSM, Role.CUSTOMER_ADMIN, Role.CUSTOMER)


def roll() -> str:
    """The demo's portals with their people, and the password; empty where there is no demo."""
    parts = [part for raw in demo()["vendors"] if (part := _portal(raw))]
    if not parts:
        return ""
    return "\n\n".join([f"Everybody in the demo signs in with the password {PASSWORD}", *parts])


def _portal(raw: Raw) -> str:
    tenant = Tenant.objects.filter(label=raw["label"]).first()
    rows = list(_people(raw, tenant)) if tenant else []
    if tenant is None or not rows:
        return ""
    return "\n".join([f"{tenant.name}: {hosts.url_of(tenant)}", *_aligned(rows)])


def _people(raw: Raw, tenant: Tenant) -> Iterator[tuple[str, str, str]]:
    """Role, address and company of those whom the demo brought; staff first, then account by account."""
    brought = [
        person["email"] for one in (raw, *raw["accounts"]) for person in one.get("staff") or one["contacts"]
    ]
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        here = Membership.objects.current().filter(tenant=tenant, user__email__in=brought)
        people = list(here.select_related("user", "account"))
    people.sort(
        key=lambda person: (person.account_id or 0, _ROLES.index(Role(person.role)), person.user.email)
    )
    for person in people:
        company = person.account.name if person.account else tenant.name
        yield str(Role(person.role).label), person.user.email, company


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()


def _width(text: str) -> int:
    """Columns of a terminal: Korean letters take two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
