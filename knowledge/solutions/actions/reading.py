"""What readers say of a solution."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge.solutions import rules
from knowledge.solutions.actions.changes import locked, published_revision, require, saved, told
from knowledge.solutions.enums import Reason
from knowledge.solutions.models import Flag, Solution, Verdict
from knowledge.solutions.telling import tell_flagged
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.identity.models import Membership


@transaction.atomic
def say_verdict(
    *,
    person: Membership,
    solution: Solution,
    language: str,
    helped: bool,
    reason: Reason | None = None,
    text: str = "",
    at: datetime | None = None,
) -> Verdict:
    """Whether the published text in a language helped the person; said again, it is what counts.

    A trigger counts it on the solution, which readers may not write.

    :raises Refused: it did not help, and no reason is given.
    """
    revision = published_revision(solution, language)
    if revision is None or not rules.may_judge(person, solution):
        raise NotAllowed(_("Only what is published can be judged."))
    if not helped and reason is None:
        raise Refused(_("Say why it did not help, so that it can be made better."), field="reason")
    said = {
        "helped": helped,
        "reason": "" if helped else reason,
        "text": "" if helped else text,
        "at": at or timezone.now(),
    }
    verdict, _made = Verdict.objects.update_or_create(
        tenant_id=person.tenant_id,
        revision=revision,
        person=person,
        defaults={**said, "account_id": person.account_id, "solution": solution},
    )
    return verdict


@transaction.atomic
def raise_flag(*, person: Membership, solution: Solution, text: str, at: datetime | None = None) -> Flag:
    """Something in it is wrong: its owner is told, and whoever works on solutions should look."""
    require(rules.writes_solutions, person)
    if not text.strip():
        raise Refused(_("Say what is wrong with it."), field="text")
    solution, at = locked(solution), at or timezone.now()
    flag = Flag.objects.create(
        tenant_id=solution.tenant_id, solution=solution, text=text, raised_by=person, raised_at=at
    )
    solution.flags_open += 1
    told(solution, "flagged", person, at=at, reason=text)
    saved(solution, at=at)
    tell_flagged(flag, by=person, at=at)
    return flag


@transaction.atomic
def resolve_flag(*, person: Membership, flag: Flag, answer: str, at: datetime | None = None) -> Flag:
    """Somebody has looked at what was said to be wrong; ``answer`` says what became of it."""
    require(rules.writes_solutions, person)
    if not answer.strip():
        raise Refused(_("Say what became of it."), field="answer")
    solution, at = locked(flag.solution), at or timezone.now()
    flag = Flag.objects.select_for_update().get(tenant_id=flag.tenant_id, pk=flag.pk)
    if flag.resolved_at is not None:
        raise Conflict(_("A colleague has looked at this meanwhile."))
    flag.answer, flag.resolved_by, flag.resolved_at = answer, person, at
    flag.save(update_fields=["answer", "resolved_by", "resolved_at"])
    solution.flags_open -= 1
    told(solution, "unflagged", person, at=at, reason=answer)
    saved(solution, at=at)
    return flag
