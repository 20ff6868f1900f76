"""The changes of an incident as pages: a form each, as a dialog where htmx asks, and one action."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from incidents import actions, page, people, present, rules, thread
from incidents.access import incident_for
from incidents.clocks.reading import latest_clocks
from incidents.forms import (
    NOBODY,
    AssignForm,
    ChangeForm,
    CommitmentForm,
    ContestForm,
    FollowerForm,
    ReopenForm,
    ResolutionForm,
    SeverityForm,
)
from incidents.forms_call import CallForm
from incidents.forms_solutions import LinkForm
from incidents.models import Incident
from knowledge.solutions.present import rows_of
from knowledge.solutions.queries import published_for, with_reference
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.identity.guards import person_required
from portal.identity.kept import keeps_text, kept_text
from portal.identity.models import Membership
from portal.identity.requests import PersonRequest

Words = str | Promise


def _nothing(person: Membership, incident: Incident) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change that a person can make on a page.

    ``for_whom`` decides who has the page at all; ``offered`` on which incidents it is offered.
    """

    name: str
    icon: str
    title: Words
    button: Words
    done: Words
    perform: Callable[[Membership, Incident, dict[str, Any], Any], Any]
    offered: Callable[[Membership, Incident], bool]
    for_whom: Callable[[Membership], bool] = field(default=lambda person: True)
    form: type[ChangeForm] = ChangeForm
    choices: Callable[[Membership, Incident], dict[str, Any]] = _nothing
    explanation: Words = ""
    prominent: bool = False


def _take(person: Membership, incident: Incident, given: dict[str, Any], form: Any) -> None:
    actions.assign(person=person, incident=incident, assignee=person, revision=given["revision"])


def _assign(person: Membership, incident: Incident, given: dict[str, Any], form: AssignForm) -> None:
    actions.assign(
        person=person,
        incident=incident,
        assignee=None if given["assignee"] == NOBODY else form.staff[given["assignee"]],
        team=form.teams.get(given["team"]) if given["team"] else None,
        revision=given["revision"],
    )


def _change_severity(person: Membership, incident: Incident, given: dict[str, Any], form: Any) -> None:
    actions.change_severity(person=person, incident=incident, **given)


def _contest(person: Membership, incident: Incident, given: dict[str, Any], form: Any) -> None:
    actions.contest_severity(person=person, incident=incident, reason=given["reason"])


def _resolve(person: Membership, incident: Incident, given: dict[str, Any], form: Any) -> None:
    actions.resolve(person=person, incident=incident, **given)


def _reopen(person: Membership, incident: Incident, given: dict[str, Any], form: Any) -> None:
    actions.reopen(person=person, incident=incident, **given)


def _close(person: Membership, incident: Incident, given: dict[str, Any], form: Any) -> None:
    actions.close(person=person, incident=incident)


def _cover(person: Membership, incident: Incident, given: dict[str, Any], form: Any) -> None:
    actions.put_under_cover(person=person, incident=incident)


def _commit(person: Membership, incident: Incident, given: dict[str, Any], form: Any) -> None:
    actions.commit_to(person=person, incident=incident, **given)


def _add_follower(person: Membership, incident: Incident, given: dict[str, Any], form: FollowerForm) -> None:
    actions.add_follower(person=person, incident=incident, follower=form.people[given["follower"]])


def _log_call(person: Membership, incident: Incident, given: dict[str, Any], form: Any) -> None:
    said = {name: given[name] for name in ("body", "called_at", "waiting", "key")}
    actions.log_call(person=person, incident=incident, **said)


def _link(person: Membership, incident: Incident, given: dict[str, Any], form: Any) -> None:
    found = with_reference(person, given["wanted"])
    if found is None:
        raise Refused(_("There is no solution with this number."), field="reference")
    actions.link_solution(person=person, incident=incident, solution=found)


def _picks(person: Membership, incident: Incident) -> dict[str, Any]:
    rows = rows_of(person.tenant, published_for(person, incident.product_id))
    return {"picks": [(row.solution.reference, f"{row.solution.reference} · {row.title}") for row in rows]}


def _staff_and_teams(person: Membership, incident: Incident) -> dict[str, Any]:
    return {"staff": people.staff_of(person), "teams": people.teams_of(person)}


def _followers_to_add(person: Membership, incident: Incident) -> dict[str, Any]:
    return {"people": people.possible_followers(person, incident)}


def _is_contact(person: Membership) -> bool:
    return person.is_contact


