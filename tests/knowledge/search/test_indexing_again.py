"""Everything is indexed anew from what the apps have, and nothing else becomes of it."""

import pytest
from django.core.management import CommandError, call_command

from knowledge.search import indexers
from knowledge.search.actions import forget
from knowledge.search.enums import Audience
from knowledge.search.models import IndexedEntry
from knowledge.search.queries import search
from knowledge.solutions.models import Solution
from tests.knowledge.solutions import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def solved(cast):
    """Three published solutions and a draft at Acme, one at its rival."""

    def make(house, title, *, drafted=False):
        made = making.draft(house.agent, said=making.words(title=title), audience=Audience.CUSTOMERS)
        if not drafted:
            making.publish(house.agent, house.other_agent, made)
        return made

    titles = ("Posting stops", "Printing stops", "Closing stops")
    made = [make(cast.acme, title) for title in titles]
    make(cast.acme, "Drafted", drafted=True)
    make(cast.rival, "Rival stops")
    return made


def entries():
    columns = ("kind", "object_id", "language", "title", "text", "codes", "words", "audience", "dated_at")
    return list(IndexedEntry.objects.order_by("object_id", "language").values_list(*columns))


def again(**options):
    call_command("index_again", **options)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(indexers, "BATCH", 2)


def test_what_was_lost_or_is_out_of_date_is_as_it_was(cast, solved, acting_in, capsys):
    with acting_in(cast.acme.tenant):
        before = entries()
        forget(tenant_id=cast.acme.tenant.pk, kind="solution", object_id=solved[0].pk)
        IndexedEntry.objects.filter(object_id=solved[1].pk).update(words="", codes=[])
        assert entries() != before
    again()
    with acting_in(cast.acme.tenant):
        assert entries() == before
        hits = search(cast.acme.big.contact, "posting", language="en").hits
        assert [hit.title for hit in hits] == ["Posting stops"]
    assert "acme: solution 4" in capsys.readouterr().out


def test_twice_changes_nothing_and_a_draft_stays_out_of_sight(cast, solved, acting_in):
    for _time in range(2):
        again()
        with acting_in(cast.acme.tenant):
            assert [title for _k, _i, _l, title, *_ in entries()] == [
                "Posting stops",
                "Printing stops",
                "Closing stops",
            ]


def test_only_one_portal_where_one_is_named(cast, solved, acting_in, capsys):
    label = cast.rival.tenant.label
    with acting_in(cast.acme.tenant):
        IndexedEntry.objects.all().delete()
    again(portal=label)
    assert capsys.readouterr().out == f"{label}: solution 1\n"
    with acting_in(cast.acme.tenant):
        assert entries() == []
    with pytest.raises(CommandError, match="no portal nothing"):
        again(portal="nothing")


def test_each_is_indexed_with_its_row_locked(cast, solved, monkeypatch, acting_in):
    seen = []
    indexer = indexers.Indexer(
        kind="solution",
        objects=lambda tenant: Solution.objects.filter(tenant_id=tenant.pk),
        entries=lambda row: seen.append(row.pk) or [],
    )
    monkeypatch.setattr(indexers, "_indexers", {"solution": indexer})
    monkeypatch.setattr(
        Solution.objects.all().__class__,
        "select_for_update",
        lambda rows, **how: seen.append(how) or rows,
    )
    list(indexers.index_again(cast.rival.tenant))
    assert (seen[0], len(seen)) == ({"no_key": True}, 2)


def test_what_has_gone_meanwhile_is_found_no_more(cast, solved, monkeypatch, acting_in):
    gone = solved[0].pk

    def objects(tenant):
        calls.append(tenant)
        rows = Solution.objects.filter(tenant_id=tenant.pk)
        return rows if len(calls) == 1 else rows.exclude(pk=gone)

    calls = []
    indexer = indexers.Indexer(kind="solution", objects=objects, entries=lambda row: [])
    monkeypatch.setattr(indexers, "_indexers", {"solution": indexer})
    monkeypatch.setattr(indexers, "BATCH", 9)
    assert list(indexers.index_again(cast.acme.tenant)) == [("solution", 3)]
    with acting_in(cast.acme.tenant):
        assert gone not in {entry[1] for entry in entries()}
