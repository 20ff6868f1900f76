"""Who is on duty: the rotas as they stand at a time."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from incidents.enums import DutyKind
from incidents.models import Duty
from portal.identity.models import Membership

ALL_TEAMS = None


class Rota(NamedTuple):
    """The memberships on duty at one time: on call by team, ``ALL_TEAMS`` for every team; the manager."""

    by_team: dict[int | None, int]
    duty_manager: int | None

    def on_call(self, team_id: int | None) -> list[int]:
        """Of the team, or else of all teams; for what belongs to no team, whoever is on call at all."""
        if team_id is None:
            return sorted(set(self.by_team.values()))
        one = self.by_team.get(team_id) or self.by_team.get(ALL_TEAMS)
        return [one] if one else []


def rota_of(tenant_id: int, at: datetime) -> Rota:
    """One statement. To be asked in the tenant's scope."""
    by_team: dict[int | None, int] = {}
    duty_manager = None
    duties = Duty.objects.filter(tenant_id=tenant_id, starts_at__lte=at, ends_at__gt=at)
    for kind, team_id, person_id in duties.values_list("kind", "team_id", "person_id"):
        if kind == DutyKind.DUTY_MANAGER:
            duty_manager = person_id
        else:
            by_team[team_id] = person_id
    return Rota(by_team, duty_manager)


def duties_of(person: Membership, at: datetime) -> list[Duty]:
    """What is running or still comes, the soonest first."""
    duties = Duty.objects.filter(tenant_id=person.tenant_id, ends_at__gt=at)
    return list(duties.select_related("team", "person__user").order_by("starts_at", "id"))


def overlapping(
    tenant_id: int, kind: str, team_id: int | None, starts_at: datetime, ends_at: datetime
) -> Duty | None:
    """A duty of the same kind and team that shares time with this one."""
    same_team = Q(team_id=team_id) if team_id is not None else Q(team=None)
    duties = Duty.objects.filter(same_team, tenant_id=tenant_id, kind=kind)
    found = duties.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
    return found.select_related("person__user").order_by("starts_at").first()
