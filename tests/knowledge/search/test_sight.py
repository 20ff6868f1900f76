"""Who finds what: staff all, contacts what customers may read, whoever is not signed in what is public."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404

from knowledge.search.access import entry_for
from knowledge.search.actions import forget, index
from knowledge.search.enums import Audience
from knowledge.search.models import IndexedEntry, Word
from knowledge.search.queries import search
from portal.core.tenancy import acting
from tests.knowledge.search.conftest import entry

pytestmark = pytest.mark.django_db

WORD = "Obsidian"


@pytest.fixture
def one_for_each(put):
    return {
        audience: put(entry(f"{WORD} for {audience.value}", "Misspelling of quetzalcoatl", audience=audience))
        for audience in Audience
    }


@pytest.fixture
def elsewhere(put, cast):
    return put(entry(f"{WORD} of the rival"), tenant=cast.rival.tenant)


def titles(person, text=WORD, **more):
    return sorted(hit.title for hit in search(person, text, language="en", **more).hits)


def test_staff_find_everything(cast, acting_as, one_for_each, elsewhere):
    with acting_as(cast.acme.agent):
        assert titles(cast.acme.agent) == [f"{WORD} for {one}" for one in ("customers", "internal", "public")]


def test_contacts_find_what_customers_may_read(cast, acting_as, one_for_each, elsewhere):
    contact = cast.acme.big.contact
    with acting_as(contact):
        assert titles(contact) == [f"{WORD} for {one}" for one in ("customers", "public")]


def test_whoever_is_not_signed_in_finds_what_is_public(cast, one_for_each, elsewhere):
    with acting(tenant_id=cast.acme.tenant.pk):
        assert titles(None) == [f"{WORD} for public"]


def test_another_tenant_finds_its_own(cast, acting_as, one_for_each, elsewhere):
    with acting_as(cast.rival.agent):
        assert titles(cast.rival.agent) == [f"{WORD} of the rival"]


def test_nobody_anywhere_finds_nothing(cast, one_for_each):
    assert titles(None) == []
    assert titles(cast.acme.agent) == []


def test_the_door_keeps_the_rule_by_itself(cast, acting_as, one_for_each, elsewhere):
    """Asked past the code, and with the policies out of the way, as they are inside of it."""
    found = (
        "SELECT id FROM search_found(ARRAY['obsidian'], '{}', '{}', 'en', ARRAY['solution'],"
        " NULL, NULL, NULL, NULL, NULL, 50)"
    )

    def seen():
        with connection.cursor() as cursor:
            cursor.execute(found)
            return {pk for (pk,) in cursor.fetchall()}

    with acting_as(cast.acme.agent):
        ids = dict(IndexedEntry.objects.values_list("audience", "pk"))
        assert seen() == set(ids.values())
    with acting_as(cast.acme.big.contact):
        assert seen() == {ids["customers"], ids["public"]}
    with acting(tenant_id=cast.acme.tenant.pk):
        assert seen() == {ids["public"]}
    assert seen() == set()


def test_the_policy_keeps_the_rule_by_itself(cast, acting_as, one_for_each):
    def seen():
        return sorted(IndexedEntry.objects.values_list("audience", flat=True))

    with acting_as(cast.acme.big.contact):
        assert seen() == ["customers", "public"]
    with acting(tenant_id=cast.acme.tenant.pk):
        assert seen() == ["public"]
        assert set(Word.objects.values_list("audience", flat=True)) == {"public"}


def test_a_contact_writes_no_entry_and_removes_none(cast, acting_as, one_for_each):
    tenant = cast.acme.tenant.pk
    with acting_as(cast.acme.big.contact):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            index(tenant_id=tenant, kind="solution", object_id=99, entries=[entry()])
        forget(tenant_id=tenant, kind="solution", object_id=one_for_each[Audience.PUBLIC])
    with acting_as(cast.acme.agent):
        assert len(titles(cast.acme.agent)) == 3


def test_a_misspelling_is_corrected_only_by_words_that_the_reader_may_read(cast, acting_as, put):
    put(entry("Internal", "The zirconium ledger", audience=Audience.INTERNAL))
    contact, agent = cast.acme.big.contact, cast.acme.agent
    with acting_as(contact):
        assert search(contact, "zirconum", language="en").corrections == {}
    with acting_as(agent):
        assert search(agent, "zirconum", language="en").corrections == {"zirconum": "zirconium"}


def test_an_entry_is_opened_by_whoever_may_read_it(cast, acting_as, one_for_each):
    contact = cast.acme.big.contact
    with acting_as(contact):
        named = {"kind": "solution", "language": "en"}
        found = entry_for(contact, object_id=one_for_each[Audience.CUSTOMERS], **named)
        assert found.title == f"{WORD} for customers"
        for hidden in (one_for_each[Audience.INTERNAL], 987654321):
            with pytest.raises(Http404):
                entry_for(contact, object_id=hidden, **named)
