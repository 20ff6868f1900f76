"""Logging an incident: one transaction, whatever happens around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from entitlements.decide import Decision, decide
from entitlements.enums import InstallationKind, Reason
from entitlements.holdings import Holdings, load_holdings
from entitlements.models import Installation
from entitlements.sentences import sentence
from incidents import events
from incidents.actions.attachments import attach
from incidents.clocks.keeping import Clocks
from incidents.clocks.terms import Terms, terms_of_line
from incidents.enums import Channel, Kind, State
from incidents.models import Incident, TeamProduct
from plans.enums import FeatureCode, Severity
from plans.models import Product
from portal.core.errors import Refused
from portal.core.history import record
from portal.identity.models import Account, Membership
from portal.identity.submissions import fingerprint, first_arrival, remember

COVERAGE_CHECK_REASONS = frozenset(
    {
        Reason.NO_CONTRACT,
        Reason.CONTRACT_NOT_STARTED,
        Reason.CONTRACT_EXPIRED,
        Reason.CONTRACT_CANCELLED,
        Reason.PRODUCT_NOT_COVERED,
        Reason.FEATURE_NOT_IN_PLAN,
        Reason.FEATURE_NOT_FOR_PRODUCT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIncident:
    """What a person says when logging; the objects come from that person's own choices."""

    kind: Kind
    severity: Severity
    product: Product
    title: str
    description: str
    installation: Installation | None = None
    attachments: Sequence[UUID] = ()

    def fingerprint(self, contact: Membership) -> str:
        return fingerprint(
            contact.pk,
            self.kind,
            self.severity,
            self.product.pk,
            self.title,
            self.description,
            self.installation and self.installation.pk,
            sorted(map(str, self.attachments)),
        )


@transaction.atomic
def log_incident(
    *,
    person: Membership,
    incident: NewIncident,
    reported_by: Membership | None = None,
    channel: Channel = Channel.WEB,
    key: str = "",
    holdings: Holdings | None = None,
    at: datetime | None = None,
) -> Incident:
    """Log an incident for a contact, and promise its first response.

    :param reported_by: the contact, where staff log for one.
    :param key: names this submission; the same key again gives the incident of the first time.
    :param holdings: what the contact's account holds, where the caller has just loaded it.
    :raises Refused: an installation question (code ``consulting``), or a how-to question that the
        contract doesn't answer. Missing cover is no refusal: the incident goes to the coverage check.
    """
    contact = reported_by or person
    if contact.account is None:
        raise Refused(_("Choose the contact for whom you log this incident."), field="reported_by")
    if earlier := first_arrival(person=person, key=key, content=incident.fingerprint(contact)):
        return Incident.objects.get(tenant_id=person.tenant_id, reference=earlier.result)
    at = at or timezone.now()
    if incident.kind == Kind.INSTALLATION:
        raise Refused(
            _("Questions on installation and implementation are answered by our consulting services."),
            code="consulting",
            field="kind",
        )
    holdings = holdings or load_holdings(contact.account)
    cover = decide(holdings, FeatureCode.UNLIMITED_INCIDENTS, at=at, product_id=incident.product.pk)
    if incident.kind == Kind.HOW_TO and cover.allowed:
        _check_how_to(holdings, incident, at)
    written = _write(person, contact, incident, channel, holdings, cover, at)
    attach(person=person, incident=written, message=None, attachment_ids=incident.attachments)
    record(written, "logged", person, at=at, severity=written.severity, coverage_check=written.coverage_check)
    _tell(written, person, at)
    remember(person=person, key=key, result=written.reference)
    return written


def _check_how_to(holdings: Holdings, incident: NewIncident, at: datetime) -> None:
    kind = incident.installation.kind if incident.installation else InstallationKind.STANDARD
    decision = decide(
        holdings, FeatureCode.HOW_TO_ASSISTANCE, at=at, product_id=incident.product.pk, installation_kind=kind
    )
    if not decision.allowed:
        raise Refused(sentence(decision), code=decision.reason, field="kind")


def _write(
    person: Membership,
    contact: Membership,
    incident: NewIncident,
    channel: Channel,
    holdings: Holdings,
    cover: Decision,
    at: datetime,
) -> Incident:
    account: Account = contact.account
    Account.objects.filter(pk=account.pk).update(last_incident_number=F("last_incident_number") + 1)
    number = Account.objects.values_list("last_incident_number", flat=True).get(pk=account.pk)
    written = Incident(
        tenant=person.tenant,
        account=account,
        number=number,
        reference=f"{account.key}-{number}",
        reported_by=contact,
        logged_by=person,
        channel=channel,
        kind=incident.kind,
        severity=incident.severity,
        state=State.NEW,
        title=incident.title,
        description=incident.description,
        language=contact.user.language,
        product=incident.product,
        installation=incident.installation,
        team_id=_team_for(incident.product),
        created_at=at,
        last_activity_at=at,
    )
    terms = pin(written, cover, holdings, at)
    written.save(force_insert=True)
    if terms is not None:
        clocks = Clocks(written, person, at, terms=terms)
        clocks.logged()
        clocks.keep()
        written.save(update_fields=["due_at", "due_clock"])
    return written


def pin(incident: Incident, cover: Decision, holdings: Holdings, at: datetime) -> Terms | None:
    """Write on the incident what it is promised under; without cover, that it has to be checked."""
    incident.coverage_check = not cover.allowed
    line = cover.line
    if not cover.allowed or line is None:
        return None
    incident.contract_line_id = line.id
    incident.plan_id = line.plan.id
    incident.edition_id = line.edition_id
    incident.edition_in_force_id = holdings.current.edition_id
    incident.time_zone = holdings.time_zone
    incident.holiday_region = holdings.region
    priority = decide(holdings, FeatureCode.PLAN_PRIORITY_QUEUING, at=at, product_id=incident.product_id)
    incident.plan_order = -line.plan.rank if priority.allowed else 0
    installation = incident.installation
    return terms_of_line(holdings, line, incident.product_id, installation.kind if installation else None)


def _team_for(product: Product) -> int | None:
    """The first team that serves the product."""
    return (
        TeamProduct.objects.filter(tenant_id=product.tenant_id, product=product)
        .order_by("position", "id")
        .values_list("team_id", flat=True)
        .first()
    )


def _tell(incident: Incident, actor: Membership, at: datetime) -> None:
    due_at = incident.due_at
    events.tell(
        incident,
        "logged",
        "logged",
        [incident.reported_by],
        actor=None,
        at=at,
        due_at=due_at.isoformat() if due_at else "",
        coverage_check=incident.coverage_check,
    )
    if incident.severity == Severity.CRITICAL and not incident.coverage_check:
        events.tell(incident, "critical", "logged", events.team_of(incident), actor=actor, at=at)
    elif incident.coverage_check:
        events.tell(incident, "coverage_check", "logged", events.leads_of(incident), actor=actor, at=at)
