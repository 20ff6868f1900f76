"""What is published is found at once by those who may read it, and what is taken back no more."""

import pytest

from knowledge.search.enums import Audience
from knowledge.search.models import IndexedEntry
from knowledge.search.queries import Filters, search
from knowledge.solutions import actions
from knowledge.solutions.actions import Range
from plans.actions import add_version
from plans.models import ProductVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def titles(acting_as):
    """``titles(person, "what they look for", version=…)``"""

    def find(person, text, **narrowed):
        with acting_as(person):
            return [
                hit.title for hit in search(person, text, language="en", narrowed=Filters(**narrowed)).hits
            ]

    return find


def test_a_draft_is_found_by_nobody_and_what_is_published_by_its_readers(house, cast, draft, publish, titles):
    solution = draft(title="Ledger loses its lock", audience=Audience.CUSTOMERS)
    everybody = (house.agent, house.big.contact, cast.rival.agent, cast.rival.big.contact)
    assert [titles(person, "loses lock") for person in everybody] == [[], [], [], []]
    publish(solution)
    found = ["Ledger loses its lock"]
    assert [titles(person, "loses lock") for person in everybody] == [found, found, [], []]
    assert titles(house.big.contact, solution.reference) == found


def test_what_is_for_staff_is_found_by_staff(house, published, titles):
    published(title="Ledger loses its lock")
    assert titles(house.agent, "lock") == ["Ledger loses its lock"]
    assert titles(house.big.contact, "lock") == []


def test_whom_it_is_given_to_finds_it_at_once(house, published, titles, acting_as):
    solution = published(title="Ledger loses its lock")
    with acting_as(house.lead):
        actions.change_solution(
            person=house.lead,
            solution=solution,
            audience=Audience.CUSTOMERS,
            review_by=None,
            ranges=[Range(product=house.ledger.pk)],
            revision=None,
        )
    assert titles(house.big.contact, "lock") == ["Ledger loses its lock"]


def test_a_later_text_takes_the_place_of_the_earlier_one(house, published, write, publish, titles):
    solution = published(title="Ledger loses its lock", audience=Audience.CUSTOMERS)
    write(solution, title="Ledger keeps its key")
    assert titles(house.big.contact, "loses") == ["Ledger loses its lock"]
    publish(solution)
    assert titles(house.big.contact, "loses") == []
    assert titles(house.big.contact, "keeps key") == ["Ledger keeps its key"]


def test_a_translation_is_found_in_its_language_and_once(house, published, write, publish, titles):
    solution = published(title="Ledger loses its lock", audience=Audience.CUSTOMERS)
    write(solution, "fr", title="Le grand livre perd son verrou")
    publish(solution, "fr")
    assert titles(house.big.contact, "verrou") == ["Le grand livre perd son verrou"]
    assert titles(house.big.contact, solution.reference) == ["Ledger loses its lock"]


def test_retired_it_is_found_no_more_until_it_is_restored(house, published, titles, acting_as):
    solution = published(title="Ledger loses its lock", audience=Audience.CUSTOMERS)
    with acting_as(house.lead):
        actions.retire(person=house.lead, solution=solution, reason="Old.")
    assert (titles(house.agent, "lock"), titles(house.big.contact, "lock")) == ([], [])
    with acting_as(house.lead):
        actions.restore(person=house.lead, solution=solution)
    assert titles(house.big.contact, "lock") == ["Ledger loses its lock"]


def test_it_is_found_under_the_versions_that_it_is_about(house, published, titles, acting_as):
    with acting_as(house.admin):
        second = add_version(product=house.ledger, name="2.0", actor=house.admin)
        first = ProductVersion.objects.get(tenant=house.tenant, product=house.ledger, name="1.0")
    solution = published(title="Ledger loses its lock", audience=Audience.CUSTOMERS)
    with acting_as(house.lead):
        actions.change_solution(
            person=house.lead,
            solution=solution,
            audience=Audience.CUSTOMERS,
            review_by=None,
            ranges=[Range(product=house.ledger.pk, since=second.pk), Range(product=house.store.pk)],
            revision=None,
        )
        entries = IndexedEntry.objects.filter(kind="solution", object_id=solution.pk)
        assert {(*one.product_ids, one.since, one.until) for one in entries} == {
            (house.ledger.pk, second.position, None),
            (house.store.pk, None, None),
        }
    contact, ledger = house.big.contact, {"product_id": house.ledger.pk}
    assert titles(contact, "lock", **ledger, version=first.position) == []
    assert titles(contact, "lock", **ledger, version=second.position) == ["Ledger loses its lock"]
    assert titles(contact, "lock", product_id=house.store.pk) == ["Ledger loses its lock"]
    assert titles(contact, "lock") == ["Ledger loses its lock"]
