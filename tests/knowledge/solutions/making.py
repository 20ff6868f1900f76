"""Solutions made through the actions, each step by who may take it."""

from typing import Any

from knowledge.solutions import actions
from knowledge.solutions.actions import Words
from knowledge.solutions.actions.changes import open_revision
from knowledge.solutions.actions.writing import mark_of
from knowledge.solutions.models import Revision, Solution
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership

WORDS = {
    "title": "Posting stops at step 4",
    "symptom": "The run stops.",
    "cause": "A lock.",
    "resolution": "Release the lock.",
}


def words(**other: str) -> Words:
    return Words(**{**WORDS, **other})


def draft(writer: Membership, *, language: str = "en", said: Words | None = None, **given: Any) -> Solution:
    with acting(tenant_id=writer.tenant_id, account_id=EVERY_ACCOUNT):
        return actions.draft_solution(person=writer, language=language, words=said or words(), **given)


def write(writer: Membership, solution: Solution, language: str, said: Words) -> Revision:
    """On the draft in a language, as it is now."""
    with acting(tenant_id=writer.tenant_id, account_id=EVERY_ACCOUNT):
        seen = mark_of(open_revision(solution, language))
        return actions.save_draft(person=writer, solution=solution, language=language, words=said, seen=seen)


def publish(
    writer: Membership,
    second: Membership,
    solution: Solution,
    language: str = "en",
    *,
    critical: bool = False,
) -> Revision:
    """The draft in a language, past the second person; the solution is then as it is in the database."""
    with acting(tenant_id=writer.tenant_id, account_id=EVERY_ACCOUNT):
        named = {
            "solution": solution,
            "language": language,
            "seen": mark_of(open_revision(solution, language)),
        }
        actions.ask_review(person=writer, **named)
        revision = actions.publish(person=second, **named, critical=critical)
        solution.refresh_from_db()
    return revision
