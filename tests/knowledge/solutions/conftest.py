"""Solutions of Acme at any stage, made through the actions: written by the agent, published by the other."""

from collections.abc import Callable
from typing import Any

import pytest

from knowledge.search.enums import Audience
from knowledge.solutions import actions
from knowledge.solutions.actions import Range, Words
from knowledge.solutions.actions.changes import open_revision
from knowledge.solutions.actions.writing import mark_of
from knowledge.solutions.models import Revision, Solution
from tests.cast import Cast, House

WORDS = Words(
    title="Posting stops at step 4",
    symptom="The run stops.",
    cause="A lock.",
    resolution="Release the lock.",
)


@pytest.fixture
def house(cast: Cast) -> House:
    return cast.acme


@pytest.fixture
def draft(house: House, acting_as: Any) -> Callable[..., Solution]:
    """``draft(title=…, language=…, audience=…)``: a new solution for Ledger, by the agent."""

    def make(
        *, language: str = "en", audience: Audience = Audience.INTERNAL, by: Any = None, **words: str
    ) -> Solution:
        person = by or house.agent
        with acting_as(person):
            return actions.draft_solution(
                person=person,
                language=language,
                words=Words(**{**_as_given(WORDS), **words}),
                ranges=[Range(product=house.ledger.pk)] if person.tenant_id == house.tenant.pk else (),
                audience=audience,
            )

    return make


@pytest.fixture
def write(house: House, acting_as: Any) -> Callable[..., Revision]:
    """``write(solution, "fr", title=…)``: on the draft in a language, by the agent."""

    def make(solution: Solution, language: str = "en", *, by: Any = None, **words: str) -> Revision:
        person = by or house.agent
        with acting_as(person):
            return actions.save_draft(
                person=person,
                solution=solution,
                language=language,
                words=Words(**{**_as_given(WORDS), **words}),
                seen=mark_of(open_revision(solution, language)),
            )

    return make


@pytest.fixture
def publish(house: House, acting_as: Any) -> Callable[..., Revision]:
    """``publish(solution, "fr")``: past the other agent."""

    def make(solution: Solution, language: str = "en", *, by: Any = None, critical: bool = False) -> Revision:
        asks, person = house.agent, by or house.other_agent
        with acting_as(asks):
            seen = mark_of(open_revision(solution, language))
            actions.ask_review(person=asks, solution=solution, language=language, seen=seen)
        with acting_as(person):
            revision = actions.publish(
                person=person, solution=solution, language=language, seen=seen, critical=critical
            )
        with acting_as(house.agent):
            solution.refresh_from_db()
        return revision

    return make


@pytest.fixture
def published(draft: Callable[..., Solution], publish: Callable[..., Revision]) -> Callable[..., Solution]:
    """``published(audience=…, title=…)``"""

    def make(**given: Any) -> Solution:
        solution = draft(**given)
        publish(solution, solution.language)
        return solution

    return make


@pytest.fixture
def here(house: House, acting_in: Any) -> Any:
    """The whole test acts for Acme's staff."""
    with acting_in(house.tenant):
        yield


def _as_given(words: Words) -> dict[str, str]:
    return {name: getattr(words, name) for name in ("title", "symptom", "cause", "resolution")}
