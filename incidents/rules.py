"""Who may do what to an incident. Pages, API and templates all ask here."""

from django.utils import timezone

from incidents.enums import UNSOLVED, State
from incidents.models import Incident
from portal.identity.enums import Role
from portal.identity.models import Membership

_WORKERS = frozenset({Role.AGENT, Role.LEAD, Role.ADMIN, Role.CSM})


def works_incidents(person: Membership) -> bool:
    """Staff answer, note, and change state and severity."""
    return person.role in _WORKERS


def takes_incidents(person: Membership) -> bool:
    """Agents and leads take incidents from the queue."""
    return person.role in {Role.AGENT, Role.LEAD}


def may_be_assigned(person: Membership) -> bool:
    return person.removed_at is None and works_incidents(person)


def may_reply(person: Membership, incident: Incident) -> bool:
    return incident.state != State.CLOSED


def may_resolve(person: Membership, incident: Incident) -> bool:
    """Staff resolve with a resolution; a contact may say that it has solved itself."""
    return incident.state in UNSOLVED


def may_reopen(person: Membership, incident: Incident) -> bool:
    if incident.state == State.RESOLVED:
        return True
    return incident.state == State.CLOSED and works_incidents(person)


def may_close(person: Membership, incident: Incident) -> bool:
    return works_incidents(person) and incident.state == State.RESOLVED


def may_change_severity(person: Membership, incident: Incident) -> bool:
    return works_incidents(person) and incident.state in UNSOLVED


def may_contest_severity(person: Membership, incident: Incident) -> bool:
    return person.is_contact and incident.state in UNSOLVED


def decides_on_cover(person: Membership) -> bool:
    return person.role in {Role.LEAD, Role.ADMIN, Role.CSM}


def may_decide_cover(person: Membership, incident: Incident) -> bool:
    return decides_on_cover(person) and incident.coverage_check and incident.state in UNSOLVED


def commits(person: Membership) -> bool:
    """Who may promise the customer another time after a breach."""
    return person.role in {Role.LEAD, Role.ADMIN, Role.CSM}


def may_commit(person: Membership, incident: Incident) -> bool:
    """Once the promised time has passed."""
    return (
        commits(person)
        and incident.state in UNSOLVED
        and incident.due_at is not None
        and incident.due_at <= timezone.now()
    )


def runs_rota(person: Membership) -> bool:
    return person.role in {Role.LEAD, Role.ADMIN}


def edits_ladder(person: Membership) -> bool:
    return person.role == Role.ADMIN


def may_take(person: Membership, incident: Incident) -> bool:
    """An agent or lead makes an unsolved incident their own."""
    return takes_incidents(person) and incident.state in UNSOLVED and incident.assignee_id != person.pk


def may_add_follower(person: Membership, follower: Membership, incident: Incident) -> bool:
    """People of the incident's account by whoever sees it; colleagues on the staff by staff."""
    if follower.removed_at is not None or follower.tenant_id != incident.tenant_id:
        return False
    return follower.account_id == incident.account_id or (person.is_staff_member and follower.is_staff_member)
