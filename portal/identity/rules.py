"""What a person may do with people, accounts and the portal itself."""

from portal.identity.enums import CONTACT_ROLES, STAFF_ROLES, Role
from portal.identity.models import Account, Invitation, Membership


def may_run_portal(person: Membership) -> bool:
    """Edit the portal's settings, its staff, teams and accounts."""
    return person.role == Role.ADMIN


def may_see_accounts(person: Membership) -> bool:
    return person.is_staff_member


def may_manage_people(person: Membership, account: Account | None) -> bool:
    """Invite and remove the people of an account, or the staff where there is no account."""
    if person.role == Role.ADMIN:
        return account is None or account.tenant_id == person.tenant_id
    return person.role == Role.CUSTOMER_ADMIN and account is not None and account.pk == person.account_id


def fits(role: str, account: Account | None) -> bool:
    """Contacts have an account; staff have none."""
    return role in (STAFF_ROLES if account is None else CONTACT_ROLES)


def may_change(actor: Membership, person: Membership) -> bool:
    """Nobody changes or removes themself; a colleague does."""
    return (
        actor.pk != person.pk
        and actor.tenant_id == person.tenant_id
        and may_manage_people(actor, person.account)
    )


def may_manage_invitation(actor: Membership, invitation: Invitation) -> bool:
    return actor.tenant_id == invitation.tenant_id and may_manage_people(actor, invitation.account)


def roles_for(account: Account | None) -> list[Role]:
    """The roles that somebody may be given, in the order of the list of roles."""
    return [role for role in Role if fits(role, account)]
