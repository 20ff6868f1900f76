"""What upper apps hand in replaces what they handed in before."""

import pytest
from django.db import IntegrityError, transaction

from knowledge.search.actions import forget, index
from knowledge.search.entries import plain_text
from knowledge.search.models import IndexedEntry, Word
from knowledge.search.queries import search
from tests.knowledge.search.conftest import entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(cast, acting_as):
    with acting_as(cast.acme.agent):
        yield cast.acme.agent


def titles(person, text, language="en"):
    return [hit.title for hit in search(person, text, language=language).hits]


def test_the_new_entries_take_the_place_of_the_old(agent):
    named = {"tenant_id": agent.tenant_id, "kind": "solution", "object_id": 7}
    index(**named, entries=[entry("Printer stops"), entry("Imprimante", language="fr")])
    index(**named, entries=[entry("Scanner stops")])
    assert list(IndexedEntry.objects.values_list("title", flat=True)) == ["Scanner stops"]
    assert titles(agent, "printer") == []
    assert titles(agent, "scanner") == ["Scanner stops"]


def test_what_fails_leaves_the_entries_as_they_were(agent, put):
    number = put(entry("Printer stops"))
    later = [entry("Scanner stops"), entry("Scanner stops", audience="friends")]
    with pytest.raises(IntegrityError), transaction.atomic():
        index(tenant_id=agent.tenant_id, kind="solution", object_id=number, entries=later)
    assert titles(agent, "printer") == ["Printer stops"]
    assert titles(agent, "scanner") == []


def test_another_kind_with_the_same_number_stays(agent):
    for kind in ("solution", "release"):
        index(tenant_id=agent.tenant_id, kind=kind, object_id=7, entries=[entry(f"Printer {kind}")])
    forget(tenant_id=agent.tenant_id, kind="solution", object_id=7)
    assert titles(agent, "printer") == ["Printer release"]


def test_what_is_forgotten_is_not_found_and_corrects_nobody(agent, put):
    number = put(entry("Zirconium runs out"))
    forget(tenant_id=agent.tenant_id, kind="solution", object_id=number)
    assert Word.objects.filter(word="zirconium").exists()
    found = search(agent, "zirconum", language="en")
    assert (found.hits, found.corrections) == ([], {})


def test_the_same_word_is_kept_once(agent, put):
    put(entry("Zirconium"), entry("Zirconium"))
    put(entry("Zirconium"))
    assert Word.objects.filter(word="zirconium").count() == 1


def test_an_object_is_found_once_in_the_language_of_the_reader(agent, put):
    put(entry("Ledger E4711 printed"), entry("Grand livre E4711 imprimé", language="fr"))
    assert titles(agent, "E4711", "fr") == ["Grand livre E4711 imprimé"]
    assert titles(agent, "E4711", "en") == ["Ledger E4711 printed"]
    assert titles(agent, "E4711", "ko") in (["Ledger E4711 printed"], ["Grand livre E4711 imprimé"])


def test_a_kind_that_nobody_registered_is_not_found(agent, put):
    put(entry("Printer stops"), kind="riddle")
    assert titles(agent, "printer") == []


def test_what_is_written_as_code_is_found_as_code_however_it_is_typed(agent, put):
    put(entry("Deadlock", "It ends with ORA-00060 in alert_log.txt."))
    put(entry("Ora et labora 60", "A text about sixty prayers."))
    for typed in ("ORA-00060", "ora 60", "ora-60", "Ora00060", "alert_log.txt", "ALERT_LOG.TXT"):
        assert titles(agent, typed)[0] == "Deadlock"


def test_codes_may_be_given_with_the_entry(agent, put):
    put(entry("Nothing in the text", codes=["S-104"]))
    assert titles(agent, "s104") == ["Nothing in the text"]


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("# Head\n\nSome **bold** `code` & [link](https://a.example)", "Head Some bold code & link"),
        ("- one\n- two", "one two"),
        ("a < b <script>alert(1)</script>", "a < b <script>alert(1)</script>"),
    ],
)
def test_markdown_becomes_plain_text(markdown, plain):
    assert plain_text(markdown) == plain
