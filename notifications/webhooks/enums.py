from django.db import models
from django.utils.translation import gettext_lazy as _


class WebhookState(models.TextChoices):
    ON = "on", _("On")
    OFF = "off", _("Off")
    FAILED = "failed", _("Switched off after failures")
    HELD = "held", _("Stopped by support")


class CallTrouble(models.TextChoices):
    """Why a call has not arrived; kept with it, and never in the words of the receiver."""

    NOT_ALLOWED = "not_allowed", _("The address leads into a private network, or is not https.")
    UNKNOWN_NAME = "unknown_name", _("The host name is not known.")
    UNREACHABLE = "unreachable", _("The receiver can’t be reached.")
    UNPROVEN = "unproven", _("The receiver’s certificate is not valid for its name.")
    TOO_SLOW = "too_slow", _("The receiver did not answer in time.")
    NO_ANSWER = "no_answer", _("The receiver’s answer can’t be understood.")
    REDIRECTED = (
        "redirected",
        _("The receiver leads to another address; calls go to the registered one only."),
    )
    REFUSED = "refused", _("The receiver answered with an error.")
    GONE = "gone", _("The receiver says that it is gone for good.")
    SECRET_LOST = "secret_lost", _("The secret can’t be read since the portal’s key was changed. Renew it.")
    NOT_MADE = "not_made", _("The call could not be made.")
    GIVEN_UP = "given_up", _("The call was tried too often.")
    SWITCHED_OFF = "switched_off", _("The webhook was off.")
    NOT_CHOSEN = "not_chosen", _("The webhook no longer asks for this event.")
