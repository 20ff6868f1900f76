from collections.abc import Callable
from typing import Any

import pytest

from incidents.actions import NewIncident, log_incident
from incidents.enums import Kind
from incidents.models import Incident
from notifications.models import Notification
from plans.enums import Severity
from portal.core.history import history_of
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership
from tests.cast import Cast


@pytest.fixture
def new(cast: Cast) -> Callable[..., NewIncident]:
    """What a contact of Acme says, unless told otherwise."""

    def make(**fields: Any) -> NewIncident:
        given = {
            "kind": Kind.DEFECT,
            "severity": Severity.MAJOR,
            "product": cast.acme.ledger,
            "title": "Posting run stops",
            "description": "At step 4.",
        }
        return NewIncident(**{**given, **fields})

    return make


@pytest.fixture
def log(cast: Cast, new: Callable[..., NewIncident]) -> Callable[..., Incident]:
    """``log(contact, severity=…)``; without a contact the big customer's."""

    def make(contact: Membership | None = None, *, key: str = "", at: Any = None, **fields: Any) -> Incident:
        contact = contact or cast.acme.big.contact
        with acting(tenant_id=contact.tenant_id, account_id=contact.account_id, user_id=contact.user_id):
            return log_incident(person=contact, incident=new(**fields), key=key, at=at)

    return make


@pytest.fixture
def here(cast: Cast) -> Any:
    """The whole test acts for Acme's staff, who see every row of the tenant."""
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        yield


@pytest.fixture
def told(here: None) -> Callable[[str], set[str]]:
    """``told("resolved")``: the names of who was told so."""

    def names(kind: str) -> set[str]:
        found = Notification.objects.filter(kind=f"incidents.{kind}").select_related("recipient__user")
        return {one.recipient.name for one in found}

    return names


@pytest.fixture
def story(here: None) -> Callable[[Incident], list[tuple[str, str]]]:
    """``story(incident)``: what happened, and who did it, oldest first."""
    return lambda incident: [(entry.verb, entry.actor_name) for entry in history_of(incident)]
