"""Drafts, and how nobody overwrites what they have not seen."""

import pytest

from knowledge.search.enums import Audience
from knowledge.solutions import actions
from knowledge.solutions.actions import Range, Words
from knowledge.solutions.actions.changes import open_revision
from knowledge.solutions.actions.writing import mark_of
from knowledge.solutions.enums import Stage, State
from knowledge.solutions.models import Revision, Solution, SolutionProduct
from plans.actions import add_version
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.history import history_of

pytestmark = pytest.mark.django_db

WORDS = Words(title="Other title", symptom="Other symptom", resolution="Other resolution")


def test_a_solution_begins_as_a_draft_for_staff_only(here, house, draft):
    solution = draft()
    assert (solution.reference, solution.state, solution.audience, solution.owner) == (
        "S-1",
        State.DRAFT,
        Audience.INTERNAL,
        house.agent,
    )
    assert (solution.drafts, solution.reviews, solution.stale) == (1, 0, 0)
    assert [entry.verb for entry in history_of(solution)] == ["drafted"]


def test_numbers_count_within_the_tenant(here, draft, cast):
    assert [draft().reference, draft().reference, draft(by=cast.rival.agent).reference] == [
        "S-1",
        "S-2",
        "S-1",
    ]


def test_a_contact_writes_none(house, acting_as):
    with acting_as(house.big.contact) as contact, pytest.raises(NotAllowed):
        actions.draft_solution(person=contact, language="en", words=WORDS)
    with acting_as(house.agent):
        assert not Solution.objects.exists()


def test_a_title_is_needed(here, house):
    with pytest.raises(Refused) as refused:
        actions.draft_solution(person=house.agent, language="en", words=Words(title="  "))
    assert refused.value.field == "title"
    assert not Solution.objects.exists()


def test_saving_again_writes_on_the_same_draft(here, house, draft, write):
    solution = draft()
    write(solution, title="Second", by=house.lead)
    [text] = Revision.objects.all()
    assert (text.number, text.title, text.saves, text.author) == (1, "Second", 2, house.lead)
    assert text.writers == sorted([house.agent.pk, house.lead.pk])


def test_the_next_text_leaves_the_published_one_as_it_is(here, published, write):
    solution = published()
    write(solution, title="Second")
    texts = Revision.objects.order_by("number").values_list("number", "stage", "title")
    assert list(texts) == [
        (1, Stage.PUBLISHED, "Posting stops at step 4"),
        (2, Stage.DRAFT, "Second"),
    ]


def test_nobody_overwrites_what_they_have_not_seen(here, house, draft, write):
    solution = draft()
    seen = mark_of(open_revision(solution, "en"))
    write(solution, title="Second", by=house.lead)
    with pytest.raises(Conflict, match="The Lead has saved this text meanwhile") as conflict:
        actions.save_draft(person=house.agent, solution=solution, language="en", words=WORDS, seen=seen)
    assert conflict.value.code == "changed"
    assert open_revision(solution, "en").title == "Second"


def test_two_do_not_begin_the_same_translation(here, house, published, write):
    solution = published()
    write(solution, "fr", by=house.lead)
    with pytest.raises(Conflict):
        actions.save_draft(person=house.agent, solution=solution, language="fr", words=WORDS, seen="")
    assert open_revision(solution, "fr").author == house.lead


def test_writing_on_a_text_ends_its_wait_for_a_review(here, house, draft, write):
    solution = draft()
    seen = mark_of(open_revision(solution, "en"))
    actions.ask_review(person=house.agent, solution=solution, language="en", seen=seen)
    write(solution, by=house.lead)
    assert open_revision(solution, "en").stage == Stage.DRAFT


def test_a_discarded_draft_leaves_what_is_published(here, house, published, write):
    solution = published()
    text = write(solution, title="Second")
    actions.discard_draft(person=house.lead, solution=solution, language="en", seen=mark_of(text))
    assert [one.stage for one in Revision.objects.all()] == [Stage.PUBLISHED]
    solution.refresh_from_db()
    assert solution.drafts == 0


def test_the_first_text_of_a_solution_is_not_discarded(here, house, draft):
    solution = draft()
    seen = mark_of(open_revision(solution, "en"))
    with pytest.raises(Refused):
        actions.discard_draft(person=house.agent, solution=solution, language="en", seen=seen)
    assert Revision.objects.count() == 1


def test_a_range_goes_from_an_older_version_to_a_newer(here, house):
    older, newer = (
        add_version(product=house.ledger, name=name, actor=house.admin) for name in ("2.0", "3.0")
    )

    def drafted(since, until):
        ranges = [Range(product=house.ledger.pk, since=since.pk, until=until.pk)]
        return actions.draft_solution(person=house.agent, language="en", words=WORDS, ranges=ranges)

    drafted(older, newer)
    with pytest.raises(Refused) as refused:
        drafted(newer, older)
    assert refused.value.field == f"until_{house.ledger.pk}"
    [kept] = SolutionProduct.objects.all()
    assert (kept.since_version, kept.until_version) == (older, newer)


def test_a_version_of_another_product_is_refused(here, house):
    other = add_version(product=house.store, name="9.0", actor=house.admin)
    ranges = [Range(product=house.ledger.pk, since=other.pk)]
    with pytest.raises(Refused):
        actions.draft_solution(person=house.agent, language="en", words=WORDS, ranges=ranges)


def test_a_translation_is_of_what_is_published(here, published, write):
    solution = published()
    write(solution, title="Second")
    translated = write(solution, "fr")
    assert (translated.source.language, translated.source.number) == ("en", 1)
