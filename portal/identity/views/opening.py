"""Opening a portal: a form, a mail that shows whose the address is, and the portal."""

import logging
import smtplib
from typing import Any

from django.core import signing
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.errors import Refused
from portal.identity import handoff, hosts, labels
from portal.identity.actions import make_user, open_tenant
from portal.identity.forms import OpeningForm, OpeningPasswordForm, show_refusal
from portal.identity.guards import public
from portal.identity.limits import OPEN_PORTAL, OPEN_PORTAL_MAIL, client_address, spend
from portal.identity.mail import send_opening
from portal.identity.models import Membership, User
from portal.identity.requests import PortalRequest
from portal.identity.views.home import go_to

log = logging.getLogger(__name__)
_SALT = "identity.opening"
_SECONDS = 2 * 60 * 60


@require_http_methods(["GET", "POST"])
@public
def open_portal(request: PortalRequest) -> HttpResponse:
    """What the portal is to be; the answer is the same whether or not the address has a sign-in."""
    _only_on_base_host(request)
    form = OpeningForm(request.POST or None, initial={"language": get_language(), "time_zone": "UTC"})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            _mail_the_link(request, form.cleaned_data)
            request.session["opening_mailed_to"] = form.cleaned_data["email"]
            return redirect("identity:opening_mailed")
        except Refused as refused:
            show_refusal(form, refused)
            status = refused.status
    return render(request, "identity/open.html", {"form": form}, status=status)


def _mail_the_link(request: PortalRequest, wanted: dict[str, Any]) -> None:
    spend(OPEN_PORTAL, client_address(request))
    spend(OPEN_PORTAL_MAIL, wanted["email"])
    token = signing.dumps(wanted, salt=_SALT, compress=True)
    try:
        send_opening(
            email=wanted["email"],
            language=wanted["language"],
            name=wanted["name"],
            portal=wanted["portal"],
            token=token,
        )
    except (OSError, smtplib.SMTPException):
        log.exception("The mail for opening a portal could not be sent")
        raise Refused(_("The mail could not be sent just now. Please try again in a minute.")) from None


@require_GET
@public
def suggest_label(request: PortalRequest) -> HttpResponse:
    """The label field again, filled from the name, unless something was typed there."""
    _only_on_base_host(request)
    label = request.GET.get("label", "") or labels.suggest(request.GET.get("portal", "")[:120])
    form = OpeningForm(initial={"label": label})
    return render(request, "identity/open.html#label", {"form": form})


@require_GET
@public
def opening_mailed(request: PortalRequest) -> HttpResponse:
    _only_on_base_host(request)
    email = request.session.get("opening_mailed_to")
    if not email:
        return redirect("identity:open_portal")
    return render(request, "identity/opening_mailed.html", {"email": email})


@require_http_methods(["GET", "POST"])
@public
def confirm_opening(request: PortalRequest, token: str) -> HttpResponse:
    """Behind the mailed link: a password for a new sign-in, then the portal."""
    _only_on_base_host(request)
    try:
        wanted = signing.loads(token, salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return render(request, "identity/opening_expired.html", status=404)
    owner = User.objects.filter(email=wanted["email"]).first()
    form = None
    if owner is None:
        form = OpeningPasswordForm(request.POST or None, email=wanted["email"], name=wanted["name"])
    refused = None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            password = form.cleaned_data["password"] if form else None
            return _open(request, wanted, owner, password)
        except Refused as error:
            refused = error
    context = {"wanted": wanted, "form": form, "refused": refused, "base": hosts.base_name()}
    return render(
        request, "identity/opening_confirm.html", context, status=refused.status if refused else 200
    )


def _open(
    request: PortalRequest, wanted: dict[str, Any], owner: User | None, password: str | None
) -> HttpResponse:
    """A new sign-in goes in at once; an existing one signs in there, with its password and second factor."""
    with transaction.atomic():
        admin = owner or make_user(
            email=wanted["email"],
            name=wanted["name"],
            password=password,
            language=wanted["language"],
            time_zone=wanted["time_zone"],
        )
        person = open_tenant(
            name=wanted["portal"],
            label=wanted["label"],
            language=wanted["language"],
            time_zone=wanted["time_zone"],
            admin=admin,
        )
    return go_to(request, _way_in(request, person, new=owner is None), person.tenant.name)


def _way_in(request: PortalRequest, person: Membership, *, new: bool) -> str:
    if new:
        now = timezone.now().timestamp()
        return handoff.address_of(person, [{"method": "password", "at": now, "email": person.user.email}])
    if request.user.is_authenticated and request.user.pk == person.user_id:
        return handoff.address_of(person, handoff.methods_of(request))
    return hosts.url_of(person.tenant, reverse("account_login"))


def _only_on_base_host(request: PortalRequest) -> None:
    if request.tenant is not None:
        raise Http404
