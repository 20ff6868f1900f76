"""The changes of an incident. Each is one action, checked there; a stale ``revision`` answers 409."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from incidents import actions, rules
from incidents.access import incident_for
from incidents.api import answers, inputs, named, shapes
from incidents.models import Incident
from portal.core.api import StrictSerializer, problem
from portal.core.errors import Conflict, NotAllowed
from portal.identity.operations import PersonView


class ChangeView(PersonView):
    body: ClassVar[type[StrictSerializer]] = inputs.Change

    def post(self, request: Request, reference: str) -> Response:
        incident = incident_for(self.person, reference)
        given = self.given(self.body)
        try:
            self.change(incident, given)
        except Conflict as conflict:
            current = answers.detailed(self.person, incident_for(self.person, reference))
            return problem(conflict.status, conflict.code, str(conflict), current=current)
        return Response(answers.detailed(self.person, incident_for(self.person, reference)))

    def change(self, incident: Incident, given: dict[str, Any]) -> None:
        raise NotImplementedError


def _documented(view: type[ChangeView], operation_id: str, summary: str) -> type[ChangeView]:
    schema = extend_schema(
        operation_id=operation_id,
        summary=summary,
        request=view.body,
        responses=shapes.IncidentDetailShape,
        tags=["changes"],
    )
    return extend_schema_view(post=schema)(view)


class Take(ChangeView):
    def change(self, incident: Incident, given: dict[str, Any]) -> None:
        if not rules.may_take(self.person, incident):
            raise NotAllowed(_("Agents and team leads take unsolved incidents that aren't theirs yet."))
        actions.assign(
            person=self.person, incident=incident, assignee=self.person, revision=given["revision"]
        )


class Assign(ChangeView):
    body = inputs.Assign

    def change(self, incident: Incident, given: dict[str, Any]) -> None:
        if not rules.works_incidents(self.person):
            raise NotAllowed(_("Only support staff assign incidents."))
        assignee = None
        if given["assignee"] is not None:
            assignee = named.colleagues(self.person, [given["assignee"]], field="assignee")[0]
        team = named.team(self.person, given["team"]) if "team" in given else None
        actions.assign(
            person=self.person, incident=incident, assignee=assignee, team=team, revision=given["revision"]
        )


class ChangeSeverity(ChangeView):
    body = inputs.ChangeSeverity

    def change(self, incident: Incident, given: dict[str, Any]) -> None:
        actions.change_severity(person=self.person, incident=incident, **given)


class Contest(ChangeView):
    body = inputs.Reason

    def change(self, incident: Incident, given: dict[str, Any]) -> None:
        actions.contest_severity(person=self.person, incident=incident, **given)


class Resolve(ChangeView):
    body = inputs.Resolve

    def change(self, incident: Incident, given: dict[str, Any]) -> None:
        actions.resolve(person=self.person, incident=incident, **given)


class Reopen(ChangeView):
    body = inputs.Reason

    def change(self, incident: Incident, given: dict[str, Any]) -> None:
        actions.reopen(person=self.person, incident=incident, **given)


class Close(ChangeView):
    def change(self, incident: Incident, given: dict[str, Any]) -> None:
        actions.close(person=self.person, incident=incident, **given)


class Cover(ChangeView):
    def change(self, incident: Incident, given: dict[str, Any]) -> None:
        actions.put_under_cover(person=self.person, incident=incident, **given)


class Commit(ChangeView):
    body = inputs.Commitment

    def change(self, incident: Incident, given: dict[str, Any]) -> None:
        actions.commit_to(person=self.person, incident=incident, **given)


CHANGES = {
    "take": _documented(Take, "take_incident", "Take it"),
    "assign": _documented(Assign, "assign_incident", "Give it to a colleague, or back to the queue"),
    "severity": _documented(ChangeSeverity, "change_severity", "Set another severity"),
    "contest": _documented(Contest, "contest_severity", "Contest the severity; for contacts"),
    "resolve": _documented(Resolve, "resolve_incident", "Mark it as solved"),
    "reopen": _documented(Reopen, "reopen_incident", "Open it again"),
    "close": _documented(Close, "close_incident", "Close what is resolved"),
    "commitment": _documented(Commit, "commit_to", "Commit to another time after a breach"),
    "cover": _documented(Cover, "cover_incident", "End the coverage check with a yes"),
}
"""The views by the last part of their paths."""
