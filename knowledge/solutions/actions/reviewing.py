"""From a draft to what readers read, past a second person."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge.search.enums import Audience
from knowledge.solutions import rules
from knowledge.solutions.actions.changes import check_in_use, locked, published_revision, require, saved, told
from knowledge.solutions.actions.writing import checked_draft
from knowledge.solutions.enums import Stage, State
from knowledge.solutions.models import Revision, Solution
from knowledge.solutions.registry import published
from knowledge.solutions.telling import tell_asked, tell_published, tell_sent_back
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.identity.models import Membership


@transaction.atomic
def ask_review(
    *, person: Membership, solution: Solution, language: str, seen: str, at: datetime | None = None
) -> Revision:
    """The draft is ready for a second person.

    :raises Refused: the symptom or the resolution is missing, or the solution is retired.
    """
    require(rules.writes_solutions, person)
    solution = locked(solution)
    check_in_use(solution)
    draft = checked_draft(solution, language, seen)
    if not rules.may_ask_review(person, draft):
        raise Conflict(_("This text waits for its review already."))
    if not draft.symptom.strip() or not draft.resolution.strip():
        raise Refused(_("Write the symptom and the resolution first: readers need both."))
    draft.stage = Stage.REVIEW
    draft.save(update_fields=["stage"])
    told(solution, "review_asked", person, at=at, language=language, title=draft.title)
    saved(solution, at=at)
    tell_asked(solution, draft, by=person, at=at)
    return draft


@transaction.atomic
def send_back(
    *,
    person: Membership,
    solution: Solution,
    language: str,
    seen: str,
    reason: str,
    at: datetime | None = None,
) -> Revision:
    """The text can't be published as it is; ``reason`` tells its writers why."""
    require(rules.writes_solutions, person)
    solution = locked(solution)
    draft = checked_draft(solution, language, seen)
    if not rules.may_send_back(person, draft):
        raise Conflict(_("This text doesn’t wait for a review."))
    if not reason.strip():
        raise Refused(_("Say what is missing, so that it can be written."), field="reason")
    draft.stage = Stage.DRAFT
    draft.save(update_fields=["stage"])
    told(solution, "sent_back", person, at=at, language=language, title=draft.title, reason=reason)
    saved(solution, at=at)
    tell_sent_back(solution, draft, by=person, reason=reason, at=at)
    return draft


@transaction.atomic
def publish(
    *,
    person: Membership,
    solution: Solution,
    language: str,
    seen: str,
    critical: bool,
    audience: Audience | None = None,
    at: datetime | None = None,
) -> Revision:
    """What a second person has read is what readers read from now on; the text before it is kept.

    :param critical: whether everybody who runs its products should know of the solution.
    :param audience: for whom the person publishes it, where a page has told them.
    :raises NotAllowed: the person wrote on the text.
    :raises Conflict: the text or its readers are others than the person has seen.
    :raises Refused: a translation of what isn't published yet.
    """
    require(rules.writes_solutions, person)
    solution, at = locked(solution), at or timezone.now()
    draft = checked_draft(solution, language, seen)
    _check_second_person(person, solution, draft)
    if audience is not None and audience != solution.audience:
        raise Conflict(
            _("Who may read it was changed meanwhile. Look at it as it is now, then decide again."),
            code="changed",
        )
    before = published_revision(solution, language)
    if before is not None:
        before.stage = Stage.SUPERSEDED
        before.save(update_fields=["stage"])
    draft.stage, draft.reviewer, draft.published_at = Stage.PUBLISHED, person, at
    draft.save(update_fields=["stage", "reviewer", "published_at"])
    solution.state, solution.published_at, solution.critical = State.PUBLISHED, at, critical
    saved(solution, at=at)
    data = {"language": language, "title": draft.title, "number": draft.number, "critical": critical}
    told(solution, "published", person, at=at, **data)
    tell_published(solution, draft, by=person, at=at)
    published.tell(solution, draft)
    return draft


def _check_second_person(person: Membership, solution: Solution, draft: Revision) -> None:
    if draft.stage != Stage.REVIEW:
        raise Conflict(_("This text doesn’t wait for a review."))
    if rules.wrote(person, draft):
        raise NotAllowed(_("You wrote on this text. A colleague has to read and publish it."))
    check_in_use(solution)
    if draft.language != solution.language and published_revision(solution, solution.language) is None:
        raise Refused(_("Publish the text that this one translates first."))
