"""Everything that is told, and every change to how it is."""

from notifications.actions.bouncing import NotYet, take_bounce
from notifications.actions.choosing import choose, resume_mail, set_mail_hours, stop_mail
from notifications.actions.tell import mark_all_read, mark_read, notify, notify_many, telling

__all__ = [
    "NotYet",
    "choose",
    "mark_all_read",
    "mark_read",
    "notify",
    "notify_many",
    "resume_mail",
    "set_mail_hours",
    "stop_mail",
    "take_bounce",
    "telling",
]
