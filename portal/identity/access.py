"""Doors: an object for a person, or the 404 of what does not exist."""

from django.http import Http404

from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity import invitations, rules
from portal.identity.models import Account, ApiToken, Invitation, Membership, Team, Tenant


def account_for(person: Membership, key: str) -> Account:
    """A customer of the portal, for its staff."""
    if not rules.may_see_accounts(person):
        raise Http404
    account = Account.objects.filter(tenant_id=person.tenant_id, key=key).select_related("csm__user").first()
    if account is None:
        raise Http404
    return account


def colleague_for(person: Membership, pk: int) -> Membership:
    """Somebody whom the person may manage: of the staff, or of an account."""
    colleague = (
        Membership.objects.visible_to(person)
        .current()
        .filter(pk=pk)
        .select_related("user", "account", "team")
        .first()
    )
    if colleague is None or not rules.may_manage_people(person, colleague.account):
        raise Http404
    return colleague


def invitation_for(person: Membership, pk: int) -> Invitation:
    """An open invitation that the person may send again or take back."""
    invitation = (
        Invitation.objects.open()
        .filter(tenant_id=person.tenant_id, pk=pk)
        .select_related("account", "tenant")
        .first()
    )
    if invitation is None or not rules.may_manage_invitation(person, invitation):
        raise Http404
    return invitation


def invitation_by_secret(tenant: Tenant | None, secret: str) -> Invitation:
    """The usable invitation of a link. Whoever has the link may look, so it is read for every account."""
    if tenant is None:
        raise Http404
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        invitation = invitations.find(tenant, secret)
    if invitation is None:
        raise Http404
    return invitation


def team_for(person: Membership, pk: int) -> Team:
    team = Team.objects.filter(tenant_id=person.tenant_id, pk=pk).first()
    if team is None or not rules.may_run_portal(person):
        raise Http404
    return team


def token_for(person: Membership, pk: int) -> ApiToken:
    """A person's own token; nobody sees another's."""
    token = ApiToken.objects.filter(
        tenant_id=person.tenant_id, person_id=person.pk, pk=pk, revoked_at=None
    ).first()
    if token is None:
        raise Http404
    return token


def own_membership(user_id: int, pk: int) -> Membership:
    """One of a user's places, in whichever portal."""
    membership = (
        Membership.objects.current().filter(user_id=user_id, pk=pk).select_related("tenant", "user").first()
    )
    if membership is None:
        raise Http404
    return membership
