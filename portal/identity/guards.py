"""Who may open a view. Every view carries one of these, so that none is open by accident.

Who is not signed in is asked to sign in and comes back; who is signed in without the right gets
the same 404 as for an address that does not exist.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast
from urllib.parse import urlencode

from django.http import Http404, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from portal.identity.enums import Role
from portal.identity.kept import keep
from portal.identity.requests import PortalRequest

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def ask_to_sign_in(request: PortalRequest, back_to: str) -> HttpResponseBase:
    """To the sign-in page, which leads back; an htmx request moves the whole page there."""
    url = f"{reverse('account_login')}?{urlencode({'next': back_to})}"
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)


def _guard(name: str, allowed: Callable[[PortalRequest], bool]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: PortalRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if request.user.is_authenticated:
                if not allowed(request):
                    raise Http404
                return view(request, *args, **kwargs)
            page = getattr(view, "keeps_text_for", None)
            if request.method == "POST" and page is not None:
                return ask_to_sign_in(request, keep(request, page(request, *args, **kwargs)))
            current = getattr(getattr(request, "htmx", None), "current_url_abs_path", None)
            return ask_to_sign_in(request, current or request.get_full_path())

        guarded.guard = name  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def public(view: View) -> View:
    """Anybody may open the view, signed in or not."""
    view.guard = "public"  # type: ignore[attr-defined]
    return view


def _is_person(request: PortalRequest) -> bool:
    return request.person is not None


def _is_staff(request: PortalRequest) -> bool:
    return request.person is not None and request.person.is_staff_member


def user_required(view: View) -> View:
    """Whoever is signed in, also without a place in this portal."""
    return _guard("user", lambda request: True)(view)


def person_required(view: View) -> View:
    """Whoever has a place in this portal."""
    return _guard("person", _is_person)(view)


def staff_required(view: View) -> View:
    return _guard("staff", _is_staff)(view)


def role_required(*roles: Role) -> Callable[[View], View]:
    """One of these roles: ``@role_required(Role.ADMIN, Role.LEAD)``."""
    names = ", ".join(sorted(roles))

    def has_role(request: PortalRequest) -> bool:
        return request.person is not None and request.person.role in roles

    return _guard(f"role: {names}", has_role)
