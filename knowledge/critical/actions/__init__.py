"""Every change of registrations, notices and what becomes of them. Pages, API, sweeps and demo call these."""

from knowledge.critical.actions.answering import (
    acknowledge,
    mark_read,
    note_download,
    note_fetched,
    note_opened,
    say,
)
from knowledge.critical.actions.publishing import tell_customers
from knowledge.critical.actions.registering import Chosen, decline, register, register_for_all

__all__ = [
    "Chosen",
    "acknowledge",
    "decline",
    "mark_read",
    "note_download",
    "note_fetched",
    "note_opened",
    "register",
    "register_for_all",
    "say",
    "tell_customers",
]
