"""Entries as rows, with the stems of their words."""

from django.contrib.postgres.search import SearchVector
from django.db.models import Value
from django.db.models.expressions import CombinedExpression

from knowledge.search.analysis import CONFIGURATIONS, SIMPLE, codes_in, in_parts, keys_of, spelled
from knowledge.search.entries import Entry
from knowledge.search.models import IndexedEntry, Word

LONGEST_TEXT = 100_000


def row_of(tenant_id: int, kind: str, object_id: int, entry: Entry) -> IndexedEntry:
    title, text = entry.title[:300], entry.text[:LONGEST_TEXT]
    return IndexedEntry(
        tenant_id=tenant_id,
        kind=kind,
        object_id=object_id,
        language=entry.language,
        title=title,
        text=text,
        url=entry.url,
        audience=entry.audience,
        codes=keys_of([*entry.codes, *codes_in(title, text)]),
        product_ids=sorted(set(entry.product_ids)),
        since=entry.since,
        until=entry.until,
        dated_at=entry.dated_at,
        words=_stems(entry.language, title, text),
    )


def words_of_entry(tenant_id: int, entry: Entry) -> list[Word]:
    found = spelled(entry.title, entry.text[:LONGEST_TEXT])
    return [
        Word(tenant_id=tenant_id, language=entry.language, audience=entry.audience, word=word)
        for word in found
    ]


def _stems(language: str, title: str, text: str) -> CombinedExpression:
    """Those of the title weigh A, those of the text D."""
    configuration = CONFIGURATIONS.get(language, SIMPLE)
    return SearchVector(Value(in_parts(title)), config=configuration, weight="A") + SearchVector(
        Value(in_parts(text)), config=configuration, weight="D"
    )
