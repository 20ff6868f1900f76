"""What contacts do with what they were told: read it, acknowledge it, and say what became of it."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge.critical import rules
from knowledge.critical.enums import Standing
from knowledge.critical.models import Loop, Notice
from knowledge.critical.queries import exposures_of, last_notice, own_loop, own_recipient
from knowledge.releases.models import Release, ReleaseFix
from knowledge.solutions.models import Solution
from portal.core.errors import NotAllowed, Refused
from portal.core.history import record
from portal.identity.models import Membership

_OWN_WORD = {Standing.FIXED: "fixed_at", Standing.NOT_AFFECTED: "not_affected_at"}


@transaction.atomic
def mark_read(*, person: Membership, notice: Notice, at: datetime | None = None) -> None:
    """Note when the person first opened it."""
    _note(person, notice, "read", at)


def note_opened(person: Membership, solution: Solution) -> None:
    """The person has opened the solution itself, which is reading what they were told of it."""
    if solution.critical and rules.answers_for_account(person):
        notice = last_notice(person, solution.pk)
        if notice is not None:
            mark_read(person=person, notice=notice)


@transaction.atomic
def acknowledge(*, person: Membership, notice: Notice, at: datetime | None = None) -> None:
    """The person says that they have read it."""
    _note(person, notice, "read", at)
    if _note(person, notice, "acknowledged", at):
        record(own_loop(person, notice).get(), "acknowledged", person, at=at, reference=notice.reference)


@transaction.atomic
def note_download(*, person: Membership, solution_id: int, at: datetime | None = None) -> bool:
    """The person has downloaded what repairs the problem.

    It closes nothing: what is downloaded is not installed yet. Returns whether they had been told, and it was
    the first time.
    """
    notice = last_notice(person, solution_id)
    return notice is not None and _note(person, notice, "downloaded", at)


def note_fetched(person: Membership, release: Release) -> None:
    """The person has downloaded a release: of each critical solution that it fixes, this is noted."""
    if rules.answers_for_account(person):
        fixes = ReleaseFix.objects.filter(tenant_id=person.tenant_id, release=release)
        for solution_id in fixes.order_by("solution_id").values_list("solution_id", flat=True):
            note_download(person=person, solution_id=solution_id)


@transaction.atomic
def say(
    *,
    person: Membership,
    notice: Notice,
    standing: Standing,
    exposures: Collection[int] | None = None,
    at: datetime | None = None,
) -> Loop:
    """What became of it at the person's account; said again, the last word counts.

    :param exposures: the ids of those that it is said of; None for all of the account's.
    :raises Refused: the account has nothing that may be affected.
    """
    if not rules.answers_for_account(person):
        raise NotAllowed(_("Contacts say what became of it at their account."))
    at, loop = at or timezone.now(), own_loop(person, notice).select_for_update(no_key=True).get()
    own = exposures_of(loop)
    said = own if exposures is None else own.filter(pk__in=exposures)
    closed = standing != Standing.EXPOSED
    changed = said.exclude(standing=standing).update(
        standing=standing, said_by=person if closed else None, said_at=at if closed else None
    )
    if not changed and not said.exists():
        raise Refused(_("None of your installations is affected, so there is nothing to say."))
    if changed:
        _settle(loop, set(own.values_list("standing", flat=True)), at)
        _note_word(person, notice, standing, at)
        record(loop, "said", person, at=at, reference=notice.reference, standing=standing, number=changed)
    return loop


def standing_of(standings: Collection[str]) -> Standing:
    """An account is exposed as long as anything is; fixed where anything was; else it is not affected."""
    return next((one for one in Standing if one in standings), Standing.NOT_AFFECTED)


def _settle(loop: Loop, standings: Collection[str], at: datetime) -> None:
    loop.standing = standing_of(standings)
    loop.settled_at = None if loop.standing == Standing.EXPOSED else at
    loop.save(update_fields=["standing", "settled_at"])


def _note_word(person: Membership, notice: Notice, standing: Standing, at: datetime) -> None:
    """On the person's own row, where they were told; whoever says what became of it has read it."""
    _note(person, notice, "read", at)
    _note(person, notice, "acknowledged", at)
    if column := _OWN_WORD.get(standing):
        own_recipient(person, notice).filter(**{column: None}).update(**{column: at})


def _note(person: Membership, notice: Notice, step: str, at: datetime | None) -> bool:
    """The first time that a recipient comes to a step, it is counted at their account."""
    column = f"{step}_at"
    values = {column: at or timezone.now(), **({"remind_at": None} if step == "read" else {})}
    first = own_recipient(person, notice).filter(**{column: None}).update(**values) > 0
    if first:
        own_loop(person, notice).update(**{step: F(step) + 1})
    return first
