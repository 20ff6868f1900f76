"""The mails of this app: short, plain, in their receiver's language."""

import hashlib
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from portal.identity import hosts
from portal.identity.invitations import link_of
from portal.identity.models import Invitation


def send_invitation(invitation: Invitation) -> None:
    """:raises OSError, smtplib.SMTPException: when it could not be handed over."""
    context = {
        "invitation": invitation,
        "tenant": invitation.tenant,
        "account": invitation.account,
        "inviter": invitation.invited_by.name,
        "link": link_of(invitation),
    }
    _send("invitation", invitation.email, invitation.language, context, key=invitation.token_hash)


def send_opening(*, email: str, language: str, name: str, portal: str, token: str) -> None:
    """The link by which somebody who wants to open a portal shows that the address is theirs."""
    link = hosts.url_of(None, reverse("identity:confirm_opening", args=[token]))
    context = {"name": name, "portal": portal, "link": link}
    _send("opening", email, language, context, key=token)


def _send(template: str, to: str, language: str, context: dict[str, Any], *, key: str) -> None:
    with translation.override(language):
        subject = " ".join(render_to_string(f"identity/mail/{template}_subject.txt", context).split())
        body = render_to_string(f"identity/mail/{template}.txt", context)
    stable = hashlib.sha256(key.encode()).hexdigest()[:32]
    EmailMessage(
        subject,
        body.strip() + "\n",
        to=[to],
        headers={
            "Message-ID": f"<{template}.{stable}@{settings.BASE_HOST}>",
            "Auto-Submitted": "auto-generated",
        },
    ).send()
