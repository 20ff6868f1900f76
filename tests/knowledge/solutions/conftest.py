"""Solutions of Acme at any stage: written by the agent, published by the other."""

from collections.abc import Callable
from typing import Any

import pytest

from knowledge.search.enums import Audience
from knowledge.solutions.actions import Range
from knowledge.solutions.models import Revision, Solution
from tests.cast import Cast, House
from tests.knowledge.solutions import making


@pytest.fixture
def house(cast: Cast) -> House:
    return cast.acme


@pytest.fixture
def draft(house: House) -> Callable[..., Solution]:
    """``draft(title=…, language=…, audience=…)``: a new solution for Ledger."""

    def make(
        *, language: str = "en", audience: Audience = Audience.INTERNAL, by: Any = None, **words: str
    ) -> Solution:
        ranges = [] if by else [Range(product=house.ledger.pk)]
        said = making.words(**words)
        return making.draft(by or house.agent, language=language, said=said, audience=audience, ranges=ranges)

    return make


@pytest.fixture
def write(house: House) -> Callable[..., Revision]:
    """``write(solution, "fr", title=…)``: on the draft in a language."""

    def make(solution: Solution, language: str = "en", *, by: Any = None, **words: str) -> Revision:
        return making.write(by or house.agent, solution, language, making.words(**words))

    return make


@pytest.fixture
def publish(house: House) -> Callable[..., Revision]:
    """``publish(solution, "fr")``: past the other agent."""

    def make(solution: Solution, language: str = "en", *, critical: bool = False) -> Revision:
        return making.publish(house.agent, house.other_agent, solution, language, critical=critical)

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
