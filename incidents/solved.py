"""The solutions of an incident, and the incidents of a solution."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language

from incidents.enums import STATE_TONE, State
from incidents.models import Incident, SolutionLink
from knowledge.solutions.enums import CURRENT, OUTSIDE, Stage
from knowledge.solutions.enums import State as SolutionState
from knowledge.solutions.models import Solution
from knowledge.solutions.queries import titles_from
from portal.core.prepared import Prepared
from portal.identity.models import Membership

SHOWN = 20


class Linked(NamedTuple):
    """A solution that answers an incident."""

    reference: str
    title: str
    state: SolutionState
    url: str

    @property
    def remark(self) -> str:
        """How it stands, where readers can't read it."""
        return "" if self.state == SolutionState.PUBLISHED else str(self.state.label)


class Solved(NamedTuple):
    """An incident on a solution's page."""

    reference: str
    title: str
    account: str
    state: str
    tone: str


def linked_to(person: Membership, incident: Incident) -> Sequence[Linked]:
    """In the order in which they were linked; for contacts those that they may read."""
    rows = _LINKED[person.is_staff_member](tenant=incident.tenant_id, incident=incident.pk)
    states = {reference: state for reference, state, *_text in rows}
    texts = ((reference, stage, language, title) for reference, _state, stage, language, title in rows)
    titles = titles_from(texts, own=person.tenant.language, language=get_language() or "en")
    return [
        Linked(
            reference,
            titles[reference].text,
            SolutionState(state),
            reverse("solutions:solution", args=[reference]),
        )
        for reference, state in states.items()
    ]


def incidents_of(solution: Solution) -> Sequence[Solved]:
    """The latest that were linked, for staff."""
    links = SolutionLink.objects.filter(tenant_id=solution.tenant_id, solution=solution).order_by("-id")
    found = links.values_list("incident__reference", "incident__title", "account__name", "incident__state")[
        :SHOWN
    ]
    return [
        Solved(reference, title, account, str(State(state).label), STATE_TONE[State(state)])
        for reference, title, account, state in found
    ]


def _linked(by_staff: bool) -> Prepared:
    def read(tenant: int, incident: int) -> QuerySet[Any, Any]:
        links = SolutionLink.objects.filter(tenant_id=tenant, incident_id=incident)
        if by_staff:
            links = links.filter(solution__revisions__stage__in=CURRENT)
        else:
            links = links.filter(
                solution__state=SolutionState.PUBLISHED,
                solution__audience__in=OUTSIDE,
                solution__revisions__stage=Stage.PUBLISHED,
            )
        text = (f"solution__revisions__{name}" for name in ("stage", "language", "title"))
        return links.order_by("id").values_list("solution__reference", "solution__state", *text)

    return Prepared(read)


_LINKED = {by_staff: _linked(by_staff) for by_staff in (True, False)}
