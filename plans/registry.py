"""What upper apps know about plans and features; they register it in ``AppConfig.ready``."""

from collections.abc import Callable, Collection
from typing import Generic, TypeVar

from plans.models import Feature, Plan

ThingT = TypeVar("ThingT")


class Uses(Generic[ThingT]):
    """Who needs a thing, in the order in which it was registered.

    Each is asked in the transaction that would retire the thing, acting for every account, and answers
    with a sentence that says who needs it and what to do, or with nothing.
    """

    def __init__(self) -> None:
        self._asked: list[Callable[[ThingT], str]] = []

    def register(self, ask: Callable[[ThingT], str]) -> None:
        if ask not in self._asked:
            self._asked.append(ask)

    def first_of(self, thing: ThingT) -> str:
        return next((answer for ask in self._asked if (answer := ask(thing))), "")


class Followers:
    """What else changes with the ranks of plans, in the same transaction."""

    def __init__(self) -> None:
        self._steps: list[Callable[[int, Collection[int]], None]] = []

    def register(self, step: Callable[[int, Collection[int]], None]) -> None:
        """:param step: is given the tenant and the plans whose ranks have changed, by id."""
        if step not in self._steps:
            self._steps.append(step)

    def tell(self, tenant_id: int, plan_ids: Collection[int]) -> None:
        for step in self._steps:
            step(tenant_id, plan_ids)


plan_uses: Uses[Plan] = Uses()
feature_uses: Uses[Feature] = Uses()
rank_followers = Followers()
