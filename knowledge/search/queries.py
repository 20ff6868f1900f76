"""Finding: what a reader asked for, among what they may read."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from django.db import OperationalError, connection, transaction
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _
from psycopg2.errors import QueryCanceled

from knowledge.search import kinds
from knowledge.search.analysis import can_be_misspelt
from knowledge.search.asked import Asked, take_apart
from knowledge.search.marking import Marker
from knowledge.search.models import Word, audiences_of
from knowledge.search.spelling import nearest
from portal.core.errors import Refused
from portal.core.postgres.base import DatabaseWrapper
from portal.identity.models import Membership

MOST = 50
"""What a reader gets at once, and at all: beyond it, better words help and not more pages."""
SUGGESTED = 3
PATIENCE = "4s"
_MOST_MISSPELT = 8
_ENOUGH = 2
FOUND = """
SELECT entry.id, entry.kind, entry.object_id, entry.language, entry.title, entry.text, entry.url,
       entry.audience, entry.product_ids, entry.dated_at, found.known, stemmed.stems
  FROM search_found(%(parts)s, %(keys)s, %(phrases)s, %(reader)s, %(kinds)s, %(product)s::bigint,
                    %(version)s::bigint, %(language)s, %(from)s::timestamptz, %(before)s::timestamptz,
                    %(most)s) AS found
  JOIN search_indexedentry AS entry ON entry.id = found.id AND entry.audience = ANY (%(audiences)s)
 CROSS JOIN (SELECT ARRAY(SELECT DISTINCT stem FROM unnest(%(parts)s) AS part,
                          unnest(search_stems(part, %(reader)s)) AS stem) AS stems) AS stemmed
 ORDER BY found.place
