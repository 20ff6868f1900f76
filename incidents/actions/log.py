"""Logging an incident: one transaction, whatever happens around it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from entitlements.decide import Decision, decide
from entitlements.enums import InstallationKind
from entitlements.holdings import Holdings, load_holdings
from entitlements.models import Installation
from entitlements.refusals import NotEntitled, notes_refusals
from entitlements.sentences import sentence
from incidents import events
from incidents.actions.attachments import attach
from incidents.clocks.keeping import Clocks
from incidents.clocks.terms import Terms, terms_of_line
from incidents.enums import Channel, Kind, State
from incidents.hooks import CHANGED, Change, tell_changed
from incidents.models import Clock, Incident
from notifications.actions import telling
from notifications.events import Event
from notifications.webhooks.store import IS_ASKED
from plans.enums import FeatureCode, Severity
from plans.models import Product
from portal.core.errors import Refused
from portal.core.history import entry
from portal.core.prepared import Planned, run_together
from portal.core.writing import insert, next_key
from portal.identity.models import Account, Membership, Submission
from portal.identity.queries import sales_contact_of
from portal.identity.submissions import CAME_BEFORE, arriving, fingerprint, first_arrival, remembering


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


@notes_refusals
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
    at = at or timezone.now()
    content = incident.fingerprint(contact)
    holdings = holdings or load_holdings(contact.account)
    cover = decide(holdings, FeatureCode.UNLIMITED_INCIDENTS, at=at, product_id=incident.product.pk)
    try:
        _check_kind(person, incident, holdings, cover, at)
    except Refused:
        if earlier := first_arrival(person=person, key=key, content=content):
            return _logged(person, earlier)
        raise
    place = _claim(person, contact.account, incident.product, key, content)
    if place is None:
        if earlier := first_arrival(person=person, key=key, content=content):
            return _logged(person, earlier)
        raise Account.DoesNotExist
    written = _write(person, contact, incident, channel, holdings, cover, key, place, at)
    attach(person=person, incident=written, message=None, attachment_ids=incident.attachments)
    if place.is_heard:
        tell_changed(written, Change.LOGGED, at=at)
    return written


def _logged(person: Membership, submission: Submission) -> Incident:
    return Incident.objects.get(tenant_id=person.tenant_id, reference=submission.result)


def _check_kind(
    person: Membership, incident: NewIncident, holdings: Holdings, cover: Decision, at: datetime
) -> None:
    if incident.kind == Kind.INSTALLATION:
        raise Refused(
            _("Questions on installation and implementation are answered by our consulting services."),
            code="consulting",
            field="kind",
        )
    if incident.kind == Kind.HOW_TO and cover.allowed:
        _check_how_to(person, holdings, incident, at)


def _check_how_to(person: Membership, holdings: Holdings, incident: NewIncident, at: datetime) -> None:
    kind = incident.installation.kind if incident.installation else InstallationKind.STANDARD
    decision = decide(
        holdings, FeatureCode.HOW_TO_ASSISTANCE, at=at, product_id=incident.product.pk, installation_kind=kind
    )
    if not decision.allowed:
        raise NotEntitled(decision, sentence(decision), actor=person, field="kind")


def _write(
    person: Membership,
    contact: Membership,
    incident: NewIncident,
    channel: Channel,
    holdings: Holdings,
    cover: Decision,
    key: str,
    place: "_Place",
    at: datetime,
) -> Incident:
    account: Account = contact.account
    seller = sales_contact_of(person.tenant) if incident.kind == Kind.PLAN else None
    written = Incident(
        pk=place.key,
        tenant=person.tenant,
        account=account,
        number=place.number,
        reference=f"{account.key}-{place.number}",
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
        team_id=seller.team_id if seller else place.team_id,
        assignee=seller,
        created_at=at,
        last_activity_at=at,
    )
    rows: list[Model] = []
    if (terms := pin(written, cover, holdings, at)) is not None:
        clocks = Clocks(written, person, at, terms=terms)
        clocks.logged()
        rows += clocks.rows(place.clock_keys)
    check = written.coverage_check
    rows.append(entry(written, "logged", person, at=at, severity=written.severity, coverage_check=check))
    told = telling(tenant=person.tenant, events=_events(written, person, at))
    insert([written, *rows], also=[*remembering(person=person, key=key, result=written.reference), *told])
    return written


class _Place(NamedTuple):
    """The number of a new incident within its account, the keys of its rows, the team that gets it, and
    whether a webhook is called for it."""

    number: int
    key: int
    clock_keys: Sequence[int]
    team_id: int | None
    is_heard: bool


_CLAIM = Planned.named(f"""
WITH numbered AS (
    UPDATE identity_account SET last_incident_number = last_incident_number + 1
    WHERE tenant_id = %(tenant)s AND id = %(account)s AND NOT {CAME_BEFORE}
    RETURNING last_incident_number, id AS account_id
)
SELECT last_incident_number, {next_key(Incident)}, {next_key(Clock)}, {next_key(Clock)}, (
    SELECT team_id FROM incidents_teamproduct
    WHERE tenant_id = %(tenant)s AND product_id = %(product)s ORDER BY position, id LIMIT 1
), {IS_ASKED}
FROM numbered
""")  # noqa: S608  names from the models


def _claim(person: Membership, account: Account, product: Product, key: str, content: str) -> _Place | None:
    """A place for a new incident, unless it was logged before; or the account is out of sight.

    The account is held until the transaction ends, so that its numbers have no gaps.
    """
    values = {
        "tenant": account.tenant_id,
        "account": account.pk,
        "product": product.pk,
        "user": person.user_id,
        "key": key,
        "fingerprint": content,
        "event": CHANGED.code,
    }
    with connection.cursor() as cursor:
        run_together(cursor, [*arriving(person=person, key=key, content=content), _CLAIM.call(values)])
        row = cursor.fetchone()
    if row is None:
        return None
    number, incident_key, first, second, team_id, is_heard = row
    return _Place(number, incident_key, (first, second), team_id, is_heard)


def pin(incident: Incident, cover: Decision, holdings: Holdings, at: datetime) -> Terms | None:
    """Write on the incident what it is promised under; without cover, that it has to be checked.

    A question about plans needs no cover, and no time is promised for it.
    """
    if incident.kind == Kind.PLAN:
        return None
    incident.coverage_check = not cover.allowed
    line = cover.line
    if not cover.allowed or line is None:
        return None
    incident.contract_line_id = line.id
    incident.upgrade_id = line.upgrade_id
    incident.plan_id = line.plan.id
    incident.edition_id = line.edition_id
    incident.edition_in_force_id = holdings.current.edition_id
    incident.time_zone = holdings.time_zone
    incident.holiday_region = holdings.region
    priority = decide(holdings, FeatureCode.PLAN_PRIORITY_QUEUING, at=at, product_id=incident.product_id)
    incident.plan_order = -line.plan.rank if priority.allowed else 0
    installation = incident.installation
    return terms_of_line(holdings, line, incident.product_id, installation.kind if installation else None)


def _events(incident: Incident, actor: Membership, at: datetime) -> Iterator[Event]:
    if incident.kind == Kind.PLAN:
        yield events.event_of(incident, "plan", "logged", [incident.assignee], actor=actor, at=at)
    due_at = incident.due_at
    yield events.event_of(
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
        yield events.event_of(incident, "critical", "logged", events.team_of(incident), actor=actor, at=at)
    elif incident.coverage_check:
        yield events.event_of(
            incident, "coverage_check", "logged", events.leads_of(incident), actor=actor, at=at
        )
