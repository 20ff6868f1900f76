"""The API at ``/api/v1/``: every app's operations, and their description."""

import json
from functools import cache

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.generators import SchemaGenerator

from entitlements.api import Contracts, Decisions, Installations, Targets
from knowledge.critical.api import CriticalNotices
from knowledge.releases.api import OneRelease, ReleaseContent, Releases
from knowledge.search.api import Search
from knowledge.solutions.api import OneSolution, Solutions
from plans.api import Products
from portal.identity.guards import public
from portal.identity.operations import Me, People, Teams


@public
def description(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document; it tells nothing of any tenant."""
    return HttpResponse(_document(), content_type="application/vnd.oai.openapi+json")


@cache
def _document() -> bytes:
    with translation.override("en"):
        generator = SchemaGenerator(patterns=_root)  # type: ignore[no-untyped-call]
        schema = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.dumps(schema, indent=1).encode()


@csrf_exempt
@public
def nothing(request: HttpRequest) -> HttpResponse:
    """Any other address: as JSON, like every other refusal."""
    return JsonResponse({"code": "not_found", "message": _("There is nothing here.")}, status=404)


operations: list[URLPattern | URLResolver] = [
    path("me/", Me.as_view(), name="me"),
    path("people/", People.as_view(), name="people"),
    path("teams/", Teams.as_view(), name="teams"),
    path("products/", Products.as_view(), name="products"),
    path("decisions/", Decisions.as_view(), name="decisions"),
    path("targets/", Targets.as_view(), name="targets"),
    path("contracts/", Contracts.as_view(), name="contracts"),
    path("installations/", Installations.as_view(), name="installations"),
    path("critical/", CriticalNotices.as_view(), name="critical"),
    path("solutions/", Solutions.as_view(), name="solutions"),
    path("solutions/<slug:solution>/", OneSolution.as_view(), name="solution"),
    path("search/", Search.as_view(), name="search"),
    path("releases/", Releases.as_view(), name="releases"),
    path("releases/<int:number>/", OneRelease.as_view(), name="release"),
    path("releases/files/<uuid:file>/", ReleaseContent.as_view(), name="release_file"),
    path("", include("incidents.api.urls")),
]
_root = [path("api/v1/", include(operations))]

app_name = "api"
urlpatterns = [
    path("openapi.json", description, name="description"),
    *operations,
    re_path("", nothing),
]
