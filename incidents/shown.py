"""An incident with what its page says of the rows around it, read in one go."""

from functools import cache
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import Http404

from incidents.models import Incident
from portal.core.prepared import Columns, Prepared
from portal.identity.models import Membership, Tenant

_OWN = Columns(Incident)
_AROUND = {
    "account": "account__name",
    "team": "team__name",
    "installation": "installation__name",
    "environment": "installation__environment",
    "version": "installation__version__name",
    "contract": "contract_line__contract__number",
    "plan": "plan__name",
}


class Around(NamedTuple):
    """Words from other rows; None where the incident has no such row."""

    account: str
    team: str | None
    installation: str | None
    environment: str | None
    version: str | None
    contract: str | None
    plan: str | None


class Shown(NamedTuple):
    incident: Incident
    around: Around


def incident_shown_to(person: Membership, reference: str) -> Shown:
    """The door to an incident's page: as ``access.incident_for``, at less cost. Raises Http404."""
    read = _prepared(person.role, person.is_staff_member, person.tenant.customers_see_company)
    rows = read(tenant=person.tenant_id, account=person.account_id, person=person.pk, reference=reference)
    if not rows:
        raise Http404
    [row] = rows
    incident = _OWN.row(row[: len(_OWN)])
    incident.tenant = person.tenant
    return Shown(incident, Around(*row[len(_OWN) :]))


@cache
def _prepared(role: str, is_staff_member: bool, customers_see_company: bool) -> Prepared:
    """One for each way to see incidents, so that the rule itself stays in ``visible_to``."""

    def read(tenant: int, account: int, person: int, reference: str) -> QuerySet[Any, Any]:
        viewer = Membership(
            pk=person, tenant_id=tenant, account_id=None if is_staff_member else account, role=role
        )
        viewer.tenant = Tenant(pk=tenant, customers_see_company=customers_see_company)
        incidents = Incident.objects.visible_to(viewer).filter(reference=reference)
        return incidents.values_list(*_OWN.names, *_AROUND.values())

    return Prepared(read)
