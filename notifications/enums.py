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
