"""An incident less: it is counted once for a form, in the words that were typed."""

import pytest

from knowledge.search.access import entry_for
from knowledge.search.actions import Typed, note_prevented
from knowledge.search.models import Prevented
from knowledge.search.queries import COUNT_CAP, prevented_by
from portal.core.history import history_of
from tests.knowledge.search.conftest import entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def solved(cast, acting_as, put):
    """``solved(person, key=…)``: the person found the answer in the same solution."""
    number = put(entry("Printer stops"))

    def make(person, key="form"):
        with acting_as(person):
            found = entry_for(person, kind="solution", object_id=number, language="en")
            typed = Typed(key=key, title="Printer", text="It stops.", product_id=cast.acme.ledger.pk)
            return note_prevented(person=person, entry=found, typed=typed)

    make.number = number
    return make


def test_it_is_noted_who_which_when_and_what_was_typed(cast, acting_in, solved):
    contact = cast.acme.big.contact
    noted = solved(contact)
    with acting_in(cast.acme.tenant):
        stored = Prevented.objects.get()
        assert (stored.person_id, stored.account_id, stored.kind, stored.object_id, stored.language) == (
            contact.pk,
            contact.account_id,
            "solution",
            solved.number,
            "en",
        )
        assert (stored.title, stored.typed_title, stored.typed_text, stored.product_id) == (
            "Printer stops",
            "Printer",
            "It stops.",
            cast.acme.ledger.pk,
        )
        [told] = history_of(noted)
        assert (told.verb, told.actor_id, told.data) == ("prevented", contact.pk, {"title": "Printer stops"})


def test_the_same_form_counts_once(cast, acting_in, solved):
    contact = cast.acme.big.contact
    assert solved(contact) == solved(contact)
    solved(contact, key="another form")
    solved(cast.acme.big.colleague)
    with acting_in(cast.acme.tenant):
        assert Prevented.objects.count() == 3
        assert history_of(Prevented.objects.earliest("pk")).count() == 1


def test_staff_read_the_count_of_each(cast, acting_in, solved):
    solved(cast.acme.big.contact)
    solved(cast.acme.small.contact)
    with acting_in(cast.acme.tenant):
        asked = [("solution", solved.number), ("solution", 987654321), ("release", solved.number)]
        assert prevented_by(asked) == {("solution", solved.number): 2}
    with acting_in(cast.rival.tenant):
        assert prevented_by(asked) == {}


def test_a_count_stops(cast, acting_in, solved, client_of):
    for number in range(COUNT_CAP + 2):
        solved(cast.acme.big.contact, key=str(number))
    with acting_in(cast.acme.tenant):
        assert prevented_by([("solution", solved.number)]) == {("solution", solved.number): COUNT_CAP}
    page = client_of(cast.acme.agent).get("/search/?q=printer").content.decode()
    assert "prevented 99+ incidents" in page


def test_staff_see_the_count_and_contacts_do_not(cast, client_of, solved):
    solved(cast.acme.big.contact)
    assert "prevented 1 incident" in client_of(cast.acme.agent).get("/search/?q=printer").content.decode()
    assert "prevented" not in client_of(cast.acme.big.contact).get("/search/?q=printer").content.decode()


def test_what_was_typed_is_read_by_its_author_and_by_staff(cast, acting_as, solved):
    solved(cast.acme.big.contact)
    for person, seen in (
        (cast.acme.big.contact, 1),
        (cast.acme.agent, 1),
        (cast.acme.big.colleague, 0),
        (cast.acme.big.admin, 0),
        (cast.acme.small.contact, 0),
        (cast.rival.agent, 0),
    ):
        with acting_as(person):
            assert Prevented.objects.count() == seen
