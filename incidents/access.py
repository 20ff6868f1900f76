"""The doors: an object for a person, or 404 that tells nothing."""

from collections.abc import Iterable
from uuid import UUID

from django.http import Http404

from entitlements.models import Installation
from incidents.models import AlertStep, Attachment, Duty, Incident, IncidentQuerySet, Rehearsal
from incidents.sight import Sight, kept, keys_of, sight_of
from plans.models import Edition, Product
from plans.queries import products_of
from portal.core.prepared import PreparedModels
from portal.identity.models import Account, Membership

_AROUND = (
    *("account", "product", "installation__version", "reported_by__user", "assignee__user", "team"),
    *("plan", "contract_line__contract", "due_clock"),
)


def incident_for(person: Membership, reference: str, *, lock: bool = False) -> Incident:
    """The incident with this reference, if the person may see it.

    :param lock: hold the row until the transaction ends, to change it.
    """
    read = _locked if lock else _whole
    found = read(sight_of(person)).read(**keys_of(person), reference=reference)
    if not found:
        raise Http404
    [incident] = found
    incident.tenant = person.tenant
    return incident


@kept
def _whole(sight: Sight) -> PreparedModels[Incident]:
    def read(tenant: int, account: int, person: int, reference: str) -> IncidentQuerySet:
        viewer = sight.viewer(tenant=tenant, account=account, person=person)
        return Incident.objects.visible_to(viewer).filter(reference=reference).select_related(*_AROUND)

    return PreparedModels(read)


@kept
def _locked(sight: Sight) -> PreparedModels[Incident]:
    def read(tenant: int, account: int, person: int, reference: str) -> IncidentQuerySet:
        viewer = sight.viewer(tenant=tenant, account=account, person=person)
        seen = Incident.objects.visible_to(viewer).filter(reference=reference)
        return seen.select_for_update(of=("self",), no_key=True)

    return PreparedModels(read)


def may_still_see(person: Membership, reference: str) -> bool:
    return Incident.objects.visible_to(person).filter(reference=reference).exists()


def attachment_for(person: Membership, attachment_id: UUID) -> Attachment:
    """A file of an incident that the person may see, or their own upload that isn't attached yet."""
    attachment = (
        Attachment.objects.filter(tenant_id=person.tenant_id, pk=attachment_id)
        .select_related("incident")
        .first()
    )
    if attachment is None or (attachment.internal and person.is_contact):
        raise Http404
    if attachment.incident is None:
        if attachment.uploaded_by_id != person.pk:
            raise Http404
        return attachment
    incident_for(person, attachment.incident.reference)
    return attachment


def own_uploads(person: Membership, ids: Iterable[UUID]) -> list[Attachment]:
    """Those of the uploads that are the person's own and wait to be attached, oldest first."""
    wanted = set(ids)
    if not wanted:
        return []
    uploads = Attachment.objects.filter(
        tenant_id=person.tenant_id, pk__in=wanted, uploaded_by=person, incident=None
    )
    return list(uploads.order_by("created_at"))


def account_to_log_for(person: Membership, key: str) -> Account:
    """A contact's own account; for staff the customer with this key."""
    if person.account is not None:
        own: Account = person.account
        return own
    account = Account.objects.filter(tenant_id=person.tenant_id, key=key).first()
    if account is None:
        raise Http404
    return account


def rehearsal_of(edition: Edition) -> Rehearsal | None:
    """The latest of an edition, which somebody has come to by its own door."""
    rehearsals = Rehearsal.objects.filter(tenant_id=edition.tenant_id, edition=edition)
    return rehearsals.select_related("started_by__user", "edition").order_by("-id").first()


def step_for(person: Membership, pk: int) -> AlertStep:
    """A step of the ladder of the person's tenant."""
    step = AlertStep.objects.filter(tenant_id=person.tenant_id, pk=pk).first()
    if step is None:
        raise Http404
    return step


def duty_for(person: Membership, pk: int) -> Duty:
    """A duty of the person's tenant."""
    duties = Duty.objects.filter(tenant_id=person.tenant_id, pk=pk)
    duty = duties.select_related("person__user", "team").first()
    if duty is None:
        raise Http404
    return duty


def product_for(person: Membership, product_id: int) -> Product:
    """A product that the person's tenant sells; known to the process, so no statement."""
    for one in products_of(person.tenant):
        if one.id == product_id and not one.retired:
            return Product(pk=one.id, tenant_id=person.tenant_id, code=one.code, name=one.name)
    raise Http404


def installations_of(account: Account) -> list[Installation]:
    """What the account runs now, by product and name."""
    installations = Installation.objects.filter(tenant_id=account.tenant_id, account=account, retired_at=None)
    return list(installations.select_related("product", "version").order_by("product__position", "name"))
