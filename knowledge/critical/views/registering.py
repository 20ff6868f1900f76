"""What a contact wants to be told of: their page, and the question on their home."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from knowledge.critical import actions, rules
from knowledge.critical.forms import RegistrationsForm
from knowledge.critical.queries import (
    has_answered,
    offered_products,
    registrations_at,
    registrations_of,
)
from knowledge.critical.topics import CRITICAL
from notifications.enums import Channel, Choice
from notifications.queries import wishes_of
from portal.core.errors import Refused
from portal.identity.guards import person_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.models import Membership
from portal.identity.requests import PersonRequest

HERE = "critical:registrations"


@require_http_methods(["GET", "POST"])
@person_required
@keeps_text
def registrations(request: PersonRequest) -> HttpResponse:
    person = _contact(request)
    standing = {one.product_id: one for one in registrations_of(person)}
    form = RegistrationsForm(
        request.POST or kept_fields(request), products=offered_products(person), standing=standing
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.register(person=person, chosen=form.chosen())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your choices were saved."))
            return redirect(HERE)
    sees_colleagues = rules.sees_who_registered(person)
    context = {
        "form": form,
        "colleagues": registrations_at(person) if sees_colleagues else (),
        "sees_colleagues": sees_colleagues,
        "no_mail": wishes_of(person).choice(CRITICAL, Channel.MAIL) == Choice.OFF,
    }
    return render(request, "critical/registrations.html", context, status=422 if form.errors else 200)


@require_POST
@person_required
def register_all(request: PersonRequest) -> HttpResponse:
    actions.register_for_all(person=_contact(request))
    messages.success(request, _("You are told of critical solutions from now on."))
    return redirect(HERE)


@require_POST
@person_required
def not_now(request: PersonRequest) -> HttpResponse:
    actions.decline(person=_contact(request))
    messages.info(request, _("You can register at any time: “Critical solutions” is behind your initials."))
    return redirect("identity:home")


def suggestion(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """On a contact's home, until they have answered; nothing where nothing is covered."""
    person = cast(PersonRequest, request).person
    if not rules.registers(person) or has_answered(person):
        return None
    names = [product.name for product in offered_products(person)]
    return {"products": ", ".join(names)} if names else None


def _contact(request: PersonRequest) -> Membership:
    if not rules.registers(request.person):
        raise Http404
    return request.person
