"""What was found solved it: an incident less."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from knowledge.search.models import IndexedEntry, Prevented
from portal.core.history import record
from portal.identity.models import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What stood in the form that wasn't sent; ``key`` names the form."""

    key: str
    title: str
    text: str
    product_id: int | None


@transaction.atomic
def note_prevented(
    *, person: Membership, entry: IndexedEntry, typed: Typed, at: datetime | None = None
) -> Prevented:
    """Count an incident that ``entry`` has prevented. The same form counts once, however often it is said."""
    at = at or timezone.now()
    noted, first = Prevented.objects.get_or_create(
        tenant_id=person.tenant_id,
        person=person,
        key=typed.key[:80],
        defaults={
            "user_id": person.user_id,
            "account_id": person.account_id,
            "kind": entry.kind,
            "object_id": entry.object_id,
            "language": entry.language,
            "title": entry.title,
            "typed_title": typed.title[:300],
            "typed_text": typed.text,
            "product_id": typed.product_id,
            "at": at,
        },
    )
    if first:
        record(noted, "prevented", person, at=at, title=noted.title)
    return noted
