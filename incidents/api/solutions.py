"""The solutions that answer an incident."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from incidents import actions, rules
from incidents.access import incident_for
from incidents.api import named
from incidents.api.incidents import IDEMPOTENCY_KEY, key_of
from incidents.models import Incident
from incidents.solved import Linked, linked_to
from knowledge.solutions.enums import State
from knowledge.solutions.models import Solution
from portal.core.api import Nothing, StrictSerializer
from portal.core.errors import NotAllowed
from portal.core.openapi import Shape, all_of
from portal.identity.operations import PersonView


class LinkedSolutionShape(Shape):
    reference = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices, help_text="For contacts, always `published`.")


class MadeSolutionShape(Shape):
    reference = serializers.CharField(help_text="Of the draft, which is for staff until it is published.")


class Link(StrictSerializer):
    solution = serializers.CharField(max_length=20, help_text="Its reference: S-42.")


class LinkedSolutions(PersonView):
    @extend_schema(
        operation_id="list_linked_solutions",
        summary="What answers the incident, of what the person may read",
        responses=all_of(LinkedSolutionShape),
        tags=["solutions"],
    )
    def get(self, request: Request, reference: str) -> Response:
        self.asked(Nothing)
        linked = linked_to(self.person, incident_for(self.person, reference))
        return Response({"results": [_linked(one) for one in linked]})

    @extend_schema(
        operation_id="link_solution",
        summary="Link a solution that answers the incident; for staff",
        request=Link,
        responses={204: None},
        tags=["solutions"],
    )
    def post(self, request: Request, reference: str) -> Response:
        incident, solution = _named(self, reference)
        actions.link_solution(person=self.person, incident=incident, solution=solution)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Unlink(PersonView):
    @extend_schema(
        operation_id="unlink_solution",
        summary="Take the link to a solution away; for staff",
        request=Link,
        responses={204: None},
        tags=["solutions"],
    )
    def post(self, request: Request, reference: str) -> Response:
        incident, solution = _named(self, reference)
        actions.unlink_solution(person=self.person, incident=incident, solution=solution)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MakeSolution(PersonView):
    @extend_schema(
        operation_id="make_solution",
        summary="Begin a solution with what the incident tells, and link it; for staff",
        parameters=[IDEMPOTENCY_KEY],
        request=Nothing,
        responses={201: MadeSolutionShape},
        tags=["solutions"],
    )
    def post(self, request: Request, reference: str) -> Response:
        incident = incident_for(self.person, reference)
        self.given(Nothing)
        made = actions.make_solution(person=self.person, incident=incident, key=key_of(request))
        return Response({"reference": made.reference}, status=status.HTTP_201_CREATED)


def _named(view: PersonView, reference: str) -> tuple[Incident, Solution]:
    """Staff alone name solutions, so that nobody else learns which there are."""
    incident = incident_for(view.person, reference)
    if not rules.works_incidents(view.person):
        raise NotAllowed(_("Only support staff link solutions."))
    return incident, named.solution(view.person, view.given(Link)["solution"])


def _linked(one: Linked) -> dict[str, str]:
    return {"reference": one.reference, "title": one.title, "state": one.state}
