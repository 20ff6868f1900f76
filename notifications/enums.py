from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    PORTAL = "portal", _("In the portal")
    MAIL = "mail", _("E-mail")


class Choice(models.TextChoices):
    """How a person wants to be told of a topic over a channel."""

    NOW = "now", _("At once")
    DAILY = "daily", _("Once a day")
    OFF = "off", _("Not at all")


class DeliveryState(models.TextChoices):
    QUEUED = "queued", _("Waiting to leave")
    SENDING = "sending", _("On its way")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be sent")
    DROPPED = "dropped", _("No longer needed")


class MailState(models.TextChoices):
    """What, besides, the mail of one notification can be."""

    GATHERED = "gathered", _("Waiting for the daily digest")


class Trouble(models.TextChoices):
    """Why a delivery has not left; kept with it, and never in the words of a mail server."""

    UNREACHABLE = "unreachable", _("The mail server can't be reached.")
    NOT_NOW = "not_now", _("The mail server asked to try again later.")
    REFUSED = "refused", _("The mail server does not accept mail for this address.")
    UNWRITTEN = "unwritten", _("The message could not be written.")
    BOUNCED = "bounced", _("The mail was taken, and came back.")
    GIVEN_UP = "given_up", _("The message was tried too often.")
    REMOVED = "removed", _("The person no longer has access.")
    QUIET = "quiet", _("It waits for the end of the person’s quiet hours.")
    TURNED_OFF = "turned_off", _("The person wants no mail about this.")
    OUT_OF_SIGHT = "out_of_sight", _("The person may no longer see what the message speaks of.")
