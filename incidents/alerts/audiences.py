"""The people whom the steps of a batch tell. Six statements at most, whatever the size of the batch."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property

from incidents.clocks.terms import pinned_matrix
from incidents.duty import Rota, rota_of
from incidents.enums import Audience
from incidents.models import Follower, Incident
from plans.enums import FeatureCode
from portal.identity.enums import Role
from portal.identity.models import Account, Membership

_NEEDED = ("id", "tenant_id", "user_id", "account_id", "team_id", "role", "removed_at")


class People:
    """Who is who around some incidents of one tenant, at one time."""

    def __init__(self, tenant_id: int, incidents: Sequence[Incident], now: datetime) -> None:
        self._tenant_id, self._incidents, self._now = tenant_id, incidents, now

    def staff_for(self, incident: Incident, audiences: Iterable[str]) -> list[Membership]:
        """Everybody on the staff whom one of the audiences means, each once."""
        told = {
            person.pk: person
            for audience in audiences
            if audience != Audience.CUSTOMER
            for person in self._staff_for(incident, audience)
        }
        return list(told.values())

    def contacts_of(self, incident: Incident) -> list[Membership]:
        """The contact who reported the incident and the contacts who follow it."""
        wanted = {incident.reported_by_id, *self._followers.get(incident.pk, ())}
        return [self._contacts[pk] for pk in sorted(wanted) if pk in self._contacts]

    def _staff_for(self, incident: Incident, audience: str) -> list[Membership]:
        match audience:
            case Audience.ASSIGNEE:
                team = self._team(incident.team_id, Role.AGENT, Role.LEAD)
                return self._known(incident.assignee_id) or team
            case Audience.LEAD:
                return self._leads(incident)
            case Audience.ON_CALL:
                return self._known(*self._rota.on_call(incident.team_id)) or self._leads(incident)
            case Audience.CSM:
                return self._csm(incident)
            case _:
                return self._known(self._rota.duty_manager) or self._team(None, Role.ADMIN)

    def _csm(self, incident: Incident) -> list[Membership]:
        """The account's, where the plan of the incident has one (Elite)."""
        matrix = pinned_matrix(incident)
        if matrix is None or incident.plan_id is None:
            return []
        if not matrix.gives(incident.plan_id, FeatureCode.DEDICATED_CSM, incident.product_id):
            return []
        return self._known(self._csms.get(incident.account_id))

    def _leads(self, incident: Incident) -> list[Membership]:
        """Those of the team; where it has none, the tenant's."""
        return self._team(incident.team_id, Role.LEAD) or self._team(None, Role.LEAD)

    def _team(self, team_id: int | None, *roles: Role) -> list[Membership]:
        """Those with one of the roles in a team; without a team, in the tenant."""
        return [
            person
            for role in roles
            for person in self._by_role[role]
            if team_id is None or person.team_id == team_id
        ]

    def _known(self, *ids: int | None) -> list[Membership]:
        """Those who still are on the staff."""
        return [self._staff[pk] for pk in ids if pk in self._staff]

    @cached_property
    def _staff(self) -> dict[int, Membership]:
        people = Membership.objects.staff().filter(tenant_id=self._tenant_id).only(*_NEEDED)
        return {person.pk: person for person in people.order_by("id")}

    @cached_property
    def _by_role(self) -> dict[str, list[Membership]]:
        by_role: dict[str, list[Membership]] = defaultdict(list)
        for person in self._staff.values():
            by_role[person.role].append(person)
        return by_role

    @cached_property
    def _csms(self) -> dict[int, int | None]:
        accounts = {incident.account_id for incident in self._incidents}
        rows = Account.objects.filter(tenant_id=self._tenant_id, pk__in=accounts)
        return dict(rows.values_list("id", "csm_id"))

    @cached_property
    def _rota(self) -> Rota:
        return rota_of(self._tenant_id, self._now)

    @cached_property
    def _followers(self) -> dict[int, list[int]]:
        """The ids of who follows, by incident."""
        followers: dict[int, list[int]] = defaultdict(list)
        incidents = [incident.pk for incident in self._incidents]
        rows = Follower.objects.filter(tenant_id=self._tenant_id, incident_id__in=incidents)
        for incident_id, person_id in rows.values_list("incident_id", "person_id"):
            followers[incident_id].append(person_id)
        return followers

    @cached_property
    def _contacts(self) -> dict[int, Membership]:
        wanted = {pk for follow in self._followers.values() for pk in follow}
        wanted |= {incident.reported_by_id for incident in self._incidents}
        people = Membership.objects.current().filter(tenant_id=self._tenant_id, account__isnull=False)
        return people.filter(pk__in=wanted).only(*_NEEDED).in_bulk()
