"""What solved an incident is kept: a solution made from it, or one that is there already."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import rules
from incidents.actions.changes import locked
from incidents.models import Incident, Message, SolutionLink
from knowledge.solutions.actions import Range, Words, count_link, draft_solution
from knowledge.solutions.enums import State
from knowledge.solutions.models import Solution
from portal.core.errors import NotAllowed, Refused
from portal.core.history import record
from portal.identity.models import Membership
from portal.identity.submissions import fingerprint, first_arrival, remember


@transaction.atomic
def link_solution(
    *, person: Membership, incident: Incident, solution: Solution, at: datetime | None = None
) -> SolutionLink:
    """The solution answers the incident. The customer sees it there, where they may read it.

    :raises Refused: it is linked already, or retired.
    """
    _check_right(person)
    if solution.state == State.RETIRED:
        raise Refused(
            _("%(reference)s is retired. Link one that is in use.") % {"reference": solution.reference},
            field="reference",
        )
    incident = locked(incident)
    if _link_of(incident, solution) is not None:
        raise Refused(
            _("%(reference)s is linked already.") % {"reference": solution.reference}, field="reference"
        )
    return _link(person, incident, solution, at or timezone.now())


@transaction.atomic
def unlink_solution(
    *, person: Membership, incident: Incident, solution: Solution, at: datetime | None = None
) -> None:
    """The solution doesn't answer the incident after all."""
    _check_right(person)
    incident = locked(incident)
    link = _link_of(incident, solution)
    if link is None:
        return
    link.delete()
    count_link(solution=solution, by=-1)
    record(incident, "solution_unlinked", person, internal=True, at=at, reference=solution.reference)


@transaction.atomic
def make_solution(
    *, person: Membership, incident: Incident, key: str = "", at: datetime | None = None
) -> Solution:
    """A draft with what the incident tells: its title, what was seen, and what support answered last.

    It is for staff only until its writers and a second person say otherwise, as it holds a customer's words.

    :param key: names this submission; the same key again gives the solution of the first time.
    """
    _check_right(person)
    if earlier := first_arrival(person=person, key=key, content=fingerprint("solution", incident.pk)):
        return Solution.objects.get(tenant_id=person.tenant_id, pk=int(earlier.result))
    incident, at = locked(incident), at or timezone.now()
    solution = draft_solution(
        person=person,
        language=incident.language,
        words=Words(title=incident.title, symptom=incident.description, resolution=_answer(incident)),
        ranges=[Range(product=incident.product_id)],
        at=at,
    )
    _link(person, incident, solution, at)
    remember(person=person, key=key, result=str(solution.pk))
    return solution


def _check_right(person: Membership) -> None:
    if not rules.works_incidents(person):
        raise NotAllowed(_("Only support staff link solutions."))


def _link(person: Membership, incident: Incident, solution: Solution, at: datetime) -> SolutionLink:
    link = SolutionLink.objects.create(
        tenant_id=incident.tenant_id,
        account_id=incident.account_id,
        incident=incident,
        solution=solution,
        linked_by=person,
        linked_at=at,
    )
    count_link(solution=solution, by=1)
    record(incident, "solution_linked", person, internal=True, at=at, reference=solution.reference)
    return link


def _link_of(incident: Incident, solution: Solution) -> SolutionLink | None:
    return SolutionLink.objects.filter(
        tenant_id=incident.tenant_id, incident=incident, solution=solution
    ).first()


def _answer(incident: Incident) -> str:
    """How it was solved; before that, what support wrote last."""
    if incident.resolution:
        return incident.resolution
    said = Message.objects.filter(
        tenant_id=incident.tenant_id, incident=incident, by_staff=True, internal=False
    )
    return said.order_by("-id").values_list("body", flat=True).first() or ""
