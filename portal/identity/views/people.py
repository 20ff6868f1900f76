"""The people of an account, and the staff: listed, invited, changed, removed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.errors import Refused
from portal.identity import rules
from portal.identity.access import account_for, colleague_for, invitation_for
from portal.identity.actions import (
    change_role,
    edit_staff,
    invite,
    remove_person,
    resend_invitation,
    revoke_invitation,
)
from portal.identity.enums import Role
from portal.identity.forms import InviteForm, RoleForm, StaffForm, show_refusal
from portal.identity.guards import person_required, role_required
from portal.identity.models import Account, Membership
from portal.identity.queries import invitations_of, people_of, teams_of
from portal.identity.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@role_required(Role.CUSTOMER_ADMIN)
def own_people(request: PersonRequest) -> HttpResponse:
    return _people(request, request.person.account)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def staff(request: PersonRequest) -> HttpResponse:
    return _people(request, None)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def account_people(request: PersonRequest, key: str) -> HttpResponse:
    return _people(request, account_for(request.person, key))


def _people(request: PersonRequest, account: Account | None) -> HttpResponse:
    person = request.person
    language = account.language if account else request.tenant.language
    teams = teams_of(person) if account is None else None
    form = InviteForm(request.POST or None, account=account, teams=teams, initial={"language": language})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            invite(actor=person, account=account, **form.cleaned_data)
            sent = _("The invitation to %(email)s is on its way.") % {"email": form.cleaned_data["email"]}
            messages.success(request, sent)
            return redirect(_page_of(person, account))
        except Refused as refused:
            show_refusal(form, refused)
            status = refused.status
    context = {
        "account": account,
        "form": form,
        "people": people_of(person, account),
        "invitations": invitations_of(person, account),
    }
    return render(request, "identity/people.html", context, status=status)


@require_http_methods(["GET", "POST"])
@person_required
def edit_person(request: PersonRequest, pk: int) -> HttpResponse:
    """Role of a contact; role, team and languages of a member of staff."""
    colleague = colleague_for(request.person, pk)
    form: RoleForm
    if colleague.is_staff_member:
        form = StaffForm(request.POST or None, person=colleague, teams=teams_of(request.person))
    else:
        form = RoleForm(request.POST or None, person=colleague)
    if request.method == "POST" and form.is_valid():
        change = edit_staff if colleague.is_staff_member else change_role
        try:
            change(person=colleague, actor=request.person, **form.cleaned_data)
            messages.success(request, _("%(name)s was changed.") % {"name": colleague.name})
            return redirect(_page_of(request.person, colleague.account))
        except Refused as refused:
            show_refusal(form, refused)
    context = {
        "colleague": colleague,
        "form": form,
        "back": _page_of(request.person, colleague.account),
        "may_remove": rules.may_change(request.person, colleague),
    }
    return render(request, "identity/person.html", context)


@require_POST
@person_required
def remove(request: PersonRequest, pk: int) -> HttpResponse:
    colleague = colleague_for(request.person, pk)
    try:
        remove_person(person=colleague, actor=request.person)
        messages.success(request, _("%(name)s has no access any more.") % {"name": colleague.name})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(_page_of(request.person, colleague.account))


@require_POST
@person_required
def resend(request: PersonRequest, pk: int) -> HttpResponse:
    invitation = invitation_for(request.person, pk)
    try:
        resend_invitation(invitation=invitation, actor=request.person)
        sent = _("The invitation to %(email)s is on its way.") % {"email": invitation.email}
        messages.success(request, sent)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(_page_of(request.person, invitation.account))


@require_POST
@person_required
def revoke(request: PersonRequest, pk: int) -> HttpResponse:
    invitation = invitation_for(request.person, pk)
    revoke_invitation(invitation=invitation, actor=request.person)
    taken = _("The invitation to %(email)s was taken back.") % {"email": invitation.email}
    messages.success(request, taken)
    return redirect(_page_of(request.person, invitation.account))


def _page_of(person: Membership, account: Account | None) -> str:
    """The list that the people of an account stand on, as this person reaches it."""
    if account is None:
        return reverse("identity:staff")
    if person.is_contact:
        return reverse("identity:people")
    return reverse("identity:account_people", args=[account.key])
