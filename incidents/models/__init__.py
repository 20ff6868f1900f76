"""The work: incidents, their conversation, their clocks, and what is told of these."""

from incidents.models.alerts import Alert, AlertStep, Replanning
from incidents.models.clocks import Clock, ClockSegment, Score
from incidents.models.duties import Duty
from incidents.models.incident import Attachment, Follower, Incident, IncidentQuerySet, Message
from incidents.models.rehearsals import Rehearsal, RehearsedPromise
from incidents.models.solutions import SolutionLink
from incidents.models.teams import AgentProduct, TeamProduct

__all__ = [
    "AgentProduct",
    "Alert",
    "AlertStep",
    "Attachment",
    "Clock",
    "ClockSegment",
    "Duty",
    "Follower",
    "Incident",
    "IncidentQuerySet",
    "Message",
    "Rehearsal",
    "RehearsedPromise",
    "Replanning",
    "Score",
    "SolutionLink",
    "TeamProduct",
]
