"""Searching 100,000 entries in six languages: what the row policies cost, and what the ranking does.

Words are made up and drawn as words are drawn in life: the n-th most frequent once where the first is drawn
n times. Three ways to ask are asked in random order in one stream: as a contact, under the policies; the same
statement as the tables' owner, whom no policy binds; and the bare statement that PostgreSQL's own search
would be, any of the words, ranked, fifty rows.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator
from itertools import accumulate
from statistics import median
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from bench.figures import Failed, Figure, at_most
from bench.timing import p95
from knowledge.search import kinds
from knowledge.search.analysis import CONFIGURATIONS, SIMPLE, spelled
from knowledge.search.asked import Asked, take_apart
from knowledge.search.entries import Entry
from knowledge.search.enums import Audience
from knowledge.search.models import IndexedEntry, Word
from knowledge.search.queries import EVERYTHING, FOUND, MOST, values_of
from knowledge.search.writing import row_of
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership, Tenant

ENTRIES = 100_000
MOST_TIMES = 2.0
"""The policies, against the same statement without them."""
MOST_TIMES_BARE = 4.0
"""Each word is looked up and ranked by itself, in six languages and half-typed, beside one look-up of all."""
QUESTIONS, ROUNDS = 60, 4
_SYLLABLES = {
    "en": "ing er ter pro con ment al re ver tion ent ly",
    "fr": "eur ion tre pre con ment al re ver tion ent ais",
    "it": "are ere tto pre con mente al ri ver zione ente oso",
    "nl": "en er ge ver ing heid aan be op ont lijk baar",
    "sv": "ar er for ing het an be upp sam lig bar ning",
    "ko": "가 나 다 라 마 바 사 아 자 차 카 타 파 하 거 너 더 러 머 버",
}
_KNOWN = 5_000
_BATCH = 1_000

Ask = Callable[[], int]


def measure() -> list[Figure]:
    kinds.register(kinds.Kind(code="bench", label="Bench", icon="gauge", group="Bench", position=1))
    dice = random.Random(1)
    words = {language: _words(language, dice) for language in _SYLLABLES}
    tenant = Tenant.objects.get(label="large")
    _fill(tenant, words, dice, min(ENTRIES, max(int(sys.argv[2]), _BATCH)))
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        contact = Membership.objects.filter(tenant=tenant).exclude(account=None).order_by("pk")[0]
    taken = _asked(contact, list(_questions(words, dice)))
    under, without, bare = (taken[name] for name in ("under", "without", "bare"))
    _print_size()
    print(f"A search took {1000 * median(under):.1f} ms, p95 {1000 * p95(under):.1f} ms.", file=sys.stderr)
    return [
        at_most("search against the same without policies", median(under) / median(without), "×", MOST_TIMES),
        at_most("search against the same without policies, p95", p95(under) / p95(without), "×", MOST_TIMES),
        at_most("search against bare full text", median(under) / median(bare), "×", MOST_TIMES_BARE),
        at_most("search against bare full text, p95", p95(under) / p95(bare), "×", MOST_TIMES_BARE),
    ]


def _print_size() -> None:
    with connections["floor"].cursor() as owner:
        owner.execute(
            "SELECT pg_total_relation_size('search_indexedentry') / 2 ^ 20, count(*) FROM search_indexedentry"
        )
        size, count = owner.fetchone()
    print(f"{count:,} entries take {size:,.0f} MB with their indexes.", file=sys.stderr)


def _words(language: str, dice: random.Random) -> list[str]:
    syllables = _SYLLABLES[language].split()
    made: dict[str, None] = {}
    while len(made) < _KNOWN:
        made["".join(dice.choices(syllables, k=dice.randint(2, 4)))] = None
    return list(made)


_WEIGHTS = list(accumulate(1 / rank for rank in range(1, _KNOWN + 1)))


def _fill(tenant: Tenant, words: dict[str, list[str]], dice: random.Random, count: int) -> None:
    languages = list(words)
    now = timezone.now()

    def entry(number: int) -> Entry:
        language = languages[number % len(languages)]
        drawn = dice.choices(words[language], cum_weights=_WEIGHTS, k=75)
        return Entry(
            language=language,
            title=" ".join(drawn[:6]),
            text=" ".join([*drawn[6:], f"E{number % 20_000:05}"]),
            url=f"/solutions/{number}/",
            audience=list(Audience)[number % 3],
            dated_at=now,
        )

    # All at once and not by ``index``, which is for one object.
    for start in range(0, count, _BATCH):
        made = [(number, entry(number)) for number in range(start, start + _BATCH)]
        with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
            IndexedEntry.objects.bulk_create(row_of(tenant.pk, "bench", *one) for one in made)
    for language, known in words.items():
        with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
            Word.objects.bulk_create(
                Word(tenant_id=tenant.pk, language=language, audience=audience, word=word)
                for audience in Audience
                for word in spelled(*known)
            )
    with connections["floor"].cursor() as owner:
        owner.execute("VACUUM (ANALYZE) search_indexedentry, search_word")


def _questions(words: dict[str, list[str]], dice: random.Random) -> Iterator[tuple[str, str]]:
    """In each language in turn: frequent and rare words, and now and then a code."""
    languages = list(words)
    for number in range(QUESTIONS):
        language = languages[number % len(languages)]
        asked = dice.choices(words[language][20:], k=dice.randint(1, 4))
        code = [f"E{dice.randrange(20_000):05}"] if number % 5 == 0 else []
        yield language, " ".join([*asked, *code])


def _asked(contact: Membership, questions: list[tuple[str, str]]) -> dict[str, list[float]]:
    """Seconds by way of asking; the first round warms up."""
    ways = ("under", "without", "bare")
    taken: dict[str, list[float]] = {way: [] for way in ways}
    found = 0
    with (
        acting(tenant_id=contact.tenant_id, account_id=contact.account_id, user_id=contact.user_id),
        connections["floor"].cursor() as owner,
        connection.cursor() as reader,
    ):
        _act(owner, contact)
        order = random.Random(2)
        for number in range(ROUNDS + 1):
            stream = [(way, question) for question in questions for way in ways]
            order.shuffle(stream)
            for way, (language, text) in stream:
                ask = _way(way, reader, owner, contact, language, take_apart(text))
                began = time.perf_counter()
                count = ask()
                if number:
                    taken[way].append(time.perf_counter() - began)
                found += count
    if not found:
        raise Failed("Nothing was found.")
    return taken


def _act(owner: Any, contact: Membership) -> None:
    owner.execute(
        "SELECT set_config('app.tenant_id', %s, false), set_config('app.account_id', %s, false)",
        [str(contact.tenant_id), str(contact.account_id)],
    )


def _way(way: str, reader: Any, owner: Any, contact: Membership, language: str, asked: Asked) -> Ask:
    if way == "bare":
        configuration = CONFIGURATIONS.get(language, SIMPLE)
        values = {"tenant": contact.tenant_id, "words": " | ".join(asked.parts), "by": configuration}
        return lambda: _rows(owner, _BARE, values)
    cursor = reader if way == "under" else owner
    return lambda: _rows(cursor, FOUND, values_of(contact, asked, language, EVERYTHING, MOST + 1))


_BARE = """
SELECT id, title, text FROM search_indexedentry
 WHERE tenant_id = %(tenant)s AND words @@ to_tsquery(%(by)s::regconfig, %(words)s)
 ORDER BY ts_rank(words, to_tsquery(%(by)s::regconfig, %(words)s)) DESC LIMIT 50
"""


def _rows(cursor: Any, sql: str, values: dict[str, Any]) -> int:
    cursor.execute(sql, values)
    return len(cursor.fetchall())
