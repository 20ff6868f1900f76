"""How allauth behaves in a portal."""

import logging
import smtplib
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from portal.identity import hosts
from portal.identity.models import User

log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: people come by invitation, or open a portal of their own."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only this very host: another portal's pages are another company's."""
        host = self.request.get_host()
        return url_has_allowed_host_and_scheme(url, {host}, require_https=self.request.is_secure())

    def get_reset_password_from_key_url(self, key: str) -> str:
        """On the tenant's own host, whatever Host header the request came with."""
        return hosts.url_of(self.request.tenant, urlsplit(super().get_reset_password_from_key_url(key)).path)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return hosts.url_of(
            self.request.tenant, reverse("account_confirm_email", args=[emailconfirmation.key])
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the receiver's language. A mail server that is down is told to the person; it breaks no page."""
        receiver = User.objects.filter(email=email.lower()).only("language").first()
        language = receiver.language if receiver else translation.get_language()
        try:
            with translation.override(language):
                super().send_mail(template_prefix, email, {**context, "tenant": self.request.tenant})
        except (OSError, smtplib.SMTPException):
            log.exception("A mail about a sign-in could not be sent")
            messages.error(self.request, _("A mail could not be sent just now. Please try again later."))
