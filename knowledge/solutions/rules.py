"""Who may do what to a solution. Pages, API and templates all ask here."""

from knowledge.solutions.enums import OPEN, Stage, State, is_wider
from knowledge.solutions.models import Revision, Solution
from portal.identity.enums import Role
from portal.identity.models import Membership

DECIDING = frozenset({Role.LEAD, Role.ADMIN})


def writes_solutions(person: Membership) -> bool:
    """Staff write drafts, translate them, look through each other's, and say what is wrong."""
    return person.is_staff_member


def wrote(person: Membership, revision: Revision) -> bool:
    return person.pk in revision.writers


def may_publish(person: Membership, revision: Revision) -> bool:
    """A second person reads a text before readers do; who wrote on it can't be that person."""
    return writes_solutions(person) and revision.stage == Stage.REVIEW and not wrote(person, revision)


def may_ask_review(person: Membership, revision: Revision) -> bool:
    return writes_solutions(person) and revision.stage == Stage.DRAFT


def may_send_back(person: Membership, revision: Revision) -> bool:
    return writes_solutions(person) and revision.stage == Stage.REVIEW


def decides_on_solutions(person: Membership) -> bool:
    """Leads and administrators take solutions from their readers, give them back, and give them to more."""
    return person.role in DECIDING


def may_retire(person: Membership, solution: Solution) -> bool:
    return decides_on_solutions(person) and solution.state != State.RETIRED


def may_restore(person: Membership, solution: Solution) -> bool:
    return decides_on_solutions(person) and solution.state == State.RETIRED


def may_open_to(person: Membership, solution: Solution, audience: str) -> bool:
    """What a second person has published for some readers isn't given to more of them by one alone."""
    opens = solution.state == State.PUBLISHED and is_wider(audience, solution.audience)
    return decides_on_solutions(person) if opens else writes_solutions(person)


def may_discard(person: Membership, revision: Revision) -> bool:
    """Drafts go, but not the first text, which the others are translated from."""
    solution = revision.solution
    first = solution.published_at is None and revision.language == solution.language
    return writes_solutions(person) and revision.stage in OPEN and not first


def may_judge(person: Membership, solution: Solution) -> bool:
    """Whoever reads a published solution says whether it helped."""
    return solution.state == State.PUBLISHED
