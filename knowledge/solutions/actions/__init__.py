"""Every change of a solution is one of these. Pages, API, the incidents and the demo call them."""

from knowledge.solutions.actions.keeping import change_solution, count_link, look_again, restore, retire
from knowledge.solutions.actions.reading import raise_flag, resolve_flag, say_verdict
from knowledge.solutions.actions.reviewing import ask_review, publish, send_back
from knowledge.solutions.actions.writing import (
    PARTS,
    Range,
    Words,
    discard_draft,
    draft_solution,
    save_draft,
)

__all__ = [
    "PARTS",
    "Range",
    "Words",
    "ask_review",
    "change_solution",
    "count_link",
    "discard_draft",
    "draft_solution",
    "look_again",
    "publish",
    "raise_flag",
    "resolve_flag",
    "restore",
    "retire",
    "save_draft",
    "say_verdict",
    "send_back",
]
