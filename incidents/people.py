"""The people around an incident, as lists to show and to choose from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from incidents.models import Follower, Incident
from portal.core.prepared import IsOneOf, Prepared
from portal.identity.models import Account, Membership, Team

ACCOUNTS_OFFERED = 500


def staff_of(person: Membership) -> list[Membership]:
    """Everybody who works at the person's tenant, by name."""
    staff = Membership.objects.staff().filter(tenant_id=person.tenant_id)
    return list(staff.select_related("user").order_by("user__name", "id"))


def contacts_of(account: Account) -> list[Membership]:
    contacts = Membership.objects.current().filter(tenant_id=account.tenant_id, account=account)
    return list(contacts.select_related("user", "account").order_by("user__name", "id"))


def accounts_of(person: Membership) -> list[Account]:
    """The customers of the person's tenant, by name; at most as many as a list can offer."""
    return list(Account.objects.filter(tenant_id=person.tenant_id).order_by("name", "id")[:ACCOUNTS_OFFERED])


def teams_of(person: Membership) -> list[Team]:
    return list(Team.objects.filter(tenant_id=person.tenant_id).order_by("name"))


def followers_of(person: Membership, incident: Incident) -> list[Membership]:
    """Who follows, by name; a contact is shown the people of their own company."""
    followed = Follower.objects.filter(tenant_id=incident.tenant_id, incident=incident).values("person_id")
    people = Membership.objects.current().filter(tenant_id=incident.tenant_id, pk__in=followed)
    if person.is_contact:
        people = people.filter(account_id=incident.account_id)
    return list(people.select_related("user").order_by("user__name", "id"))


@dataclass(frozen=True, slots=True)
class Named:
    """A person as the page of an incident names them."""

    id: int
    account_id: int | None
    removed: bool
    name: str
    follows: bool


def named(incident: Incident, ids: Iterable[int]) -> dict[int, Named]:
    """These people and the followers by membership, in the order of their names. One statement."""
    rows = _NAMED(tenant=incident.tenant_id, incident=incident.pk, ids=sorted(set(ids)))
    return {row[0]: Named(row[0], row[1], row[2] is not None, row[3], row[4]) for row in rows}


def _read_named(tenant: int, incident: int, ids: list[int]) -> QuerySet[Any, Any]:
    followers = Follower.objects.filter(tenant_id=tenant, incident_id=incident).values("person_id")
    people = Membership.objects.filter(IsOneOf("id", ids, beside=followers), tenant_id=tenant).annotate(
        follows=Exists(followers.filter(person=OuterRef("pk")))
    )
    return people.order_by("user__name", "id").values_list(
        "id", "account_id", "removed_at", "user__name", "follows"
    )


_NAMED = Prepared(_read_named)


def possible_followers(person: Membership, incident: Incident) -> list[Membership]:
    """Whom this person may add: people of the incident's account, for staff also colleagues."""
    following = {follower.pk for follower in followers_of(person, incident)}
    people = contacts_of(incident.account) + (staff_of(person) if person.is_staff_member else [])
    return [one for one in people if one.pk not in following and one.pk != incident.reported_by_id]
