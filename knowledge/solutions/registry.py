"""What upper apps do when what readers find changes, and what they know of a solution; they register it in
``AppConfig.ready``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedIn:
    """Something to download with which the problem of a solution is gone, in the reader's language.

    :param about: what it is, in a few words.
    :param remark: where readers can't have it yet, why.
    """

    reference: str
    title: str
    language: str
    about: str
    version: str
    remark: str
    url: str


Finder = Callable[[Membership, Solution], Sequence[FixedIn]]


class Finders:
    """Each gives what the person may have of what fixes a solution."""

    def __init__(self) -> None:
        self._finders: list[Finder] = []

    def register(self, finder: Finder) -> None:
        if finder not in self._finders:
            self._finders.append(finder)

    def of(self, person: Membership, solution: Solution) -> list[FixedIn]:
        return [found for finder in self._finders for found in finder(person, solution)]


fixes = Finders()
opened = Readers()
