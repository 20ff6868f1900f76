"""What contacts do with what they were told: read it, acknowledge it, and say what became of it.

Staff whom a customer told say that for them.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
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
    loop: Loop,
    standing: Standing,
    exposures: Collection[int] | None = None,
    note: str = "",
    at: datetime | None = None,
) -> Loop:
    """What became of it at an account, by a contact there or by staff whom they told; the last word counts.

    Nobody at the account has read anything because staff say so.

    :param exposures: the ids of those that it is said of; None for all of the account's.
    :param note: how staff know it; the customer reads it.
    :raises Refused: the account has nothing that may be affected.
    """
    if not rules.speaks_for(person, loop):
        raise NotAllowed(_("Contacts say what became of it at their account, and staff who look after it."))
    at, notice, note = at or timezone.now(), loop.notice, note.strip()
    loop = Loop.objects.select_for_update(no_key=True).get(tenant_id=person.tenant_id, pk=loop.pk)
    own = exposures_of(loop)
    said = own if exposures is None else own.filter(pk__in=exposures)
    changed = said.exclude(_said_already(person, standing, note)).update(
        standing=standing, said_by=person, said_at=at, note=note
    )
    if not changed and not said.exists():
        raise Refused(_nothing_to_say(person))
    if changed:
        _settle(loop, set(own.values_list("standing", flat=True)), at)
        if person.is_contact:
            _note_word(person, notice, standing, at)
        data = {"reference": notice.reference, "standing": standing, "number": changed, "note": note}
        record(loop, "said" if person.is_contact else "said_for", person, at=at, **data)
    return loop


def standing_of(standings: Collection[str]) -> Standing:
    """An account is exposed as long as anything is; fixed where anything was; else it is not affected."""
    return next((one for one in Standing if one in standings), Standing.NOT_AFFECTED)


def _said_already(person: Membership, standing: Standing, note: str) -> Q:
    """What would only be repeated. A contact's own word takes the place of the same one from staff."""
    same = Q(standing=standing, said_at__isnull=False)
    if note:
        same &= Q(note=note)
    return same & Q(said_by__account=person.account_id) if person.is_contact else same


def _nothing_to_say(person: Membership) -> str:
    if person.is_contact:
        return _("None of your installations is affected, so there is nothing to say.")
    return _("Nothing of this customer’s is affected there. Choose from what stands on this page.")


def _settle(loop: Loop, standings: Collection[str], at: datetime) -> None:
    """The account's standing has its time from when it began to stand so."""
    standing = standing_of(standings)
    if loop.standing != standing:
        loop.standing = standing
        loop.settled_at = None if standing == Standing.EXPOSED else at
        loop.save(update_fields=["standing", "settled_at"])


def _note_word(person: Membership, notice: Notice, standing: Standing, at: datetime) -> None:
    """On the person's own row, where they were told; whoever says what became of it has read it."""
    _note(person, notice, "read", at)
    _note(person, notice, "acknowledged", at)
    if column := _OWN_WORD.get(standing):
        own_recipient(person, notice).filter(**{column: None}).update(**{column: at})


def _note(person: Membership, notice: Notice, step: str, at: datetime | None) -> bool:
    """The first time that a recipient comes to a step, it is counted at their account.

    The loop is locked before the recipient, as by who speaks: so nobody waits for another in a circle.
    """
    column = f"{step}_at"
    own = own_recipient(person, notice).filter(**{column: None})
    if not own.exists():
        return False
    loop = own_loop(person, notice)
    loop.select_for_update(no_key=True).get()
    values = {column: at or timezone.now(), **({"remind_at": None} if step == "read" else {})}
    first = own.update(**values) > 0
    if first:
        loop.update(**{step: F(step) + 1})
    return first
