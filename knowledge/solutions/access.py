"""The doors: a solution for a reader, or the 404 of what does not exist."""

from django.http import Http404

from knowledge.solutions.models import Flag, Revision, Solution
from portal.identity.models import Membership, Tenant


def solution_for(person: Membership, reference: str) -> Solution:
    """A solution that the person may see: any for staff, what is published for them for contacts."""
    found = Solution.objects.visible_to(person).filter(reference=reference)
    return _or_nothing(found.select_related("owner__user").first())


def solution_for_reader(tenant: Tenant | None, person: Membership | None, reference: str) -> Solution:
    """As :func:`solution_for`; who isn't signed in reads what is public."""
    if person is not None:
        return solution_for(person, reference)
    if tenant is None:
        raise Http404
    return _or_nothing(Solution.objects.public_in(tenant.pk).filter(reference=reference).first())


def text_for(person: Membership, reference: str, language: str, number: int) -> Revision:
    """One text of a solution, for staff."""
    solution = solution_for(person, reference)
    texts = Revision.objects.filter(tenant_id=person.tenant_id, solution=solution, language=language)
    text = texts.filter(number=number).select_related("author__user", "reviewer__user").first()
    if text is None:
        raise Http404
    text.solution = solution
    return text


def flag_for(person: Membership, reference: str, pk: int) -> Flag:
    """A flag that is still open, for staff."""
    solution = solution_for(person, reference)
    flags = Flag.objects.filter(tenant_id=person.tenant_id, solution=solution, resolved_at=None, pk=pk)
    flag = flags.first()
    if flag is None:
        raise Http404
    flag.solution = solution
    return flag


def _or_nothing(solution: Solution | None) -> Solution:
    if solution is None:
        raise Http404
    return solution
