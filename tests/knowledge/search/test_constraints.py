"""What the database itself refuses of entries, words and prevented incidents."""

import pytest

from knowledge.search.access import entry_for
from knowledge.search.actions import Typed, note_prevented
from tests.constraints import Constraints, models_of
from tests.knowledge.search.conftest import entry

pytestmark = pytest.mark.django_db

CONSTRAINTS = Constraints(
    models_of("search"),
    {
        "entry_has_an_audience": {"audience": "friends"},
        "entry_versions_in_order": {"since": 3, "until": 2},
        "word_once": {},
        "prevented_once": {},
        "search_prevented_account_in_tenant": {"key": "another form"},
    },
)


def test_each_constraint_has_a_try():
    assert CONSTRAINTS.without_a_try() == set()


@pytest.mark.parametrize("name", CONSTRAINTS.names)
def test_it_refuses(cast, acting_in, put, name):
    for house in cast.houses:
        number = put(entry("Printer stops"), tenant=house.tenant)
        with acting_in(house.tenant):
            found = entry_for(house.agent, kind="solution", object_id=number, language="en")
            typed = Typed(key="form", title="", text="", product_id=None)
            note_prevented(person=house.big.contact, entry=found, typed=typed)
    with acting_in(cast.acme.tenant):
        CONSTRAINTS.refuses(name, cast)
