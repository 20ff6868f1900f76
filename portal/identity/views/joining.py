"""Behind the link of an invitation."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.core.errors import Refused
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity import handoff
from portal.identity.access import invitation_by_secret
from portal.identity.actions import accept_invitation as accept
from portal.identity.actions import make_user
from portal.identity.forms import JoinForm, show_refusal
from portal.identity.guards import public
from portal.identity.middleware import CHOSEN
from portal.identity.models import Invitation, Membership, User
from portal.identity.queries import has_sign_in
from portal.identity.requests import PortalRequest


@require_http_methods(["GET", "POST"])
@public
def accept_invitation(request: PortalRequest, secret: str) -> HttpResponse:
    """A new sign-in tells its name and password; an existing one signs in as the invited address first."""
    try:
        invitation = invitation_by_secret(request.tenant, secret)
    except Http404:
        return render(request, "identity/invitation_gone.html", status=404)
    if isinstance(request.user, User):
        return _join_signed_in(request, invitation, request.user)
    with translation.override(invitation.language if not request.COOKIES.get("language") else None):
        if has_sign_in(invitation.email):
            return render(request, "identity/invitation_sign_in.html", {"invitation": invitation})
        return _join_as_new(request, invitation)


def _join_signed_in(request: PortalRequest, invitation: Invitation, user: User) -> HttpResponse:
    if user.email != invitation.email:
        context = {"invitation": invitation}
        return render(request, "identity/invitation_other.html", context, status=403)
    if request.method == "POST":
        try:
            person = _accept(invitation, user)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect(request.path)
        request.session[CHOSEN] = person.pk
        return _welcome(request, person)
    return render(request, "identity/invitation.html", {"invitation": invitation})


def _join_as_new(request: PortalRequest, invitation: Invitation) -> HttpResponse:
    zone = invitation.account.time_zone if invitation.account else invitation.tenant.time_zone
    initial = {"language": invitation.language, "time_zone": zone}
    form = JoinForm(request.POST or None, initial=initial, email=invitation.email)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                user = make_user(email=invitation.email, **form.cleaned_data)
                person = _accept(invitation, user)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            now = timezone.now().timestamp()
            handoff.begin_session(request, user, [{"method": "password", "at": now, "email": user.email}])
            request.session[CHOSEN] = person.pk
            return _welcome(request, person)
    return render(request, "identity/invitation.html", {"invitation": invitation, "form": form})


def _accept(invitation: Invitation, user: User) -> Membership:
    with acting(tenant_id=invitation.tenant_id, account_id=EVERY_ACCOUNT, user_id=user.pk):
        return accept(invitation=invitation, user=user)


def _welcome(request: PortalRequest, person: Membership) -> HttpResponse:
    messages.success(request, _("Welcome, %(name)s.") % {"name": person.user.name})
    return redirect("identity:home")
