"""Who may see and change what accounts hold."""

from portal.identity.enums import Role
from portal.identity.models import Membership


def may_see_every_account(person: Membership) -> bool:
    return person.is_staff_member


def may_manage_holdings(person: Membership) -> bool:
    """Sign, change and cancel contracts, and keep an account's installations."""
    return person.role == Role.ADMIN


def may_note_uses(person: Membership) -> bool:
    """Note that a yearly allowance was used."""
    return person.role in {Role.ADMIN, Role.CSM}


def may_grant(person: Membership) -> bool:
    """Give a feature at the tenant's discretion, and take it back.

    Administrators, who say what plans give, and success managers, who look after programmes; not leads, who
    answer for agents and incidents.
    """
    return person.role in {Role.ADMIN, Role.CSM}
