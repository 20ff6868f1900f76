"""Searching, for programs."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from knowledge.search.asked import LONGEST
from knowledge.search.enums import Audience
from knowledge.search.forms import position_of
from knowledge.search.kinds import kinds
from knowledge.search.marking import Marker, Piece
from knowledge.search.queries import MOST, Filters, Hit, marker_of, search
from plans.api import product_asked, product_codes
from plans.queries import ProductValue
from portal.core.api import StrictSerializer
from portal.core.days import check_year, moments_of
from portal.core.openapi import Shape
from portal.identity.choices import languages
from portal.identity.models import Tenant
from portal.identity.operations import PersonView


class SearchQuery(StrictSerializer):
    q = serializers.CharField(max_length=LONGEST, help_text="Words, numbers of errors; a phrase in quotes.")
    kind = serializers.CharField(required=False, max_length=40, help_text="As results have it.")
    product = serializers.CharField(required=False, max_length=40, help_text="Its code.")
    version = serializers.CharField(required=False, max_length=40, help_text="Its name; with `product` only.")
    language = serializers.ChoiceField(required=False, choices=languages())
    since = serializers.DateField(required=False, validators=[check_year], help_text="The first day.")
    until = serializers.DateField(required=False, validators=[check_year], help_text="The last day.")


class ResultShape(Shape):
    kind = serializers.CharField()
    id = serializers.IntegerField(help_text="Of the object; unique within its kind.")
    language = serializers.CharField(help_text="Of the text, which is the person's where there is one.")
    title = serializers.CharField()
    excerpt = serializers.CharField(help_text="The part of the text that has most of the words.")
    url = serializers.CharField(help_text="Its path in the portal.")
    audience = serializers.ChoiceField(choices=Audience.choices)
    products = serializers.ListField(
        child=serializers.CharField(), help_text="Codes; none where it is about every product."
    )
    dated_at = serializers.DateTimeField()


class CorrectionShape(Shape):
    typed = serializers.CharField(help_text="Finds nothing.")
    shown = serializers.CharField(help_text="What was looked for in its place.")


class ResultsShape(Shape):
    results = ResultShape(many=True, help_text=f"The best first; {MOST} at most.")
    corrections = CorrectionShape(many=True)
    more = serializers.BooleanField(help_text="There is more: narrow the search to see others.")


class Search(PersonView):
    @extend_schema(
        operation_id="search",
        summary="Search solutions, downloads and whatever else is known",
        parameters=[SearchQuery],
        responses=ResultsShape,
        tags=["knowledge"],
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(SearchQuery)
        tenant = self.person.tenant
        narrowed = _narrowed(tenant, asked)
        found = search(self.person, asked["q"], language=get_language() or "en", narrowed=narrowed)
        codes = product_codes(tenant)
        marker = marker_of(found.hits)
        return Response(
            {
                "results": [_result(hit, marker, codes) for hit in found.hits],
                "corrections": [
                    {"typed": typed, "shown": shown} for typed, shown in found.corrections.items()
                ],
                "more": found.more,
            }
        )


def _narrowed(tenant: Tenant, asked: Mapping[str, Any]) -> Filters:
    kind = asked.get("kind")
    if kind and kind not in {one.code for one in kinds()}:
        raise ValidationError({"kind": [_("There is no such kind.")]})
    product = product_asked(tenant, asked)
    dated_from, dated_before = moments_of(asked.get("since"), asked.get("until"))
    return Filters(
        kinds=[kind] if kind else [],
        product_id=product.id if product else None,
        version=_version(product, asked["version"]) if "version" in asked else None,
        language=asked.get("language", ""),
        dated_from=dated_from,
        dated_before=dated_before,
    )


def _version(product: ProductValue | None, name: str) -> int:
    position = position_of(product, name)
    if position is None:
        raise ValidationError({"version": [_("The product has no version with this name.")]})
    return position


def _result(hit: Hit, marker: Marker, codes: Mapping[int, str]) -> dict[str, Any]:
    return {
        "kind": hit.kind,
        "id": hit.object_id,
        "language": hit.language,
        "title": hit.title,
        "excerpt": _text(marker.excerpt(hit.text)),
        "url": hit.url,
        "audience": hit.audience,
        "products": [codes[product] for product in hit.product_ids if product in codes],
        "dated_at": hit.dated_at,
    }


def _text(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)