"""

COUNT_CAP = 100
_PREVENTED = """
SELECT asked.kind, asked.object_id, (
         SELECT count(*) FROM (
           SELECT FROM search_prevented AS one
            WHERE one.tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint
              AND one.kind = asked.kind AND one.object_id = asked.object_id LIMIT %s) AS capped)
  FROM unnest(%s::text[], %s::bigint[]) AS asked(kind, object_id)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Narrows a search; None and empty leave a part open.

    :param version: ``position`` of a version of the product.
    :param dated_before: exclusive.
    """

    kinds: Collection[str] = ()
    product_id: int | None = None
    version: int | None = None
    language: str = ""
    dated_from: datetime | None = None
    dated_before: datetime | None = None


EVERYTHING = Filters()


class Hit(NamedTuple):
    """An entry that was found; the names of the columns that it reads."""

    id: int
    kind: str
    object_id: int
    language: str
    title: str
    text: str
    url: str
    audience: str
    product_ids: list[int]
    dated_at: datetime
    known: list[int]
    stems: list[str]


@dataclass(frozen=True, slots=True)
class Results:
    """``corrections``: typed word → the word in its place. The typed one finds nothing that the reader may
    read, the other one does. ``more``: there is more than is given."""

    hits: Sequence[Hit]
    corrections: Mapping[str, str]
    more: bool


def search(
    person: Membership | None,
    text: str,
    *,
    language: str,
    narrowed: Filters = EVERYTHING,
    most: int = MOST,
) -> Results:
    """One statement; three where a word is misspelt.

    :param person: None is somebody who is not signed in.
    :param language: of the reader: what is written in it comes before the rest.
    :raises Refused: it takes too long.
    """
    asked = take_apart(text)
    if asked.empty:
        return Results([], {}, False)
    with _patience():
        hits = _found(person, asked, language, narrowed, most)
        spelling = _spelling(_unknown(asked, hits), person, language)
        if not spelling:
            return Results(hits[:most], {}, len(hits) > most)
        corrected = asked.corrected(spelling)
        better = _found(person, corrected, language, narrowed, most)
    helped = set(corrected.parts) - _unknown(corrected, better)
    shown = {typed: word for typed, word in spelling.items() if word in helped}
    found = better if shown else hits
    return Results(found[:most], shown, len(found) > most)


def suggested(
    person: Membership, title: str, text: str, *, product_id: int | None, language: str
) -> Sequence[Hit]:
    """What may spare the person the incident that they are writing: the best few, without corrections.

    One statement; none before there is enough to go by.
    """
    asked = take_apart(f"{title} {text}")
    codes = [kind.code for kind in kinds.kinds() if kind.suggested]
    if not codes or (len(asked.parts) < _ENOUGH and not asked.keys):
        return []
    with _patience():
        narrowed = Filters(kinds=codes, product_id=product_id)
        hits = _found(person, asked, language, narrowed, SUGGESTED * 3)
    if asked.keys:
        return hits[:SUGGESTED]
    # One word in common with what somebody writes is chance.
    marker = marker_of(hits)
    return [hit for hit in hits if len(marker.found_in(hit.title, hit.text)) >= _ENOUGH][:SUGGESTED]


def marker_of(hits: Sequence[Hit]) -> Marker:
    """Marks what was asked for, in what it has found; each hit has the stems of the whole question."""
    return Marker.of(hits[0].stems if hits else ())


def _found(person: Membership | None, asked: Asked, language: str, narrowed: Filters, most: int) -> list[Hit]:
    """One more than ``most``, to know of it."""
    with connection.cursor() as cursor:
        cursor.execute(FOUND, values_of(person, asked, language, narrowed, most + 1))
        return [Hit._make(row) for row in cursor.fetchall()]


def values_of(
    person: Membership | None, asked: Asked, language: str, narrowed: Filters, most: int
) -> dict[str, Any]:
    """What :data:`FOUND` is run with."""
    registered = [kind.code for kind in kinds.kinds()]
    return {
        "parts": list(asked.parts),
        "keys": list(asked.keys),
        "phrases": list(asked.phrases),
        "reader": language,
        "kinds": [code for code in registered if not narrowed.kinds or code in narrowed.kinds],
        "product": narrowed.product_id,
        "version": narrowed.version,
        "language": narrowed.language or None,
        "from": narrowed.dated_from,
        "before": narrowed.dated_before,
        "most": most,
        "audiences": audiences_of(person),
    }


def _unknown(asked: Asked, hits: Sequence[Hit]) -> set[str]:
    """Words that nothing has which the reader may read, and that aren't words that everything has."""
    known = set(hits[0].known) if hits else set()
    return {part for number, part in enumerate(asked.parts, start=1) if number not in known}


def _spelling(unknown: Collection[str], person: Membership | None, language: str) -> dict[str, str]:
    """For words that aren't known, the nearest ones that are, if they are near enough."""
    words = sorted(word for word in unknown if can_be_misspelt(word))[:_MOST_MISSPELT]
    if not words:
        return {}
    alike = Word.objects.filter(
        audience__in=audiences_of(person), pk__in=RawSQL("SELECT search_alike(%s, %s)", [words, language])
    )
    known = set(alike.values_list("word", flat=True))
    found = {word: nearest(word, known, language) for word in words}
    return {word: near for word, near in found.items() if near}


@contextmanager
def _patience() -> Iterator[None]:
    """A search that would keep the database busy ends, and with it nothing else of the request."""
    database = cast(DatabaseWrapper, connection)
    try:
        with transaction.atomic():
            database.send_ahead(f"SET LOCAL statement_timeout = '{PATIENCE}'")
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise Refused(
                _("This search takes too long. Ask with fewer words, or with a rarer one."), code="too_long"
            ) from None
        raise
    database.send_ahead("SET LOCAL statement_timeout TO DEFAULT")


def prevented_by(objects: Collection[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """By kind and id of an object, how many incidents it has prevented; counted up to :data:`COUNT_CAP`.

    One statement, for staff.
    """
    if not objects:
        return {}
    codes, ids = zip(*objects, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_PREVENTED, [COUNT_CAP, list(codes), list(ids)])
        return {(kind, object_id): count for kind, object_id, count in cursor.fetchall() if count}
