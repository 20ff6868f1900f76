"""Critical solutions, for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from knowledge.critical.enums import Affected, NoticeKind, NoticeState, Standing
from knowledge.critical.models import Loop, Notice
from knowledge.critical.present import title_of
from knowledge.critical.queries import own_loops, told_notices
from knowledge.critical.scopes import from_json
from knowledge.critical.telling import page_of as address_of
from plans.api import product_codes
from portal.core.api import PageQuery
from portal.core.openapi import Shape, page_of
from portal.identity.operations import PersonView


class ScopeShape(Shape):
    product = serializers.CharField(help_text="Its code.")
    since = serializers.CharField(allow_blank=True, help_text="The first affected version; empty: any.")
    until = serializers.CharField(allow_blank=True, help_text="The last affected version; empty: any.")


class CriticalNoticeShape(Shape):
    reference = serializers.CharField()
    kind = serializers.ChoiceField(choices=NoticeKind.choices)
    title = serializers.CharField(help_text="In the language of the token's person, where it is translated.")
    products = ScopeShape(many=True)
    told_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=NoticeState.choices)
    corrected = serializers.BooleanField(help_text="A later notice takes its place.")
    people = serializers.IntegerField(allow_null=True, help_text="Staff only: how many were told.")
    affected = serializers.ChoiceField(
        choices=Affected.choices, allow_null=True, help_text="Contacts only: what their account runs."
    )
    standing = serializers.ChoiceField(
        choices=Standing.choices, allow_null=True, help_text="Contacts only: how their account stands."
    )
    url = serializers.CharField(help_text="Its page, as a path in the portal.")


class CriticalNotices(PersonView):
    @extend_schema(
        operation_id="critical_notices",
        summary="Critical solutions that customers were told of; contacts see their account’s",
        parameters=[PageQuery],
        responses=page_of(CriticalNoticeShape),
        tags=["knowledge"],
    )
    def get(self, request: Request) -> Response:
        person, asked = self.person, self.asked(PageQuery)
        pages = told_notices if person.is_staff_member else own_loops
        page = pages(person, asked["after"], size=asked["size"])
        codes = product_codes(person.tenant)
        rows = [_of_loop(one, codes) if isinstance(one, Loop) else _of_staff(one, codes) for one in page.rows]
        return Response({"results": rows, "next": page.next or None})


def _of_staff(notice: Notice, codes: Any) -> dict[str, Any]:
    return {**_notice(notice, codes), "people": notice.told}


def _of_loop(loop: Loop, codes: Any) -> dict[str, Any]:
    return {**_notice(loop.notice, codes), "affected": loop.affected, "standing": loop.standing}


def _notice(notice: Notice, codes: Any) -> dict[str, Any]:
    return {
        "reference": notice.reference,
        "kind": notice.kind,
        "title": title_of(notice),
        "products": [
            {"product": codes[one.product_id], "since": one.since, "until": one.until}
            for one in from_json(notice.scope)
        ],
        "told_at": notice.published_at,
        "state": notice.state,
        "corrected": notice.corrected_at is not None,
        "people": None,
        "affected": None,
        "standing": None,
        "url": address_of(notice.reference),
    }
