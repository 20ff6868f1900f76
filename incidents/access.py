"""The doors: an object for a person, or 404 that tells nothing."""

from uuid import UUID

from django.http import Http404

from incidents.models import Attachment, Incident
from portal.identity.models import Membership

_SHOWN = ("account", "product", "installation__version", "reported_by__user", "assignee__user", "team")


def incident_for(person: Membership, reference: str, *, lock: bool = False) -> Incident:
    """The incident with this reference, if the person may see it.

    :param lock: hold the row until the transaction ends, to change it.
    """
    incidents = Incident.objects.visible_to(person).filter(reference=reference)
    incidents = incidents.select_for_update(of=("self",)) if lock else incidents.select_related(*_SHOWN)
    incident = incidents.first()
    if incident is None:
        raise Http404
    return incident


def attachment_for(person: Membership, attachment_id: UUID) -> Attachment:
    """A file of an incident that the person may see, or their own upload that isn't attached yet."""
    attachment = (
        Attachment.objects.filter(tenant_id=person.tenant_id, pk=attachment_id).select_related("incident").first()
    )
    if attachment is None or (attachment.internal and person.is_contact):
        raise Http404
    if attachment.incident is None:
        if attachment.uploaded_by_id != person.pk:
            raise Http404
        return attachment
    incident_for(person, attachment.incident.reference)
    return attachment
