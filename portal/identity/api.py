"""How a program proves who it acts for."""

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from portal.identity.enums import Scope
from portal.identity.limits import count
from portal.identity.models import ApiToken, User

if TYPE_CHECKING:  # the views import the classes that the settings name, and those are here
    from rest_framework.views import APIView


class TokenAuthentication(BaseAuthentication):
    """The middleware has resolved the bearer token already, because the row policies need it first."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        token: ApiToken | None = getattr(request._request, "api_token", None)
        return (cast(User, request._request.user), token) if token else None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class HasPerson(BasePermission):
    """Someone acts in this tenant; changing anything takes a token with write scope."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        token = request.auth
        if not isinstance(token, ApiToken):
            return False
        return request.method in SAFE_METHODS or token.scope == Scope.WRITE


class TokenThrottle(SimpleRateThrottle):
    """So many requests for each token; who has none is refused before it comes to counting."""

    scope = "token"

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Counts in fixed windows, so that a busy token costs no more than a quiet one."""
        amount, seconds = self.parse_rate(self.get_rate())
        if amount is None or seconds is None:
            return True
        now = int(self.timer())
        window = now // seconds
        self._wait = float((window + 1) * seconds - now)
        key = f"throttle:{self.scope}:{cast(ApiToken, request.auth).pk}:{window}"
        return count(key, seconds) <= amount

    def wait(self) -> float:
        return self._wait
