from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    MAIL = "mail", _("E-mail")


class DeliveryState(models.TextChoices):
    QUEUED = "queued", _("Waiting to leave")
    SENDING = "sending", _("On its way")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be sent")
    DROPPED = "dropped", _("No longer needed")


class Trouble(models.TextChoices):
    """Why a delivery has not left; kept with it, and never in the words of a mail server."""

    UNREACHABLE = "unreachable", _("The mail server can't be reached.")
    NOT_NOW = "not_now", _("The mail server asked to try again later.")
    REFUSED = "refused", _("The mail server does not accept mail for this address.")
    UNWRITTEN = "unwritten", _("The message could not be written.")
    GIVEN_UP = "given_up", _("The message was tried too often.")
    REMOVED = "removed", _("The person no longer has access.")
    OUT_OF_SIGHT = "out_of_sight", _("The person may no longer see what the message speaks of.")
