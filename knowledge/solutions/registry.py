"""What upper apps do when what readers find changes, and what they know of a solution."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.solutions.models import Revision, Solution
from portal.core.registry import Registry
from portal.identity.models import Membership

published = Registry[[Solution, Revision | None], None]()
"""Told in the transaction of the change, acting for every account, with the solution as it is from now on and
the revision that is published by it; or none where the solution was retired, restored, or given other readers
or products."""
opened = Registry[[Membership, Solution], None]()
"""A person opens a published solution; told in the transaction of their request."""


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


fixes = Registry[[Membership, Solution], Sequence[FixedIn]]()
"""What the person may have of what fixes a solution."""


def fixes_of(person: Membership, solution: Solution) -> list[FixedIn]:
    return [found for answer in fixes.ask(person, solution) for found in answer]
