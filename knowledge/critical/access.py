"""Doors: what a person may open of critical solutions, or the 404 of what does not exist."""

from django.http import Http404

from knowledge.critical import rules
from knowledge.critical.models import Loop, Notice
from knowledge.solutions.models import Solution
from portal.identity.models import Membership


def notice_for(person: Membership, reference: str) -> Notice:
    """The latest of a solution; for contacts, if their account is concerned by it."""
    notices = Notice.objects.visible_to(person).filter(reference=reference)
    notice = notices.select_related("published_by__user").order_by("-id").first()
    if notice is None:
        raise Http404
    return notice


def loop_for(person: Membership, reference: str, key: str) -> Loop:
    """What became of the latest notice at an account: of staff, who may see that account."""
    notice = notice_for(person, reference)
    loops = Loop.objects.visible_to(person).filter(notice=notice, account__key=key)
    loop = loops.select_related("account").first() if rules.watches_loops(person) else None
    if loop is None:
        raise Http404
    loop.notice = notice
    return loop


def solution_to_tell(person: Membership, reference: str) -> Solution:
    """For whoever decides that customers are told."""
    solutions = Solution.objects.visible_to(person).filter(reference=reference)
    solution = solutions.first() if rules.tells_customers(person) else None
    if solution is None:
        raise Http404
    return solution
