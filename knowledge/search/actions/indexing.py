"""What upper apps call when a text appears, changes or goes; in their transaction."""

from collections.abc import Sequence

from django.db import transaction

from knowledge.search.entries import Entry
from knowledge.search.models import IndexedEntry, Word
from knowledge.search.writing import row_of, words_of_entry


@transaction.atomic
def index(*, tenant_id: int, kind: str, object_id: int, entries: Sequence[Entry]) -> None:
    """Let an object be found by these entries, and by no earlier ones.

    Call it with the object's row locked, as whoever changes the object does, and while acting for every
    account of the tenant: only staff and the portal itself write what is found.
    """
    forget(tenant_id=tenant_id, kind=kind, object_id=object_id)
    IndexedEntry.objects.bulk_create(row_of(tenant_id, kind, object_id, entry) for entry in entries)
    words = [word for entry in entries for word in words_of_entry(tenant_id, entry)]
    # In one order everywhere, so that two who write the same words don't wait for each other in a circle.
    words.sort(key=lambda word: (word.language, word.audience, word.word))
    Word.objects.bulk_create(words, ignore_conflicts=True)


def forget(*, tenant_id: int, kind: str, object_id: int) -> None:
    """Let an object be found no more."""
    IndexedEntry.objects.filter(tenant_id=tenant_id, kind=kind, object_id=object_id).delete()
