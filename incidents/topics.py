"""By what people choose how they are told of incidents and contracts."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.topics import NEVER_OFF, Topic
from plans.enums import Severity
from portal.identity.enums import Role
from portal.identity.models import Membership


def _staff(person: Membership) -> bool:
    return person.is_staff_member


def _contacts(person: Membership) -> bool:
    return person.is_contact


def _who_renews(person: Membership) -> bool:
    return person.role in {Role.CUSTOMER_ADMIN, Role.CSM}


FOLLOWED = Topic(
    code="followed",
    label=_("Incidents that I follow"),
    help=_("Replies, changes of severity, solved and reopened."),
    position=10,
)
ASSIGNED = Topic(
    code="assigned",
    label=_("Given to me"),
    help=_("An incident or a question about a plan is mine now, or I am mentioned."),
    position=20,
    concerns=_staff,
)
TEAM = Topic(
    code="team",
    label=_("My team’s queue"),
    help=_("Critical incidents, coverage to check, severities that a customer contests."),
    position=30,
    concerns=_staff,
)
AT_RISK = Topic(
    code="at_risk",
    label=_("Promises at risk"),
    help=_("Much of a promised time is gone."),
    position=40,
    concerns=_staff,
)
BREACHES = Topic(
    code="breaches",
    label=_("Promises that were not kept"),
    help=_("A promised time has passed, or is passed by far."),
    position=50,
    concerns=_staff,
    choices=NEVER_OFF,
)
PROMISES = Topic(
    code="promises",
    label=_("Promises to me that were not kept"),
    help=_("We owe you an answer, and by when we now commit to it."),
    position=50,
    concerns=_contacts,
    choices=NEVER_OFF,
)
CONTRACTS = Topic(
    code="contracts",
    label=_("Contracts"),
    help=_("A contract ends soon; a feature is granted, or a grant is revoked or ends soon."),
    position=60,
    concerns=_who_renews,
)


def is_critical(data: Mapping[str, Any]) -> bool:
    """What is told of an incident of the highest severity waits for nobody's morning."""
    return bool(data.get("severity") == Severity.CRITICAL)
