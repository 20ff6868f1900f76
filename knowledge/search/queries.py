"""Finding: what a reader asked for, among what they may read."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any, NamedTuple, cast

from django.db import OperationalError, connection, transaction
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _
from psycopg2.errors import QueryCanceled

from knowledge.search import kinds
from knowledge.search.analysis import can_be_misspelt
from knowledge.search.asked import Asked, take_apart
from knowledge.search.models import Word, audiences_of
from portal.core.errors import Refused
from portal.core.postgres.base import DatabaseWrapper
from portal.identity.models import Membership

MOST = 50
"""What a reader gets at once, and at all: beyond it, better words help and not more pages."""
PATIENCE = "4s"
_NEAR = 0.75
_MOST_MISSPELT = 8
_FOUND = """
SELECT entry.id, entry.kind, entry.object_id, entry.language, entry.title, entry.text, entry.url,
       entry.audience, entry.product_ids, entry.dated_at, found.hits, stemmed.stems
  FROM search_found(%(parts)s, %(keys)s, %(phrases)s, %(reader)s, %(kinds)s, %(product)s::bigint,
                    %(version)s::bigint, %(language)s, %(from)s::timestamptz, %(before)s::timestamptz,
                    %(most)s) AS found
  JOIN search_indexedentry AS entry ON entry.id = found.id AND entry.audience = ANY (%(audiences)s)
 CROSS JOIN (SELECT ARRAY(SELECT DISTINCT stem FROM unnest(%(parts)s) AS part,
                          unnest(search_stems(part, %(reader)s)) AS stem) AS stems) AS stemmed
 ORDER BY found.place
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
    hits: list[int]
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
        spelling = _spelling(_without_a_hit(asked, hits), person, language)
        if not spelling:
            return Results(hits[:most], {}, len(hits) > most)
        corrected = asked.corrected(spelling)
        better = _found(person, corrected, language, narrowed, most)
    helped = set(corrected.parts) - _without_a_hit(corrected, better)
    shown = {typed: word for typed, word in spelling.items() if word in helped}
    found = better if shown else hits
    return Results(found[:most], shown, len(found) > most)


def _found(
    person: Membership | None, asked: Asked, language: str, narrowed: Filters, most: int
) -> list[Hit]:
    registered = [kind.code for kind in kinds.kinds()]
    values: dict[str, Any] = {
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
        "most": most + 1,
        "audiences": audiences_of(person),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, values)
        return [Hit._make(row) for row in cursor.fetchall()]


def _without_a_hit(asked: Asked, hits: Sequence[Hit]) -> set[str]:
    numbers = {number for hit in hits for number in hit.hits}
    return {part for number, part in enumerate(asked.parts, start=1) if number not in numbers}


def _spelling(unknown: Collection[str], person: Membership | None, language: str) -> dict[str, str]:
    """For each word that isn't known, the nearest one that is, if it is near enough."""
    words = sorted(word for word in unknown if can_be_misspelt(word))[:_MOST_MISSPELT]
    if not words:
        return {}
    alike = Word.objects.filter(
        audience__in=audiences_of(person), pk__in=RawSQL("SELECT search_alike(%s, %s)", [words, language])
    )
    known = sorted(alike.values_list("language", "word"), key=lambda row: (row[0] != language, row[1]))
    candidates = list(dict.fromkeys(word for _language, word in known))
    nearest = {word: get_close_matches(word, candidates, n=1, cutoff=_NEAR) for word in words}
    return {word: near[0] for word, near in nearest.items() if near and near[0] != word}


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


COUNT_CAP = 100
_PREVENTED = """
SELECT asked.kind, asked.object_id, (
         SELECT count(*) FROM (
           SELECT FROM search_prevented AS one
            WHERE one.tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint
              AND one.kind = asked.kind AND one.object_id = asked.object_id LIMIT %s) AS capped)
  FROM unnest(%s::text[], %s::bigint[]) AS asked(kind, object_id)
"""
