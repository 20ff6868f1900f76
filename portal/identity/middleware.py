"""From a request to the person who acts: host → tenant → user → membership → scope."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.response import SimpleTemplateResponse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from portal.core.tenancy import EVERY_ACCOUNT, acting, narrow
from portal.identity import hosts, tokens
from portal.identity.models import User
from portal.identity.requests import PortalRequest
from portal.identity.second_factor import needs_second_factor

GetResponse = Callable[[HttpRequest], HttpResponseBase]
CHOSEN = "membership"
"""Session key: the membership that the person has chosen among several in this tenant."""
WITHOUT_TENANT = ("/static/", "/healthz", "/readyz")


class TenantMiddleware:
    """Finds the tenant by host name. A host without a portal answers 404 before anything else runs."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        request.tenant = None
        request.person = None
        request.api_token = None
        if not request.path.startswith(WITHOUT_TENANT):
            label = hosts.label_of(request.get_host())
            if label:
                request.tenant = hosts.tenant_for(label)
                if request.tenant is None:
                    return render(request, "identity/no_portal.html", status=404)
        return self.get_response(request)


class ActingMiddleware:
    """Runs the request in one transaction, set to the tenant, the user and the account."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        request.user = AnonymousUser()
        if request.path.startswith(WITHOUT_TENANT):
            return self.get_response(request)
        tenant_id = request.tenant.pk if request.tenant else None
        with_token = request.path.startswith("/api/")
        user_id = None if with_token else request.session.get(SESSION_KEY)
        with acting(tenant_id=tenant_id, user_id=user_id):
            if with_token:
                tokens.identify(request)
            else:
                self._identify(request)
            if request.person is not None and request.tenant is not None:
                request.person.tenant = request.tenant
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            if getattr(response, "streaming", False) and not hasattr(response, "file_to_stream"):
                raise RuntimeError("A streamed body would run after the transaction and see no rows")
        return response

    @staticmethod
    def _identify(request: PortalRequest) -> None:
        request.user = get_user(request)
        here = request.user.memberships_here if isinstance(request.user, User) else []
        chosen = request.session.get(CHOSEN)
        person = next((m for m in here if m.pk == chosen), here[0] if here else None)
        request.person = person
        if person is not None:
            narrow(person.account_id or EVERY_ACCOUNT)


class ReaderMiddleware:
    """The reader's language and time zone; signed-in pages are never stored by a cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        user = request.user
        if user.is_authenticated:
            language, zone = user.language, user.time_zone
        else:
            language = self._visitor_language(request)
            zone = request.tenant.time_zone if request.tenant else "UTC"
        with translation.override(language), timezone.override(ZoneInfo(zone)):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            # Pages are rendered by now; a lazy response renders in the reader's language as well.
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.render()
        response.headers.setdefault("Content-Language", language)
        if user.is_authenticated:
            add_never_cache_headers(response)
        else:
            patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response

    @staticmethod
    def _visitor_language(request: PortalRequest) -> str:
        chosen = request.COOKIES.get("language")
        if chosen or request.headers.get("Accept-Language"):
            return translation.get_language_from_request(request)
        return request.tenant.language if request.tenant else "en"


class SecondFactorMiddleware:
    """Where the tenant requires it, staff set up a second factor before they do anything else."""

    FREE = ("/account/", "/static/", "/healthz", "/readyz", "/language/", "/api/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        if not request.path.startswith(self.FREE) and needs_second_factor(request):
            return redirect("mfa_index")
        return self.get_response(request)
