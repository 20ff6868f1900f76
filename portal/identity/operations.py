"""Operations for the person whom a token acts for: who that is, and whom they may name."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api import ApiView, Nothing, PageQuery
from portal.core.keyset import Keyset
from portal.core.openapi import Shape, all_of, page_of
from portal.identity.access import account_for
from portal.identity.enums import Role, Scope
from portal.identity.models import ApiToken, Membership, Team
from portal.identity.requests import PersonRequest

_BY_ID = Keyset(("id",))


class PersonView(ApiView):
    """An operation for a person; the base of every one."""

    @property
    def person(self) -> Membership:
        return cast(PersonRequest, self.request._request).person  # HasPerson has checked it


class AccountShape(Shape):
    key = serializers.CharField()
    name = serializers.CharField()


class TeamShape(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()


class ColleagueShape(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
    team = serializers.IntegerField(allow_null=True, help_text="The id of a team; staff only.")
    account = serializers.CharField(allow_null=True, help_text="The key of a customer; none for staff.")


class TokenShape(Shape):
    name = serializers.CharField()
    scope = serializers.ChoiceField(choices=Scope.choices)
    expires_at = serializers.DateTimeField(allow_null=True)


class MeShape(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=Role.choices)
    account = AccountShape(allow_null=True)
    portal = serializers.CharField()
    language = serializers.CharField()
    time_zone = serializers.CharField()
    token = TokenShape()


class PeopleQuery(PageQuery):
    account = serializers.CharField(
        required=False, max_length=6, help_text="Staff only: the people of this customer, by its key."
    )


def _colleague(person: Membership) -> dict[str, Any]:
    return {
        "id": person.pk,
        "name": person.name,
        "role": person.role,
        "team": person.team_id,
        "account": person.account.key if person.account else None,
    }


class Me(PersonView):
    @extend_schema(operation_id="me", summary="Who the token acts for", responses=MeShape, tags=["people"])
    def get(self, request: Request) -> Response:
        self.asked(Nothing)
        person, token = self.person, cast(ApiToken, request.auth)
        account = person.account
        return Response(
            {
                "id": person.pk,
                "name": person.name,
                "email": person.user.email,
                "role": person.role,
                "account": {"key": account.key, "name": account.name} if account else None,
                "portal": person.tenant.name,
                "language": person.user.language,
                "time_zone": person.user.time_zone,
                "token": {"name": token.name, "scope": token.scope, "expires_at": token.expires_at},
            }
        )


class People(PersonView):
    @extend_schema(
        operation_id="people",
        summary="Colleagues; for staff also the people of a customer",
        parameters=[PeopleQuery],
        responses=page_of(ColleagueShape),
        tags=["people"],
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(PeopleQuery)
        account = self.person.account
        if "account" in asked:
            account = account_for(self.person, asked["account"])
        people = Membership.objects.visible_to(self.person).current().filter(account=account)
        page = _BY_ID.page(people.select_related("user", "account"), asked["after"], asked["size"])
        return Response({"results": [_colleague(one) for one in page.rows], "next": page.next or None})


class Teams(PersonView):
    @extend_schema(
        operation_id="teams",
        summary="The teams of the staff",
        responses=all_of(TeamShape),
        tags=["people"],
    )
    def get(self, request: Request) -> Response:
        self.asked(Nothing)
        teams = Team.objects.filter(tenant_id=self.person.tenant_id)
        if self.person.is_contact:
            teams = teams.none()
        return Response(
            {"results": [{"id": team.pk, "name": team.name} for team in teams.order_by("name", "id")]}
        )
