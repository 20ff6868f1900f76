"""What others do when what readers find changes; they register it in ``AppConfig.ready``."""

from collections.abc import Callable

from knowledge.solutions.models import Revision, Solution
from portal.identity.models import Membership

Step = Callable[[Solution, Revision | None], None]


class Registry:
    """Steps in the order in which they were registered.

    Each runs in the transaction of the change, acting for every account, with the solution as it is from
    now on. It is given the revision that is published by it, or none where the solution was retired,
    restored, or given other readers or products.
    """

    def __init__(self) -> None:
        self._steps: list[Step] = []

    def register(self, step: Step) -> None:
        if step not in self._steps:
            self._steps.append(step)

    def tell(self, solution: Solution, revision: Revision | None = None) -> None:
        for step in self._steps:
            step(solution, revision)


Reading = Callable[[Membership, Solution], None]


class Readers:
    """What is noted when a person opens a published solution, in the transaction of their request."""

    def __init__(self) -> None:
        self._steps: list[Reading] = []

    def register(self, step: Reading) -> None:
        if step not in self._steps:
            self._steps.append(step)

    def tell(self, person: Membership, solution: Solution) -> None:
        for step in self._steps:
            step(person, solution)


published = Registry()
opened = Readers()
