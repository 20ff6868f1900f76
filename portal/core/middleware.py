"""Request ids and the headers that every response carries."""

import logging
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from portal.core.errors import Refused

GetResponse = Callable[[HttpRequest], HttpResponseBase]
log = logging.getLogger("portal.requests")


class RequestIdMiddleware:
    """Gives each request an id; the response and the server-error page show it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = uuid.uuid4().hex[:16]
        vars(request)["request_id"] = request_id
        response = self.get_response(request)
        response.headers["X-Request-Id"] = request_id
        if response.status_code >= 500:
            log.error(
                "%s %s answered %s, request %s",
                request.method,
                request.path,
                response.status_code,
                request_id,
            )
        return response


class RefusalMiddleware:
    """An action refused and the view has no form to say so in: a page with the sentence."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        return render(request, "refused.html", {"message": str(error)}, status=error.status)


class ContentSecurityMiddleware:
    """The content security policy of the settings, unless a view has set a stricter one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.policy = "; ".join(f"{name} {value}" for name, value in settings.CONTENT_SECURITY_POLICY.items())

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        return response
