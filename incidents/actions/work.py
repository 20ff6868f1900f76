"""Working an incident: assign, change severity, resolve, reopen, close."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from entitlements.decide import decide
from entitlements.holdings import load_holdings
from entitlements.refusals import NotEntitled, notes_refusals
from entitlements.sentences import sentence
from incidents import events, rules
from incidents.actions.changes import locked, reopened, saved
from incidents.actions.log import pin
from incidents.clocks.keeping import Clocks
from incidents.enums import UNSOLVED, State
from incidents.hooks import Change
from incidents.models import Incident
from plans.enums import FeatureCode
from portal.core.errors import NotAllowed, Refused
from portal.core.history import record
from portal.identity.models import Account, Membership, Team


@transaction.atomic
def assign(
    *,
    person: Membership,
    incident: Incident,
    assignee: Membership | None,
    team: Team | None = None,
    revision: int | None = None,
    at: datetime | None = None,
) -> Incident:
    """Give an incident to a colleague, or back to its team's queue; ``team`` moves it to another team.

    :raises NotAllowed: for contacts. :raises Refused: the colleague can't work incidents, or it is solved.
    """
    if not rules.works_incidents(person):
        raise NotAllowed(_("Only support staff assign incidents."))
    if assignee is not None and not rules.may_be_assigned(assignee):
        raise Refused(_("%(name)s can't be given incidents.") % {"name": assignee.name}, field="assignee")
    incident = locked(incident, revision=revision)
    if incident.state not in UNSOLVED:
        raise Refused(
            _("%(reference)s is solved. Reopen it before you give it to somebody.")
            % {"reference": incident.reference},
            code="solved",
        )
    if team is not None and team.pk != incident.team_id:
        incident.team = team
        record(incident, "team", person, at=at, to=team.name)
    if (assignee.pk if assignee else None) != incident.assignee_id:
        incident.assignee = assignee
        record(incident, "assigned", person, at=at, to=assignee.name if assignee else "")
    begun = assignee is not None and incident.state == State.NEW
    if begun:
        incident.state = State.OPEN
    saved(incident, at=at, change=Change.STATE if begun else None)
    if assignee is not None:
        events.tell(incident, "assigned", f"revision:{incident.revision}", [assignee], actor=person, at=at)
    return incident


@transaction.atomic
def change_severity(
    *,
    person: Membership,
    incident: Incident,
    severity: int,
    reason: str,
    revision: int | None = None,
    at: datetime | None = None,
) -> Incident:
    """Set another severity; the reason is kept and the customer is told.

    Each clock keeps its start and its pauses and gets the target of the new severity; what was met stays met.

    :raises NotAllowed: for contacts, who contest instead. :raises Refused: without a reason.
    """
    incident = locked(incident, revision=revision)
    if not rules.may_change_severity(person, incident):
        raise NotAllowed(_("The severity can be changed by support staff, while the incident is unsolved."))
    if severity == incident.severity:
        raise Refused(_("The incident has this severity already."), field="severity")
    if not reason.strip():
        raise Refused(_("Say why: the customer will read it."), code="reason_missing", field="reason")
    before = incident.severity
    clocks = Clocks(incident, person, at or timezone.now())
    clocks.severity_changed(severity)
    clocks.keep()
    record(incident, "severity", person, at=at, before=before, after=severity, reason=reason)
    saved(incident, at=at, change=Change.SEVERITY)
    people = events.people_of(incident)
    events.tell(
        incident,
        "severity",
        f"revision:{incident.revision}",
        people,
        actor=person,
        at=at,
        before=before,
        after=severity,
        reason=reason,
    )
    return incident


@transaction.atomic
def contest_severity(
    *,
    person: Membership,
    incident: Incident,
    reason: str,
    revision: int | None = None,
    at: datetime | None = None,
) -> Incident:
    """A contact disagrees with the severity: the assignee and the leads are told why.

    :raises NotAllowed: for staff, and once solved. :raises Refused: without a reason.
    """
    incident = locked(incident, revision=revision)
    if not rules.may_contest_severity(person, incident):
        raise NotAllowed(_("A contact can contest the severity while the incident is unsolved."))
    if not reason.strip():
        raise Refused(_("Say why the severity should be another."), code="reason_missing", field="reason")
    record(incident, "severity_contested", person, at=at, severity=incident.severity, reason=reason)
    saved(incident, at=at)
    people = events.staff_of(incident) + events.leads_of(incident)
    told = f"revision:{incident.revision}"
    events.tell(incident, "severity_contested", told, people, actor=person, at=at, reason=reason)
    return incident


@transaction.atomic
def resolve(
    *,
    person: Membership,
    incident: Incident,
    resolution: str,
    revision: int | None = None,
    at: datetime | None = None,
) -> Incident:
    """Mark an incident as solved, with the words that say how.

    :raises Refused: without a resolution, or when it is solved already.
    """
    incident = locked(incident, revision=revision)
    if not rules.may_resolve(person, incident):
        raise Refused(
            _("%(reference)s is resolved already.") % {"reference": incident.reference}, code="resolved"
        )
    if not resolution.strip():
        raise Refused(_("Say how it was solved."), code="resolution_missing", field="resolution")
    at = at or timezone.now()
    before = incident.state
    incident.state = State.RESOLVED
    incident.resolution = resolution
    incident.resolved_at, incident.waiting_since = at, None
    clocks = Clocks(incident, person, at)
    if not person.is_staff_member:
        clocks.solved_by_customer()
    elif clocks.resolved_by_support():
        record(incident, "first_response", person, at=at)
    clocks.keep()
    record(incident, "resolved", person, at=at, before=before, resolution=resolution)
    saved(incident, at=at, change=Change.STATE)
    people = events.people_of(incident)
    told = f"revision:{incident.revision}"
    events.tell(incident, "resolved", told, people, actor=person, at=at, excerpt=resolution[:400])
    return incident


@transaction.atomic
def reopen(
    *,
    person: Membership,
    incident: Incident,
    reason: str,
    revision: int | None = None,
    at: datetime | None = None,
) -> Incident:
    """Back to work, with a reason. A contact reopens what is resolved; staff also what is closed."""
    incident = locked(incident, revision=revision)
    if not rules.may_reopen(person, incident):
        raise NotAllowed(_("%(reference)s can't be reopened.") % {"reference": incident.reference})
    if not reason.strip():
        raise Refused(_("Say what is still open."), code="reason_missing", field="reason")
    at = at or timezone.now()
    clocks = Clocks(incident, person, at)
    reopened(incident, person, clocks, at=at, reason=reason)
    clocks.keep()
    saved(incident, at=at, change=Change.STATE)
    people = events.people_of(incident)
    told = f"revision:{incident.revision}"
    events.tell(incident, "reopened", told, people, actor=person, at=at, reason=reason)
    return incident


@transaction.atomic
def close(
    *,
    person: Membership | None,
    incident: Incident,
    revision: int | None = None,
    at: datetime | None = None,
) -> Incident:
    """End a resolved incident; the portal itself does so some days later (``person`` is None).

    :raises NotAllowed: for contacts, who may reopen until then.
    """
    if person is not None and not rules.works_incidents(person):
        raise NotAllowed(_("Only support staff close incidents."))
    incident = locked(incident, revision=revision)
    if incident.state != State.RESOLVED:
        raise Refused(_("Only a resolved incident can be closed."), code="not_resolved")
    incident.state = State.CLOSED
    incident.closed_at = at or timezone.now()
    clocks = Clocks(incident, person, incident.closed_at)
    clocks.closed()
    clocks.keep()
    record(incident, "closed", person, at=incident.closed_at)
    active_at = incident.last_activity_at if person is None else incident.closed_at
    return saved(incident, at=active_at, change=Change.STATE, changed_at=incident.closed_at)


@notes_refusals
@transaction.atomic
def put_under_cover(*, person: Membership, incident: Incident, revision: int | None = None) -> Incident:
    """End the coverage check with a yes: a contract covers the incident now, and its time starts now.

    :raises Refused: still no cover; the sentence says why and what would help.
    """
    incident = locked(incident, revision=revision)
    if not rules.may_decide_cover(person, incident):
        raise NotAllowed(_("A lead, a success manager or an administrator decides on cover."))
    now = timezone.now()
    account = Account.objects.get(tenant_id=incident.tenant_id, pk=incident.account_id)
    holdings = load_holdings(account)
    cover = decide(holdings, FeatureCode.UNLIMITED_INCIDENTS, at=now, product_id=incident.product_id)
    if not cover.allowed:
        raise NotEntitled(cover, sentence(cover), actor=person)
    clocks = Clocks(incident, person, now, terms=pin(incident, cover, holdings, now))
    clocks.logged()
    clocks.keep()
    record(incident, "covered", person, contract=cover.line.number if cover.line else "")
    saved(incident)
    events.tell(
        incident, "covered", f"revision:{incident.revision}", events.contacts_of(incident), actor=person
    )
    return incident
