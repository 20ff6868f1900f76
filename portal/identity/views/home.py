from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.core.ui import panels
from portal.core.ui.panels import Place
from portal.identity import hosts
from portal.identity.actions import edit_profile
from portal.identity.forms import FindForm
from portal.identity.guards import public
from portal.identity.models import Membership, User
from portal.identity.queries import places_of
from portal.identity.requests import PortalRequest

_YEAR = 60 * 60 * 24 * 365


@require_GET
@public
def home(request: PortalRequest) -> HttpResponse:
    """One address, five pages: it depends on the host and on who asks."""
    if request.tenant is None:
        if request.user.is_authenticated:
            return redirect("identity:portals")
        return render(request, "identity/landing.html", {"form": FindForm()})
    if isinstance(request.user, User) and request.person is None:
        return render(request, "identity/no_place.html", {"places": places_of(request.user, request.tenant)})
    if request.person is None:
        return render(request, "identity/welcome.html")
    return _home_of(request, request.person)


def _home_of(request: HttpRequest, person: Membership) -> HttpResponse:
    if person.is_staff_member:
        place, template = Place.STAFF_HOME, "identity/home_staff.html"
    else:
        place, template = Place.CUSTOMER_HOME, "identity/home_customer.html"
    return render(request, template, {"panels": panels.drawn(request, place)})


@require_GET
@public
def find_portal(request: PortalRequest) -> HttpResponse:
    """From the base host to a portal, by the first part of its host name."""
    if request.tenant is not None:
        raise Http404
    form = FindForm(request.GET)
    if form.is_valid():
        tenant = hosts.tenant_for(form.cleaned_data["label"])
        if tenant is not None:
            return go_to(request, hosts.url_of(tenant), tenant.name)
        form.add_error("label", _("There is no portal at this address."))
    return render(request, "identity/landing.html", {"form": form}, status=404)


@require_POST
@public
def set_language(request: PortalRequest) -> HttpResponse:
    """The visitor's choice, kept in a cookie; of somebody signed in, in their profile as well."""
    back_to = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back_to, {request.get_host()}, request.is_secure()):
        back_to = "/"
    response = redirect(back_to)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=_YEAR,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
        if isinstance(request.user, User):
            user = request.user
            edit_profile(user=user, name=user.name, language=language, time_zone=user.time_zone)
    return response


def go_to(request: HttpRequest, url: str, portal: str) -> HttpResponse:
    """A page that leads to another host at once: forms may not, by the content security policy."""
    return render(request, "identity/on_the_way.html", {"url": url, "portal": portal})
