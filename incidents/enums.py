from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    NEW = "new", _("New")
    OPEN = "open", _("Open")
    WAITING = "waiting", _("Waiting for customer")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


TO_DO = (State.NEW, State.OPEN)
UNSOLVED = (State.NEW, State.OPEN, State.WAITING)
STATE_TONE = {
    State.NEW: "accent",
    State.OPEN: "info",
    State.WAITING: "warn",
    State.RESOLVED: "ok",
    State.CLOSED: "neutral",
}
"""The tone of ``<c-state>`` for each state."""


class Kind(models.TextChoices):
    DEFECT = "defect", _("Something does not work")
    HOW_TO = "how_to", _("How-to question")
    INSTALLATION = "installation", _("Installation or implementation question")
    OTHER = "other", _("Something else")


class Channel(models.TextChoices):
    WEB = "web", _("Portal")
    API = "api", _("API")
    PHONE = "phone", _("Phone")
