"""Every change of an incident is one of these. Pages, API, tasks and the demo call them."""

from incidents.actions.attachments import discard, remove_unattached, upload
from incidents.actions.calls import log_call
from incidents.actions.commitments import commit_to
from incidents.actions.conversation import add_follower, add_note, follow, reply, unfollow
from incidents.actions.duty import add_duty, remove_duty
from incidents.actions.ladder import add_step, change_step, remove_step
from incidents.actions.log import NewIncident, log_incident
from incidents.actions.plans import ask_about_plan
from incidents.actions.rehearsals import cancel_rehearsal, start_rehearsal
from incidents.actions.solutions import link_solution, make_solution, unlink_solution
from incidents.actions.take import take_next
from incidents.actions.work import (
    assign,
    change_severity,
    close,
    contest_severity,
    put_under_cover,
    reopen,
    resolve,
)

__all__ = [
    "NewIncident",
    "add_duty",
    "add_follower",
    "add_note",
    "add_step",
    "ask_about_plan",
    "assign",
    "cancel_rehearsal",
    "change_severity",
    "change_step",
    "close",
    "commit_to",
    "contest_severity",
    "discard",
    "follow",
    "link_solution",
    "log_call",
    "log_incident",
    "make_solution",
    "put_under_cover",
    "remove_duty",
    "remove_step",
    "remove_unattached",
    "reopen",
    "reply",
    "resolve",
    "start_rehearsal",
    "take_next",
    "unfollow",
    "unlink_solution",
    "upload",
]
