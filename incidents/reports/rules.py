"""Who may see a report."""

from incidents.rules import works_incidents
from portal.identity.enums import Role
from portal.identity.models import Membership


def sees_reports(person: Membership) -> bool:
    """Staff of the tenant; of an account, who may see all of its incidents."""
    if works_incidents(person):
        return True
    return person.role == Role.CUSTOMER_ADMIN or person.tenant.customers_see_company
