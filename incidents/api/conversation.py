"""What is said about an incident, what happened to it, and who follows it."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from incidents import actions, people
from incidents.access import incident_for
from incidents.api import answers, inputs, named, shapes
from incidents.api.incidents import IDEMPOTENCY_KEY, key_of
from incidents.enums import Channel
from incidents.models import Incident, Message
from portal.core.api import Nothing, PageQuery
from portal.core.history import history_of
from portal.core.keyset import Keyset
from portal.core.openapi import all_of, page_of
from portal.identity.operations import PersonView

_OLDEST_FIRST = Keyset(("id",))


class Messages(PersonView):
    @extend_schema(
        operation_id="list_messages",
        summary="The conversation, the oldest message first",
        parameters=[PageQuery],
        responses=page_of(shapes.MessageShape),
        tags=["conversation"],
    )
    def get(self, request: Request, reference: str) -> Response:
        incident, asked = incident_for(self.person, reference), self.asked(PageQuery)
        messages = Message.objects.filter(tenant_id=incident.tenant_id, incident=incident)
        if self.person.is_contact:
            messages = messages.filter(internal=False)
        page = _OLDEST_FIRST.page(messages.select_related("author__user"), asked["after"], asked["size"])
        results = answers.conversation(self.person, incident, page.rows)
        return Response({"results": results, "next": page.next or None})

    @extend_schema(
        operation_id="write_message",
        summary="Reply; for staff also an internal note, or a call",
        parameters=[IDEMPOTENCY_KEY],
        request=inputs.StaffMessage,
        responses={201: shapes.MessageShape},
        tags=["conversation"],
    )
    def post(self, request: Request, reference: str) -> Response:
        incident = incident_for(self.person, reference)
        given = self.given(inputs.StaffMessage if self.person.is_staff_member else inputs.Reply)
        message = self._write(incident, given, key_of(request))
        return Response(
            answers.conversation(self.person, incident, [message])[0], status=status.HTTP_201_CREATED
        )

    def _write(self, incident: Incident, given: dict[str, Any], key: str) -> Message:
        body, files = given["body"], given["attachments"]
        waiting, mentions = given.get("waiting", False), given.get("mentions", [])
        if given.get("channel") == Channel.PHONE or given.get("called_at"):
            return self._log_call(incident, given, key)
        if not given.get("internal"):
            if mentions:
                raise ValidationError({"mentions": [_("Only an internal note mentions colleagues.")]})
            return actions.reply(
                person=self.person, incident=incident, body=body, attachments=files, waiting=waiting,
                channel=Channel.API, key=key,
            )  # fmt: skip
        if waiting:
            raise ValidationError({"waiting": [_("The customer can't answer what only staff can read.")]})
        return actions.add_note(
            person=self.person, incident=incident, body=body, attachments=files, channel=Channel.API, key=key,
            mentions=named.colleagues(self.person, mentions, field="mentions"),
        )  # fmt: skip

    def _log_call(self, incident: Incident, given: dict[str, Any], key: str) -> Message:
        if given["channel"] != Channel.PHONE:
            raise ValidationError({"called_at": [_("Only a call has the time of a call.")]})
        if given["called_at"] is None:
            raise ValidationError({"called_at": [_("Say when the call was.")]})
        for name in ("internal", "mentions", "attachments"):
            if given[name]:
                raise ValidationError({name: [_("A call has none of these.")]})
        said = {name: given[name] for name in ("body", "called_at", "waiting")}
        return actions.log_call(person=self.person, incident=incident, key=key, **said)


class History(PersonView):
    @extend_schema(
        operation_id="incident_history",
        summary="Every change, the oldest first",
        parameters=[PageQuery],
        responses=page_of(shapes.ChangeShape),
        tags=["conversation"],
    )
    def get(self, request: Request, reference: str) -> Response:
        incident, asked = incident_for(self.person, reference), self.asked(PageQuery)
        entries = history_of(incident)
        if self.person.is_contact:
            entries = entries.filter(internal=False)
        page = _OLDEST_FIRST.page(entries, asked["after"], asked["size"])
        return Response(
            {"results": [answers.changed(entry) for entry in page.rows], "next": page.next or None}
        )


class Followers(PersonView):
    @extend_schema(
        operation_id="list_followers",
        summary="Who is told of each public event",
        responses=all_of(shapes.NamedShape),
        tags=["conversation"],
    )
    def get(self, request: Request, reference: str) -> Response:
        self.asked(Nothing)
        followers = people.followers_of(self.person, incident_for(self.person, reference))
        return Response({"results": [{"id": one.pk, "name": one.name} for one in followers]})

    @extend_schema(
        operation_id="add_follower",
        summary="Let a colleague follow",
        request=inputs.Follower,
        responses={204: None},
        tags=["conversation"],
    )
    def post(self, request: Request, reference: str) -> Response:
        incident = incident_for(self.person, reference)
        follower = named.follower(self.person, incident, self.given(inputs.Follower)["person"])
        actions.add_follower(person=self.person, incident=incident, follower=follower)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Follow(PersonView):
    @extend_schema(
        operation_id="follow_incident",
        summary="Be told of each public event",
        request=Nothing,
        responses={204: None},
        tags=["conversation"],
    )
    def post(self, request: Request, reference: str) -> Response:
        self.given(Nothing)
        actions.follow(person=self.person, incident=incident_for(self.person, reference))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Unfollow(PersonView):
    @extend_schema(
        operation_id="unfollow_incident",
        summary="Be told no longer",
        request=Nothing,
        responses={204: None},
        tags=["conversation"],
    )
    def post(self, request: Request, reference: str) -> Response:
        self.given(Nothing)
        actions.unfollow(person=self.person, incident=incident_for(self.person, reference))
        return Response(status=status.HTTP_204_NO_CONTENT)
