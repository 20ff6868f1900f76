"""What customers ask about plans, to the tenant's sales contact."""

from django.utils.translation import gettext as _

from incidents.actions.log import NewIncident, log_incident
from incidents.enums import Kind
from incidents.models import Incident
from plans.enums import Severity
from plans.matrix import PlanValue
from plans.models import Product
from portal.core.errors import NotAllowed, Refused
from portal.identity.models import Membership


def ask_about_plan(
    *, person: Membership, plan: PlanValue | None, product: Product, question: str, key: str = ""
) -> Incident:
    """An incident of its own kind: without severity or cover to argue about, and without a clock.

    :param plan: that the question is about; None for plans in general.
    :param key: names this submission; the same key again gives the question of the first time.
    :raises Refused: nothing is asked.
    """
    if not person.is_contact:
        raise NotAllowed(_("Only customers ask about plans."))
    if not question.strip():
        raise Refused(_("Write what you want to know."), field="question")
    title = _("Question about %(plan)s") % {"plan": plan.name} if plan else _("Question about support plans")
    asked = NewIncident(
        kind=Kind.PLAN, severity=Severity.LOW, product=product, title=title[:160], description=question
    )
    return log_incident(person=person, incident=asked, key=key)
