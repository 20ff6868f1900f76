"""Every change to what is released, and every start of a download."""

from knowledge.releases.actions.downloads import ask_for, begin, go_on_or_ask, note_sent
from knowledge.releases.actions.drafts import Facts, Words, discard_draft, edit_draft, start_draft
from knowledge.releases.actions.publishing import publish, withdraw
from knowledge.releases.actions.uploads import (
    add_file,
    begin_upload,
    discard_upload,
    finish_upload,
    receive_part,
    remove_file,
)
from knowledge.releases.actions.words import write_words

__all__ = [
    "Facts",
    "Words",
    "add_file",
    "ask_for",
    "begin",
    "begin_upload",
    "discard_draft",
    "discard_upload",
    "edit_draft",
    "finish_upload",
    "go_on_or_ask",
    "note_sent",
    "publish",
    "receive_part",
    "remove_file",
    "start_draft",
    "withdraw",
    "write_words",
]
