"""Invitations: offered, mailed, sent again, taken back, accepted."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.errors import NotAllowed, Refused
from portal.core.history import record
from portal.core.waking import wake_after_commit
from portal.identity import rules
from portal.identity.actions.people import add_person
from portal.identity.invitations import LIFETIME, hash_of, new_nonce, secret_of
from portal.identity.limits import INVITATION_MAIL, INVITE, spend
from portal.identity.models import MAIL_TRIES, Account, Invitation, Membership, Team, User

_MAIL = "portal.identity.tasks.mail_invitations"


def invite(
    *,
    actor: Membership,
    email: str,
    role: str,
    language: str,
    account: Account | None = None,
    team: Team | None = None,
) -> Invitation:
    """Offer a place to an address; the mail leaves after the commit, in ``language``.

    :raises Refused: when somebody with this address is here, or invited, already.
    """
    if not rules.may_manage_people(actor, account):
        raise NotAllowed(_("You may not invite people here."))
    if not rules.fits(role, account):
        raise Refused(_("This role does not fit: contacts belong to a customer, staff do not."), field="role")
    email = email.strip().lower()
    here = Membership.objects.current().filter(tenant_id=actor.tenant_id, account=account, user__email=email)
    if here.exists():
        raise Refused(_("Somebody with this address is here already."), code="already_here", field="email")
    spend(INVITE, actor.pk)
    spend(INVITATION_MAIL, actor.tenant_id, email)
    now, nonce = timezone.now(), new_nonce()
    same = Invitation.objects.open().filter(tenant_id=actor.tenant_id, account=account, email=email)
    same.filter(expires_at__lte=now).update(revoked_at=now)
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                tenant_id=actor.tenant_id,
                account=account,
                email=email,
                role=role,
                team=team,
                language=language,
                nonce=nonce,
                token_hash=hash_of(secret_of(nonce)),
                invited_by=actor,
                expires_at=now + LIFETIME,
            )
    except IntegrityError:
        raise Refused(
            _("This address has an open invitation already. You can send it again."),
            code="invited",
            field="email",
        ) from None
    record(invitation, "invited", actor, email=email, role=str(role))
    wake_after_commit(_MAIL)
    return invitation


def resend_invitation(*, invitation: Invitation, actor: Membership) -> Invitation:
    """Mail it once more with a new link and seven new days; the old link ends."""
    if not rules.may_manage_invitation(actor, invitation):
        raise NotAllowed(_("You may not invite people here."))
    spend(INVITE, actor.pk)
    spend(INVITATION_MAIL, invitation.tenant_id, invitation.email)
    now, nonce = timezone.now(), new_nonce()
    fresh = {
        "nonce": nonce,
        "token_hash": hash_of(secret_of(nonce)),
        "expires_at": now + LIFETIME,
        "mailed_at": None,
        "mail_due_at": now,
        "mail_tries": 0,
    }
    if not Invitation.objects.open().filter(pk=invitation.pk).update(**fresh):
        raise Refused(_("This invitation has been used or taken back."), code="gone")
    for name, value in fresh.items():
        setattr(invitation, name, value)
    record(invitation, "sent_again", actor, email=invitation.email)
    wake_after_commit(_MAIL)
    return invitation


def revoke_invitation(*, invitation: Invitation, actor: Membership) -> None:
    if not rules.may_manage_invitation(actor, invitation):
        raise NotAllowed(_("You may not invite people here."))
    if Invitation.objects.open().filter(pk=invitation.pk).update(revoked_at=timezone.now()):
        record(invitation, "revoked", actor, email=invitation.email)


def accept_invitation(*, invitation: Invitation, user: User) -> Membership:
    """The place becomes the user's, once. Call it acting for every account of the tenant.

    :raises Refused: when the link was used meanwhile, or is another address's.
    """
    if user.email != invitation.email:
        raise NotAllowed(_("This invitation is for another address."))
    now = timezone.now()
    if not Invitation.objects.usable(now).filter(pk=invitation.pk).update(accepted_at=now):
        raise Refused(_("This invitation can no longer be used."), code="gone")
    person = add_person(
        tenant=invitation.tenant,
        user=user,
        role=invitation.role,
        account=invitation.account,
        team=invitation.team,
        actor=None,
    )
    record(invitation, "accepted", person, email=invitation.email)
    return person


def claim_invitation_mail(*, tenant_id: int, invitation_id: int) -> Invitation | None:
    """Lease the mail of a due invitation to one worker; the lease grows with each try.

    None when another worker has it, or it was used, taken back or has run out meanwhile.
    """
    now = timezone.now()
    due = Invitation.objects.usable(now).filter(
        tenant_id=tenant_id, pk=invitation_id, mailed_at=None, mail_due_at__lte=now, mail_tries__lt=MAIL_TRIES
    )
    invitation = due.select_related("tenant", "account", "invited_by__user").first()
    if invitation is None:
        return None
    lease = now + timedelta(minutes=2**invitation.mail_tries)
    if not due.update(mail_due_at=lease, mail_tries=F("mail_tries") + 1):
        return None
    return invitation


def invitation_was_mailed(*, invitation: Invitation) -> None:
    """Note that this link has left; a newer link of the same invitation is still to be mailed."""
    same_link = Invitation.objects.filter(pk=invitation.pk, token_hash=invitation.token_hash)
    same_link.update(mailed_at=timezone.now())


def give_up_invitation_mail(*, invitation: Invitation) -> None:
    """The mail server will never take this address."""
    same_link = Invitation.objects.filter(pk=invitation.pk, token_hash=invitation.token_hash)
    same_link.update(mail_tries=MAIL_TRIES)
