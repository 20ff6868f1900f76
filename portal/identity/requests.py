"""A request as the middleware hands it to a view."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from portal.identity.models import ApiToken, Membership, Tenant, User


class PortalRequest(HttpRequest):
    """Any request: the tenant of its host, none on the base host; the person who acts there, if any."""

    tenant: Tenant | None
    person: Membership | None
    user: User | AnonymousUser
    api_token: ApiToken | None
    htmx: HtmxDetails
    request_id: str


class UserRequest(PortalRequest):
    """Behind ``user_required``: somebody is signed in, perhaps without a place here."""

    user: User


class PersonRequest(UserRequest):
    """Behind ``person_required`` and the guards that ask for more."""

    tenant: Tenant
    person: Membership
