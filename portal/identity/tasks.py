import logging
import smtplib

from celery import shared_task

from portal.core import doors
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.actions.invitations import (
    claim_invitation_mail,
    give_up_invitation_mail,
    invitation_was_mailed,
)
from portal.identity.mail import send_invitation

log = logging.getLogger(__name__)


@shared_task(name="portal.identity.tasks.mail_invitations")
def mail_invitations() -> int:
    """Mail each invitation that is due, of every tenant; the sweep runs it, and every new one wakes it."""
    due = doors.ask("identity_invitations_to_mail")
    return sum(mail_invitation(tenant_id, invitation_id) for tenant_id, invitation_id in due)


def mail_invitation(tenant_id: int, invitation_id: int) -> bool:
    """Whether it was mailed now: not when another worker has it, or the mail server refused."""
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        invitation = claim_invitation_mail(tenant_id=tenant_id, invitation_id=invitation_id)
    if invitation is None:
        return False
    try:
        send_invitation(invitation)
    except smtplib.SMTPRecipientsRefused as error:
        permanent = all(code >= 500 for code, _reason in error.recipients.values())
        if permanent:
            with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
                give_up_invitation_mail(invitation=invitation)
        log.warning("The mail server refused invitation %s", invitation_id)
        return False
    except (OSError, smtplib.SMTPException):
        log.warning("Invitation %s could not be mailed; it is tried again", invitation_id)
        return False
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        invitation_was_mailed(invitation=invitation)
    return True
