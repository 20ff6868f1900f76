"""Whether people find what answers them: 60 questions to 200 articles, see ``corpus/README.md``."""

import pytest
from django.db import connection

from knowledge.search.queries import search
from tests.knowledge.search.corpus import LANGUAGES, articles, questions

pytestmark = pytest.mark.django_db

ENOUGH = 55
FIRST = 3


def misses(find):
    """The questions whose article is not among the first three, and what came instead."""
    found = ((question, find(question)[:FIRST]) for question in questions())
    return [
        f"{question.language}: {question.typed} → {question.key}, not {keys}"
        for question, keys in found
        if question.key not in keys
    ]


def asked(question):
    results = search(None, question.typed, language=question.language)
    return [hit.url.split("/")[2] for hit in results.hits]


def test_the_corpus_is_two_hundred_articles_and_sixty_questions_in_six_languages():
    keys = [article.key for article in articles()]
    assert (len(keys), len(set(keys)), len(questions())) == (200, 200, 60)
    assert {question.key for question in questions()} <= set(keys)
    for language in LANGUAGES:
        assert 33 <= sum(article.language == language for article in articles()) <= 34
        assert sum(question.language == language for question in questions()) == 10


def test_the_right_article_is_among_the_first_three(corpus, cast, acting_in):
    with acting_in(cast.acme.tenant):
        missed = misses(asked)
    print("\n".join(missed))
    assert len(questions()) - len(missed) >= ENOUGH, missed


def by_full_text_alone(question):
    """The control: what PostgreSQL's own search finds, without any rule of ours."""
    configuration = {"en": "english", "fr": "french", "it": "italian", "nl": "dutch", "sv": "swedish"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT split_part(url, '/', 3) FROM search_indexedentry,"
            " websearch_to_tsquery(%s::regconfig, %s) AS asked"
            " WHERE to_tsvector(%s::regconfig, title || ' ' || text) @@ asked"
            " ORDER BY ts_rank(to_tsvector(%s::regconfig, title || ' ' || text), asked) DESC, id LIMIT 3",
            [
                configuration.get(question.language, "simple"),
                question.typed,
                *[configuration.get(question.language, "simple")] * 2,
            ],
        )
        return [key for (key,) in cursor.fetchall()]


def test_without_the_rules_too_few_are_found(corpus, cast, acting_in):
    with acting_in(cast.acme.tenant):
        assert len(questions()) - len(misses(by_full_text_alone)) < ENOUGH
