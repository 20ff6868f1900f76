"""Who may do what with critical solutions. Pages, API and templates all ask here."""

from knowledge.critical.models import Loop
from knowledge.solutions.enums import OUTSIDE, State
from knowledge.solutions.models import Solution
from portal.identity.enums import Role
from portal.identity.models import Membership

_DECIDE = frozenset({Role.LEAD, Role.ADMIN})


def registers(person: Membership) -> bool:
    """Contacts say for themselves what they want to be told of; nobody says it for them."""
    return person.is_contact


def sees_who_registered(person: Membership) -> bool:
    return person.role == Role.CUSTOMER_ADMIN


def watches_loops(person: Membership) -> bool:
    """Staff see how a loop closes; success managers of the accounts that they look after."""
    return person.is_staff_member


def follows_own_accounts(person: Membership) -> bool:
    return person.role == Role.CSM


def tells_customers(person: Membership) -> bool:
    """Leads and administrators decide that customers are told."""
    return person.role in _DECIDE


def can_be_told(solution: Solution) -> bool:
    """Customers find it, and it was published as critical."""
    return solution.critical and solution.state == State.PUBLISHED and solution.audience in OUTSIDE


def answers_for_account(person: Membership) -> bool:
    """Any contact says what became of it at their account: who was told may not be who repairs."""
    return person.is_contact


def speaks_for(person: Membership, loop: Loop) -> bool:
    """Contacts for their account; staff who see its loop, for a customer who told them."""
    if person.tenant_id != loop.tenant_id:
        return False
    if answers_for_account(person):
        return person.account_id == loop.account_id
    return watches_loops(person) and (not follows_own_accounts(person) or loop.account.csm_id == person.pk)
