"""What is released, for programs; and its files, under the same decision as on a page."""

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from knowledge.releases import actions
from knowledge.releases.access import file_for, release_for
from knowledge.releases.actions.downloads import refusal_for
from knowledge.releases.enums import Kind, State
from knowledge.releases.fixes import fixed_by
from knowledge.releases.models import Release
from knowledge.releases.queries import (
    LATEST_FIRST,
    Filters,
    Names,
    files_of,
    names_of,
    narrowed,
    relatives_of,
    titles_of,
    words_of,
)
from knowledge.releases.sending import send
from knowledge.releases.streams import goes_on
from plans.api import product_id_asked
from plans.queries import Title
from portal.core.api import Nothing, PageQuery
from portal.core.openapi import Shape, page_of
from portal.identity.operations import PersonView


class ReleasesQuery(PageQuery):
    product = serializers.CharField(required=False, max_length=40, help_text="The code of a product.")
    kind = serializers.ChoiceField(required=False, choices=Kind.choices)


class ReleaseShape(Shape):
    number = serializers.IntegerField()
    reference = serializers.CharField(help_text="`R-` and the number.")
    title = serializers.CharField()
    language = serializers.CharField(help_text="Of the title: yours, or the nearest that there is.")
    kind = serializers.ChoiceField(choices=Kind.choices)
    product = serializers.CharField()
    version = serializers.CharField()
    released_on = serializers.DateField()
    state = serializers.ChoiceField(choices=State.choices, help_text="Only staff see drafts.")


class ReleaseFileShape(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class FixedShape(Shape):
    reference = serializers.CharField(help_text="`S-` and the number.")
    title = serializers.CharField()
    language = serializers.CharField(help_text="Of the title.")


class WholeReleaseShape(ReleaseShape):
    notes = serializers.CharField(help_text="Markdown.")
    fixes = serializers.ListField(child=serializers.CharField())
    solutions = FixedShape(many=True, help_text="Those that it makes needless; the ones you may read.")
    first_version = serializers.CharField(
        allow_null=True, help_text="The oldest that it can be installed on."
    )
    last_version = serializers.CharField(allow_null=True, help_text="The newest that it can be installed on.")
    needs = serializers.ListField(child=serializers.CharField(), help_text="To be installed before.")
    replaces = serializers.ListField(child=serializers.CharField())
    replaced_by = serializers.ListField(child=serializers.CharField())
    files = ReleaseFileShape(many=True)
    can_download = serializers.BooleanField()
    why_not = serializers.CharField(allow_null=True, help_text="A sentence that says what would help.")


class Releases(PersonView):
    @extend_schema(
        operation_id="releases",
        summary="What is released, the latest first",
        parameters=[ReleasesQuery],
        responses=page_of(ReleaseShape),
        tags=["releases"],
    )
    def get(self, request: Request) -> Response:
        asked, person = self.asked(ReleasesQuery), self.person
        filters = Filters(product_id=product_id_asked(person.tenant, asked), kind=asked.get("kind", ""))
        page = LATEST_FIRST.page(narrowed(person, filters), asked["after"], asked["size"])
        titles = titles_of(person, [release.pk for release in page.rows], person.user.language)
        names = names_of(person)
        results = [_listed(release, titles[release.pk], names) for release in page.rows]
        return Response({"results": results, "next": page.next or None})


def _listed(release: Release, title: Title, names: Names) -> dict[str, Any]:
    return {
        "number": release.number,
        "reference": release.reference,
        "title": title.text,
        "language": title.language,
        "kind": release.kind,
        "product": names.codes[release.product_id],
        "version": names.versions[release.version_id],
        "released_on": release.released_on,
        "state": release.state,
    }


class OneRelease(PersonView):
    @extend_schema(
        operation_id="release",
        summary="One release with its notes and files, and whether its files can be downloaded",
        responses=WholeReleaseShape,
        tags=["releases"],
    )
    def get(self, request: Request, number: int) -> Response:
        self.asked(Nothing)
        person, release = self.person, release_for(self.person, number)
        words = words_of(person, release, person.user.language)
        relatives = relatives_of(person, release, person.user.language)
        refusal = refusal_for(person, release, timezone.now())
        return Response(
            {
                **_listed(release, Title(words.language, words.title), names_of(person)),
                "notes": words.notes,
                "fixes": words.fixes,
                "solutions": [
                    {"reference": one.reference, "title": one.title.text, "language": one.title.language}
                    for one in fixed_by(person, release, person.user.language)
                ],
                "first_version": release.first_version.name if release.first_version else None,
                "last_version": release.last_version.name if release.last_version else None,
                "needs": [row.reference for row in relatives.needs],
                "replaces": [row.reference for row in relatives.replaces],
                "replaced_by": [row.reference for row in relatives.replaced_by],
                "files": [
                    {"id": file.pk, "name": file.name, "size": file.size, "sha256": file.sha256}
                    for file in files_of(person, release)
                ],
                "can_download": refusal is None,
                "why_not": str(refusal) if refusal else None,
            }
        )


class ReleaseContent(PersonView):
    @extend_schema(
        operation_id="download_release_file",
        summary="Download a file of a release, or a range of it",
        description="Answers 206 to a `Range`; `If-Range` takes the `ETag`, which is the SHA-256.",
        parameters=[OpenApiParameter("Range", str, OpenApiParameter.HEADER)],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (206, "application/octet-stream"): OpenApiTypes.BINARY,
            416: None,
        },
        tags=["releases"],
    )
    def get(self, request: Request, file: UUID) -> HttpResponseBase:
        found, headers = file_for(self.person, file), request._request.headers
        download = actions.go_on_or_ask(person=self.person, file=found, goes_on=goes_on(found, headers))
        return send(person=self.person, download=download, headers=headers)
