"""The door: an entry for a reader, or 404 that tells nothing."""

from django.http import Http404

from knowledge.search.models import IndexedEntry
from portal.identity.models import Membership


def entry_for(person: Membership, *, kind: str, object_id: int, language: str) -> IndexedEntry:
    """The entry of an object in a language, if the person may read it.

    By what it is of and not by its own id, which changes whenever the object does.
    """
    entries = IndexedEntry.objects.visible_to(person).filter(tenant_id=person.tenant_id)
    entry = entries.filter(kind=kind, object_id=object_id, language=language).order_by("id").first()
    if entry is None:
        raise Http404
    return entry
