"""How a person is told; everybody has this page for themself, and nobody for another."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notifications.actions import choose, set_mail_hours
from notifications.forms import PreferencesForm
from notifications.kinds import topics_of
from notifications.queries import wishes_of
from portal.core.errors import Refused
from portal.identity.forms import show_refusal
from portal.identity.guards import person_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.models import Membership
from portal.identity.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@person_required
@keeps_text
def preferences(request: PersonRequest) -> HttpResponse:
    person = request.person
    form = PreferencesForm(
        request.POST or kept_fields(request), topics=topics_of(person), wishes=wishes_of(person)
    )
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                _save(person, form)
                messages.success(request, _("Your choices were saved."))
                return redirect("notifications:preferences")
            status = 422
        except Refused as refused:
            show_refusal(form, refused)
            status = refused.status
    return render(request, "notifications/preferences.html", {"form": form}, status=status)


@transaction.atomic
def _save(person: Membership, form: PreferencesForm) -> None:
    if choices := form.choices():
        choose(person=person, choices=choices)
    if form.changes_hours:
        digest_at = form.cleaned_data["digest_at"]
        set_mail_hours(person=person, digest_at=digest_at, quiet=form.quiet_hours())
