"""Published solutions, for programs."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from knowledge.search.enums import Audience
from knowledge.solutions import queries
from knowledge.solutions.access import solution_for
from knowledge.solutions.actions import PARTS
from knowledge.solutions.enums import State
from knowledge.solutions.models import Solution, SolutionProduct
from knowledge.solutions.queries import Filters
from knowledge.solutions.registry import fixes_of
from plans.api import product_asked, product_codes
from plans.queries import nearest
from portal.core.api import PageQuery, StrictSerializer
from portal.core.openapi import Shape, page_of
from portal.identity.operations import PersonView


class RangeShape(Shape):
    product = serializers.CharField(help_text="Its code.")
    since = serializers.CharField(allow_null=True, help_text="The first version; null for any.")
    until = serializers.CharField(allow_null=True, help_text="The last version; null for any.")


class SolutionShape(Shape):
    reference = serializers.CharField()
    title = serializers.CharField()
    language = serializers.CharField(help_text="Of the title: the person's where it is written in it.")
    audience = serializers.ChoiceField(choices=Audience.choices, help_text="Who may read it.")
    critical = serializers.BooleanField()
    products = RangeShape(many=True)
    published_at = serializers.DateTimeField(help_text="When a text of it was last published.")


class FixedInShape(Shape):
    reference = serializers.CharField(help_text="Of the release: `R-` and the number.")
    title = serializers.CharField()
    language = serializers.CharField(help_text="Of the title.")
    version = serializers.CharField(help_text="That it brings, or that it is for.")


class SolutionDetailShape(SolutionShape):
    symptom = serializers.CharField(allow_blank=True, help_text="Markdown.")
    cause = serializers.CharField(allow_blank=True, help_text="Markdown.")
    resolution = serializers.CharField(allow_blank=True, help_text="Markdown.")
    languages = serializers.ListField(child=serializers.CharField(), help_text="Those it is published in.")
    fixed_in = FixedInShape(many=True, help_text="Releases with which the problem is gone, the latest first.")
    stale = serializers.BooleanField(help_text="A translation, and what it translates is newer.")


class SolutionsQuery(PageQuery):
    product = serializers.CharField(required=False, max_length=40, help_text="Its code.")
    language = serializers.ChoiceField(
        required=False, choices=settings.LANGUAGES, help_text="Those that are published in it."
    )


class SolutionQuery(StrictSerializer):
    language = serializers.ChoiceField(
        required=False, choices=settings.LANGUAGES, help_text="Without it, the person's."
    )


class Solutions(PersonView):
    @extend_schema(
        operation_id="list_solutions",
        summary="The published solutions that the person may read, the latest first",
        parameters=[SolutionsQuery],
        responses=page_of(SolutionShape),
        tags=["solutions"],
    )
    def get(self, request: Request) -> Response:
        person, asked = self.person, self.asked(SolutionsQuery)
        product = product_asked(person.tenant, asked)
        products = frozenset([product.id] if product else [])
        filters = Filters(products=products, language=asked.get("language", ""))
        page = queries.published_page(person, filters, asked["after"], asked["size"])
        ids = [one.pk for one in page.rows]
        language = asked.get("language") or get_language() or "en"
        titles = queries.titles_of(person.tenant_id, ids, own=person.tenant.language, language=language)
        ranges, codes = queries.products_for(person.tenant_id, ids), product_codes(person.tenant)
        results = [
            {
                **_listed(one, ranges.get(one.pk, ()), codes),
                "title": titles[one.pk].text,
                "language": titles[one.pk].language,
            }
            for one in page.rows
        ]
        return Response({"results": results, "next": page.next or None})


class OneSolution(PersonView):
    @extend_schema(
        operation_id="read_solution",
        summary="A published solution, in the language asked for or the nearest there is",
        parameters=[SolutionQuery],
        responses=SolutionDetailShape,
        tags=["solutions"],
    )
    def get(self, request: Request, solution: str) -> Response:
        person = self.person
        found = solution_for(person, solution)
        asked = self.asked(SolutionQuery)
        texts = queries.published_texts(found)
        if found.state != State.PUBLISHED or not texts:
            raise Http404
        text = nearest(texts, person.tenant.language, asked.get("language") or get_language() or "en")
        return Response(
            {
                **_listed(found, queries.ranges_of(found), product_codes(person.tenant)),
                **{name: getattr(text, name) for name in ("language", *PARTS)},
                "languages": sorted(texts),
                "fixed_in": [
                    {name: getattr(one, name) for name in ("reference", "title", "language", "version")}
                    for one in fixes_of(person, found)
                ],
                "stale": queries.is_stale(found, text, texts),
            }
        )


def _listed(solution: Solution, ranges: Iterable[SolutionProduct], codes: dict[int, str]) -> dict[str, Any]:
    return {
        "reference": solution.reference,
        "audience": solution.audience,
        "critical": solution.critical,
        "products": [
            {
                "product": codes[one.product_id],
                "since": one.since_version.name if one.since_version else None,
                "until": one.until_version.name if one.until_version else None,
            }
            for one in ranges
        ],
        "published_at": solution.published_at,
    }
