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
    PLAN = "plan", _("Question about a plan")


LOGGED_KINDS = [(kind.value, kind.label) for kind in Kind if kind != Kind.PLAN]
"""What can be chosen when an incident is logged; questions about plans have a form of their own."""


class Channel(models.TextChoices):
    WEB = "web", _("Portal")
    API = "api", _("API")
    PHONE = "phone", _("Phone")


class ClockState(models.TextChoices):
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    MET = "met", _("Met")
    STOPPED = "stopped", _("Stopped")


LIVE = (ClockState.RUNNING, ClockState.PAUSED)
CLOCK_TONE = {
    ClockState.RUNNING: "info",
    ClockState.PAUSED: "warn",
    ClockState.MET: "ok",
    ClockState.STOPPED: "neutral",
}


class SegmentReason(models.TextChoices):
    """Why a clock goes on as it does from an instant on."""

    STARTED = "started", _("Started")
    WAITING = "waiting", _("Waiting for the customer")
    ANSWERED = "answered", _("The customer has answered")
    SEVERITY = "severity", _("The severity was changed")
    SOLVED = "solved", _("The customer has marked it as solved")
    REOPENED = "reopened", _("Reopened")
    MET = "met", _("Answered by support")
    RESOLVED = "resolved", _("Resolved")
    NO_TARGET = "no_target", _("Nothing is promised for this severity")
    CLOSED = "closed", _("Closed")


class Audience(models.TextChoices):
    """Who can be told when a step of the ladder is reached."""

    ASSIGNEE = "assignee", _("Whoever has it, or else the team")
    LEAD = "lead", _("The team lead")
    ON_CALL = "on_call", _("Whoever is on call")
    CSM = "csm", _("The success manager")
    CUSTOMER = "customer", _("The customer, with a new commitment")
    DUTY_MANAGER = "duty_manager", _("The duty manager")


class Fared(models.TextChoices):
    """How a promise would have ended under other terms, against how it did end."""

    SAME = "same", _("As it did")
    WORSE = "worse", _("Broken instead of kept")
    BETTER = "better", _("Kept instead of broken")
    NOTHING = "nothing", _("Nothing would have been promised")
    OPEN = "open", _("Not over yet")


OTHERWISE = (Fared.WORSE, Fared.BETTER, Fared.NOTHING)
"""How a promise fared that would have ended otherwise than it did."""


class RehearsalState(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    OVERTAKEN = "overtaken", _("The draft was changed meanwhile")


class DutyKind(models.TextChoices):
    """What somebody can be on duty as."""

    ON_CALL = "on_call", _("On call")
    DUTY_MANAGER = "duty_manager", _("Duty manager")
