"""Every change to people, accounts and portals."""

from portal.identity.actions.accounts import add_account, add_team, edit_account, rename_team
from portal.identity.actions.invitations import (
    accept_invitation,
    invite,
    resend_invitation,
    revoke_invitation,
)
from portal.identity.actions.people import add_person, change_role, edit_staff, remove_person
from portal.identity.actions.portals import edit_tenant, open_tenant, set_sales_contact
from portal.identity.actions.reach import note_reached, note_refused
from portal.identity.actions.tokens import make_token, revoke_token
from portal.identity.actions.users import edit_profile, make_user

__all__ = [
    "accept_invitation",
    "add_account",
    "add_person",
    "add_team",
    "change_role",
    "edit_account",
    "edit_profile",
    "edit_staff",
    "edit_tenant",
    "invite",
    "make_token",
    "make_user",
    "note_reached",
    "note_refused",
    "open_tenant",
    "remove_person",
    "rename_team",
    "resend_invitation",
    "revoke_invitation",
    "revoke_token",
    "set_sales_contact",
]
