"""How results are ranked: the examples of ``docs/rules/search.md``, played."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from knowledge.search.queries import search
from tests.knowledge.search.conftest import DAY, entry

pytestmark = pytest.mark.django_db

RULES = Path(settings.BASE_DIR) / "docs" / "rules" / "search.md"
ROW = re.compile(
    r"^\| `(?P<language>\w\w)` \| `(?P<typed>[^`]+)` \| (?P<first>[^|]+) \| (?P<second>[^|]+) \|", re.M
)


def examples():
    return [tuple(part.strip() for part in row.groups()) for row in ROW.finditer(RULES.read_text())]


@pytest.fixture
def staff(cast, acting_as):
    with acting_as(cast.acme.agent):
        yield cast.acme.agent


def test_the_page_has_examples():
    assert len(examples()) >= 8


@pytest.mark.parametrize(("language", "typed", "first", "second"), examples())
def test_an_example_is_ranked_as_the_page_says(staff, put, language, typed, first, second):
    """The one that comes second is handed in last, so that its date and its number speak for it."""
    for told in (first, second):
        of, title, text = (part.strip() for part in told.split("/"))
        put(entry(title, text, language=of))
    titles = [hit.title for hit in search(staff, typed, language=language).hits]
    assert titles == [told.split("/")[1].strip() for told in (first, second)]


def test_of_two_that_are_equal_the_newer_comes_first(staff, put):
    put(entry("Printer one", dated_at=DAY))
    put(entry("Printer two", dated_at=DAY - timedelta(days=1)))
    assert [hit.title for hit in search(staff, "printer", language="en").hits] == [
        "Printer one",
        "Printer two",
    ]
