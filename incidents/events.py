"""Who is told of what happens to an incident."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from incidents.models import Follower, Incident
from notifications.actions import notify_many
from notifications.events import Event
from portal.identity.enums import Role
from portal.identity.models import Membership


def tell(
    incident: Incident,
    kind: str,
    key: str,
    recipients: Iterable[Membership | None],
    *,
    actor: Membership | None,
    at: datetime | None = None,
    **data: Any,
) -> None:
    """Store one notification per person: see :func:`event_of`."""
    event = event_of(incident, kind, key, recipients, actor=actor, at=at, **data)
    notify_many(tenant=incident.tenant, events=[event])


def event_of(
    incident: Incident,
    kind: str,
    key: str,
    recipients: Iterable[Membership | None],
    *,
    actor: Membership | None,
    at: datetime | None = None,
    **data: Any,
) -> Event:
    """What happened to an incident; the actor is never told, in none of their roles. ``key`` names the event
    within the incident."""
    told = {
        person.pk: person
        for person in recipients
        if person and (actor is None or person.user_id != actor.user_id)
    }
    return Event(
        kind=f"incidents.{kind}",
        key=f"{incident.pk}:{key}",
        recipients=list(told.values()),
        url=reverse("incidents:incident", args=[incident.reference]),
        data={
            "reference": incident.reference,
            "title": incident.title,
            "severity": incident.severity,
            "by": actor.name if actor else "",
            **data,
        },
        at=at or timezone.now(),
    )


def people_of(incident: Incident) -> list[Membership]:
    """Everybody who follows what is public: its contacts and its staff."""
    people = _people(incident)
    return people if any(person.is_staff_member for person in people) else people + leads_of(incident)


def contacts_of(incident: Incident) -> list[Membership]:
    """The contact who reported it and the contacts who follow it."""
    return [person for person in _people(incident) if person.is_contact]


def staff_of(incident: Incident) -> list[Membership]:
    """The assignee and the staff who follow it; while nobody has it, the leads of its team."""
    people = [person for person in _people(incident) if person.is_staff_member]
    return people or leads_of(incident)


def leads_of(incident: Incident) -> list[Membership]:
    return _team_members(incident, Role.LEAD)


def team_of(incident: Incident) -> list[Membership]:
    return _team_members(incident, Role.AGENT, Role.LEAD)


def _team_members(incident: Incident, *roles: Role) -> list[Membership]:
    """Those with one of the roles in the incident's team; without a team, in the tenant."""
    people = Membership.objects.staff().filter(tenant_id=incident.tenant_id, role__in=roles)
    if incident.team_id is not None:
        people = people.filter(team_id=incident.team_id)
    return list(people.select_related("user"))


def _people(incident: Incident) -> list[Membership]:
    # By their ids: asked in one statement, the database would read every membership of the tenant.
    followers = Follower.objects.filter(tenant_id=incident.tenant_id, incident=incident)
    named = [incident.reported_by_id, incident.assignee_id, *followers.values_list("person_id", flat=True)]
    ids = {pk for pk in named if pk is not None}
    people = Membership.objects.current().filter(tenant_id=incident.tenant_id, pk__in=ids)
    return list(people.select_related("user"))
