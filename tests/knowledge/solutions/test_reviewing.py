"""A second person reads before readers do; translations tell when they are behind."""

import pytest

from knowledge.solutions import actions
from knowledge.solutions.actions.changes import open_revision
from knowledge.solutions.actions.writing import mark_of
from knowledge.solutions.enums import Stage, State
from knowledge.solutions.models import Revision
from knowledge.solutions.registry import published as followers
from portal.core.errors import Conflict, NotAllowed, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch):
    """What others were told, in their order: the solution, and the number of the text or none."""
    heard = []
    monkeypatch.setattr(followers, "_steps", [])
    followers.register(lambda solution, text: heard.append((solution.state, text and text.number)))
    return heard


def reviewed(person, solution, language="en"):
    seen = mark_of(open_revision(solution, language))
    actions.ask_review(person=person, solution=solution, language=language, seen=seen)
    return seen


def publish_as(person, solution, seen, language="en"):
    return actions.publish(person=person, solution=solution, language=language, seen=seen, critical=False)


def test_a_second_person_publishes(here, house, draft, told):
    solution = draft()
    text = publish_as(house.other_agent, solution, reviewed(house.agent, solution))
    solution.refresh_from_db()
    assert (solution.state, solution.drafts, solution.reviews) == (State.PUBLISHED, 0, 0)
    assert (text.stage, text.reviewer, text.published_at) == (
        Stage.PUBLISHED,
        house.other_agent,
        solution.published_at,
    )
    assert told == [(State.PUBLISHED, 1)]


@pytest.mark.parametrize("role", ["lead", "admin", "csm"])
def test_nobody_publishes_what_they_wrote_whatever_their_role(here, house, draft, write, role, told):
    solution, person = draft(), getattr(house, role)
    write(solution, by=person)
    seen = reviewed(house.agent, solution)
    with pytest.raises(NotAllowed, match="You wrote on this text"):
        publish_as(person, solution, seen)
    assert open_revision(solution, "en").stage == Stage.REVIEW
    assert told == []


def test_an_earlier_writer_is_no_second_person_either(here, house, draft, write):
    solution = draft()
    write(solution, by=house.lead)
    seen = reviewed(house.lead, solution)
    with pytest.raises(NotAllowed):
        publish_as(house.agent, solution, seen)


def test_a_contact_publishes_nothing(here, house, draft):
    solution = draft()
    seen = reviewed(house.agent, solution)
    with pytest.raises(NotAllowed):
        publish_as(house.big.admin, solution, seen)


def test_a_draft_that_waits_for_no_review_is_not_published(here, house, draft):
    solution = draft()
    with pytest.raises(Conflict):
        publish_as(house.lead, solution, mark_of(open_revision(solution, "en")))
    solution.refresh_from_db()
    assert solution.state == State.DRAFT


def test_what_was_saved_since_is_not_published_unseen(here, house, draft, write):
    solution = draft()
    seen = reviewed(house.agent, solution)
    write(solution, title="Slipped in")
    reviewed(house.agent, solution)
    with pytest.raises(Conflict, match="The Agent has saved this text meanwhile"):
        publish_as(house.lead, solution, seen)


@pytest.mark.parametrize("missing", ["symptom", "resolution"])
def test_readers_need_a_symptom_and_a_resolution(here, house, draft, missing):
    solution = draft(**{missing: " "})
    with pytest.raises(Refused):
        reviewed(house.agent, solution)
    assert open_revision(solution, "en").stage == Stage.DRAFT


def test_a_text_is_sent_back_with_a_reason(here, house, draft):
    solution = draft()
    seen = reviewed(house.agent, solution)
    asked = {"person": house.lead, "solution": solution, "language": "en", "seen": seen}
    with pytest.raises(Refused):
        actions.send_back(**asked, reason="")
    actions.send_back(**asked, reason="Which log?")
    assert open_revision(solution, "en").stage == Stage.DRAFT
    solution.refresh_from_db()
    assert (solution.drafts, solution.reviews) == (1, 0)


def test_the_text_before_is_kept_and_the_translation_stale(here, house, published, write, publish):
    solution = published()
    write(solution, "fr")
    publish(solution, "fr")
    assert solution.stale == 0
    write(solution, title="Second")
    assert Revision.objects.get(language="fr").source.stage == Stage.PUBLISHED
    publish(solution)
    assert solution.stale == 1
    stages = Revision.objects.order_by("language", "number").values_list("language", "number", "stage")
    assert list(stages) == [
        ("en", 1, Stage.SUPERSEDED),
        ("en", 2, Stage.PUBLISHED),
        ("fr", 1, Stage.PUBLISHED),
    ]
    write(solution, "fr", title="Deuxième")
    publish(solution, "fr")
    assert solution.stale == 0


def test_a_translation_waits_for_what_it_translates(here, house, draft, write):
    solution = draft()
    write(solution, "fr")
    seen = reviewed(house.agent, solution, "fr")
    with pytest.raises(Refused, match="Publish the text that this one translates first"):
        publish_as(house.lead, solution, seen, "fr")


def test_it_is_critical_when_the_second_person_says_so(here, draft, publish):
    solution = draft()
    publish(solution, critical=True)
    assert solution.critical


def test_retired_and_restored_it_is_as_it_was(here, house, published, told):
    solution = published()
    with pytest.raises(NotAllowed):
        actions.retire(person=house.agent, solution=solution, reason="Old")
    actions.retire(person=house.lead, solution=solution, reason="Old")
    solution.refresh_from_db()
    assert solution.state == State.RETIRED
    with pytest.raises(NotAllowed):
        actions.restore(person=house.csm, solution=solution)
    actions.restore(person=house.admin, solution=solution)
    solution.refresh_from_db()
    assert solution.state == State.PUBLISHED
    assert told == [(State.PUBLISHED, 1), (State.RETIRED, None), (State.PUBLISHED, None)]


def test_a_retired_draft_is_a_draft_again(here, house, draft, told):
    solution = draft()
    seen = mark_of(open_revision(solution, "en"))
    actions.retire(person=house.lead, solution=solution, reason="")
    with pytest.raises(Refused, match="is retired"):
        actions.ask_review(person=house.agent, solution=solution, language="en", seen=seen)
    actions.restore(person=house.lead, solution=solution)
    solution.refresh_from_db()
    assert solution.state == State.DRAFT
    assert told == []