CHANGES: Sequence[Change] = (
    Change(
        name="take",
        icon="hand",
        title=_("Take this incident"),
        button=_("Take it"),
        done=_("It is yours now."),
        perform=_take,
        offered=lambda person, incident: False,  # a button of its own on the page
        for_whom=rules.takes_incidents,
    ),
    Change(
        name="cover",
        icon="shield-check",
        title=_("Put under cover"),
        button=_("Put under cover"),
        done=_("It is under cover; its time runs from now on."),
        perform=_cover,
        offered=rules.may_decide_cover,
        for_whom=rules.decides_on_cover,
        explanation=_("If a contract covers the incident today, its first response is promised from now on."),
        prominent=True,
    ),
    Change(
        name="resolve",
        icon="circle-check",
        title=_("Resolve"),
        button=_("Resolve"),
        done=_("The incident is resolved."),
        perform=_resolve,
        offered=lambda person, incident: person.is_staff_member and rules.may_resolve(person, incident),
        for_whom=rules.works_incidents,
        form=ResolutionForm,
        prominent=True,
    ),
    Change(
        name="solved",
        icon="circle-check",
        title=_("This is solved"),
        button=_("Mark as solved"),
        done=_("Thank you. The incident is resolved."),
        perform=_resolve,
        offered=lambda person, incident: person.is_contact and rules.may_resolve(person, incident),
        for_whom=_is_contact,
        form=ResolutionForm,
        prominent=True,
    ),
    Change(
        name="reopen",
        icon="rotate-ccw",
        title=_("Reopen"),
        button=_("Reopen"),
        done=_("The incident is open again."),
        perform=_reopen,
        offered=rules.may_reopen,
        form=ReopenForm,
        prominent=True,
    ),
    Change(
        name="assign",
        icon="user-check",
        title=_("Assign"),
        button=_("Assign"),
        done=_("The incident is assigned."),
        perform=_assign,
        offered=lambda person, incident: rules.works_incidents(person),
        for_whom=rules.works_incidents,
        form=AssignForm,
        choices=_staff_and_teams,
        prominent=True,
    ),
    Change(
        name="severity",
        icon="arrow-up-down",
        title=_("Change the severity"),
        button=_("Change the severity"),
        done=_("The severity is changed, and the customer is told."),
        perform=_change_severity,
        offered=rules.may_change_severity,
        for_whom=rules.works_incidents,
        form=SeverityForm,
    ),
    Change(
        name="call",
        icon="phone",
        title=_("Log a call"),
        button=_("Log the call"),
        done=_("The call is in the conversation."),
        perform=_log_call,
        offered=rules.may_reply,
        for_whom=rules.works_incidents,
        form=CallForm,
    ),
    Change(
        name="contest",
        icon="message-circle-warning",
        title=_("Contest the severity"),
        button=_("Contest"),
        done=_("Your reason is with the people who decide."),
        perform=_contest,
        offered=rules.may_contest_severity,
        for_whom=_is_contact,
        form=ContestForm,
    ),
    Change(
        name="commitment",
        icon="handshake",
        title=_("Commit to another time"),
        button=_("Commit to it"),
        done=_("The customer is told of the new time."),
        perform=_commit,
        offered=rules.may_commit,
        for_whom=rules.commits,
        form=CommitmentForm,
        explanation=_("The promised time has passed. Say by when the customer can count on you now."),
    ),
    Change(
        name="followers",
        icon="user-plus",
        title=_("Add a follower"),
        button=_("Add"),
        done=_("Your colleague follows the incident now."),
        perform=_add_follower,
        offered=lambda person, incident: False,  # stands with the followers
        form=FollowerForm,
        choices=_followers_to_add,
    ),
    Change(
        name="link",
        icon="link",
        title=_("Link a solution"),
        button=_("Link it"),
        done=_("The solution is linked."),
        perform=_link,
        offered=lambda person, incident: False,  # stands with the solutions
        for_whom=rules.works_incidents,
        form=LinkForm,
        choices=_picks,
    ),
    Change(
        name="close",
        icon="lock",
        title=_("Close"),
        button=_("Close"),
        done=_("The incident is closed."),
        perform=_close,
        offered=rules.may_close,
        for_whom=rules.works_incidents,
        explanation=_("Nobody can reply to a closed incident; staff can reopen it."),
    ),
)
_BY_NAME = {change.name: change for change in CHANGES}


def offered(person: Membership, incident: Incident) -> dict[str, list[Change]]:
    """The changes that the page offers this person: as ``buttons``, and the others in a menu as ``more``."""
    mine = [change for change in CHANGES if change.for_whom(person) and change.offered(person, incident)]
    return {
        "buttons": [change for change in mine if change.prominent],
        "more": [change for change in mine if not change.prominent],
    }


@require_http_methods(["GET", "POST"])
@person_required
@keeps_text
def change(request: PersonRequest, reference: str, name: str) -> HttpResponse:
    found = incident_for(request.person, reference)
    wanted = _BY_NAME.get(name)
    if wanted is None or not wanted.for_whom(request.person):
        raise Http404
    choices = wanted.choices(request.person, found)
    if request.method == "GET":
        initial = {key: value for key, value in kept_text(request).items() if key != "revision"}
        form = wanted.form(person=request.person, incident=found, initial=initial, **choices)
        return _show(request, found, wanted, form)
    form = wanted.form(request.POST, person=request.person, incident=found, **choices)
    if not form.is_valid():
        return _show(request, found, wanted, form, status=422)
    try:
        wanted.perform(request.person, found, form.cleaned_data, form)
    except Conflict as conflict:
        form.renew()
        return _show(request, found, wanted, form, status=409, conflict=str(conflict))
    except NotAllowed as refused:
        form.add_error(None, str(refused))
        return _show(request, found, wanted, form, status=403)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return _show(request, found, wanted, form, status=422)
    messages.success(request, str(wanted.done))
    return redirect("incidents:incident", reference)


def _show(
    request: PersonRequest,
    found: Incident,
    wanted: Change,
    form: ChangeForm,
    *,
    status: int = 200,
    conflict: str = "",
) -> HttpResponse:
    context: dict[str, Any] = {"incident": found, "change": wanted, "form": form, "conflict": conflict}
    if conflict:
        here = reverse("incidents:incident", args=[found.reference])
        entries, _earlier = thread.latest_changes(request.person, found)
        context.update(
            head=page.draw_head(found, here, latest_clocks(found)),
            history=present.drawn_changes(entries[-5:]),
        )
    template = "incidents/change.html#dialog" if request.htmx else "incidents/change.html"
    return render(request, template, context, status=status)
