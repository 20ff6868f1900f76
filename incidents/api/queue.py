"""The queue, for the staff who work it."""

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from incidents import actions, rules
from incidents.access import incident_for
from incidents.api import answers, inputs, shapes
from incidents.queries import QueueFilter, QueueView, queue_page
from plans.api import product_codes, product_id_asked
from portal.core.api import Nothing
from portal.core.errors import NotAllowed
from portal.core.openapi import page_of
from portal.identity.operations import PersonView


class Queue(PersonView):
    @extend_schema(
        operation_id="queue",
        summary="The queue in its promised order, each row with its reasons; for staff",
        parameters=[inputs.QueueQuery],
        responses=page_of(shapes.QueueRowShape),
        tags=["queue"],
    )
    def get(self, request: Request) -> Response:
        person = self.person
        if not rules.works_incidents(person):
            raise NotAllowed(_("The queue is for support staff."))
        asked = self.asked(inputs.QueueQuery)
        narrowed = QueueFilter(
            severity=asked.get("severity"),
            product_id=product_id_asked(person.tenant, asked),
            team_id=asked.get("team"),
            language=asked.get("language", ""),
        )
        view, now = QueueView(asked["view"]), timezone.now()
        page = queue_page(person, view=view, narrowed=narrowed, cursor=asked["after"], size=asked["size"])
        codes = product_codes(person.tenant)
        results = [answers.queued(row, codes, now) for row in page.rows]
        return Response({"results": results, "next": page.next or None})


class TakeNext(PersonView):
    @extend_schema(
        operation_id="take_next",
        summary="Take the most urgent incident that nobody has and that the agent serves",
        request=Nothing,
        responses={200: shapes.IncidentDetailShape, 204: None},
        tags=["queue"],
    )
    def post(self, request: Request) -> Response:
        self.given(Nothing)
        taken = actions.take_next(person=self.person)
        if taken is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(answers.detailed(self.person, incident_for(self.person, taken.reference)))
