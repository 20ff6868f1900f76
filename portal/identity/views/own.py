"""What a person looks after for themself: profile, API tokens, the way to their other portals."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.identity import handoff
from portal.identity.access import own_membership, token_for
from portal.identity.actions import edit_profile, make_token, revoke_token
from portal.identity.forms import ProfileForm, TokenForm
from portal.identity.guards import person_required, public, user_required
from portal.identity.middleware import CHOSEN
from portal.identity.queries import places_of, tokens_of
from portal.identity.requests import PersonRequest, PortalRequest, UserRequest
from portal.identity.views.home import go_to


@require_http_methods(["GET", "POST"])
@user_required
def profile(request: UserRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        user = edit_profile(user=request.user, **form.cleaned_data)
        with override(user.language):
            messages.success(request, _("Your profile was saved."))
        return redirect("identity:profile")
    return render(request, "identity/profile.html", {"form": form})


@require_GET
@user_required
def portals(request: UserRequest) -> HttpResponse:
    places = places_of(request.user, request.tenant)
    current = request.person.pk if request.person else None
    return render(request, "identity/portals.html", {"places": places, "current": current})


@require_POST
@user_required
def enter(request: UserRequest, pk: int) -> HttpResponse:
    """To another of the user's places: in this portal at once, in another by a hand-off."""
    membership = own_membership(request.user.pk, pk)
    if request.tenant is not None and membership.tenant_id == request.tenant.pk:
        request.session[CHOSEN] = membership.pk
        return redirect("identity:home")
    address = handoff.address_of(membership, handoff.methods_of(request))
    return go_to(request, address, membership.tenant.name)


@require_GET
@public
def arrive(request: PortalRequest) -> HttpResponse:
    """The other end of a hand-off."""
    hand_off = handoff.take(request.tenant, request.GET.get("pass", ""))
    if hand_off is None or not hand_off.user.is_active:
        messages.error(request, _("This way in has been used, or is too old. Please sign in."))
        return redirect("account_login")
    handoff.sign_in(request, hand_off)
    return redirect("identity:home")


@require_http_methods(["GET", "POST"])
@person_required
def tokens(request: PersonRequest) -> HttpResponse:
    """A person's API tokens; the secret of a new one is in this one answer and nowhere else."""
    form = TokenForm(request.POST or None)
    secret = None
    if request.method == "POST" and form.is_valid():
        _token, secret = make_token(
            person=request.person,
            name=form.cleaned_data["name"],
            scope=form.cleaned_data["scope"],
            expires_at=form.expires_at(),
        )
        form = TokenForm()
    context = {"form": form, "secret": secret, "tokens": tokens_of(request.person)}
    return render(request, "identity/tokens.html", context)


@require_POST
@person_required
def revoke(request: PersonRequest, pk: int) -> HttpResponse:
    token = token_for(request.person, pk)
    revoke_token(token=token, actor=request.person)
    messages.success(request, _("The token “%(name)s” was revoked.") % {"name": token.name})
    return redirect("identity:tokens")
