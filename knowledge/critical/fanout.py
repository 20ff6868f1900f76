"""Telling the audience of a notice: batch by batch, each in a transaction of its own.

A batch writes its recipients, their notifications and where it ended together, so whoever goes on after a
worker has died tells nobody twice and leaves nobody out.
"""

from collections.abc import Sequence
from datetime import datetime
from time import monotonic
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from knowledge.critical.actions.publishing import TELL
from knowledge.critical.audience import Judged, Wish
from knowledge.critical.enums import NoticeState
from knowledge.critical.gathering import WISH, holders, judged, registered_in
from knowledge.critical.models import Notice
from knowledge.critical.scopes import from_json
from knowledge.critical.store import store
from knowledge.critical.telling import events_of, occurrences_of
from notifications.actions import notify_many
from notifications.webhooks.actions import tell_webhooks_many
from portal.core import doors
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.core.waking import waker_of
from portal.identity.models import Account, Membership

PEOPLE = 1000
ACCOUNTS = 200
"""In one batch, at most."""
SLICE = 0.5
"""Seconds after which a worker lets other work go first: an alert waits no longer than this and a batch."""


class _Batch(NamedTuple):
    """``ends_within``: the last account has more people than the batch holds."""

    accounts: Sequence[Account]
    registered: Sequence[tuple[int, Wish]]
    ends_within: bool


def tell_due(*, people: int = PEOPLE, accounts: int = ACCOUNTS) -> int:
    """Go on with whatever notices are to be told, for a slice of time. Returns how many people were told."""
    began, total = monotonic(), 0
    while running := doors.ask("critical_notices_to_tell", 5):
        told = [_next_batch(tenant_id, pk, people, accounts, at=timezone.now()) for tenant_id, pk in running]
        if all(one is None for one in told):
            break
        total += sum(one or 0 for one in told)
        if monotonic() - began > SLICE:
            waker_of(TELL)()
            break
    return total


def tell_all(notice: Notice, *, at: datetime) -> None:
    """Everybody at once, as if it were ``at``: for who makes up a history."""
    while _next_batch(notice.tenant_id, notice.pk, PEOPLE, ACCOUNTS, at=at) is not None:
        pass


def _next_batch(tenant_id: int, pk: int, people: int, accounts: int, *, at: datetime) -> int | None:
    """How many were told; None where another worker is at it."""
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        free = Notice.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        notice = free.filter(tenant_id=tenant_id, pk=pk, state=NoticeState.TELLING).first()
        if notice is None:
            return None
        batch = _following(notice, max(people, len(notice.products) + 1), accounts)
        found = judged(tenant_id, batch.accounts, from_json(notice.scope), batch.registered, at=at)
        covered = [one for one in found if one.refused is None]
        told = _tell(notice, covered, at)
        _move_on(notice, batch, told, at, last=len(batch.accounts) < accounts and not batch.ends_within)
        return told


def _following(notice: Notice, people: int, most: int) -> _Batch:
    """The next accounts, as many as have so many registrations together; a large one is told in parts."""
    begun = notice.after_person > 0
    after = Q(pk__gte=notice.after_account) if begun else Q(pk__gt=notice.after_account)
    accounts = list(holders(notice.tenant_id, notice.products).filter(after)[:most])
    rows = registered_in(notice.tenant_id, [one.pk for one in accounts], notice.products)
    if begun:
        rows = rows.filter(Q(account_id__gt=notice.after_account) | Q(person_id__gt=notice.after_person))
    found = [(account_id, Wish(*row)) for account_id, *row in rows.values_list("account_id", *WISH)[:people]]
    if len(found) < people:
        return _Batch(accounts, found, False)
    # The last person may have more registrations than were read, and goes into the next batch; nobody has
    # more than there are products.
    last_account, last = found[-1]
    whole = [(account_id, wish) for account_id, wish in found if wish.person_id != last.person_id]
    kept = [one for one in accounts if one.pk <= last_account]
    return _Batch(kept, whole, True)


def _move_on(notice: Notice, batch: _Batch, told: int, at: datetime, *, last: bool) -> None:
    if batch.ends_within:
        account_id, wish = batch.registered[-1]
        notice.after_account, notice.after_person = account_id, wish.person_id
    elif batch.accounts:
        notice.after_account, notice.after_person = batch.accounts[-1].pk, 0
    notice.told += told
    if last:
        notice.state, notice.told_at = NoticeState.TOLD, at
    notice.save(update_fields=["after_account", "after_person", "told", "state", "told_at"])


def _tell(notice: Notice, covered: Sequence[Judged], at: datetime) -> int:
    told = [(one, reached) for one in covered for reached in one.told]
    people = Membership.objects.filter(tenant_id=notice.tenant_id, removed_at=None).only(
        "tenant_id", "account_id", "user_id", "removed_at"
    )
    present = people.in_bulk([reached.person_id for _one, reached in told])
    told = [(one, reached) for one, reached in told if reached.person_id in present]
    store(notice, covered, told, at=at)
    for by_mail in (True, False):
        those = [reached for _one, reached in told if reached.by_mail == by_mail]
        notify_many(tenant=notice.tenant, events=events_of(notice, those, present, at=at), mail=by_mail)
    tell_webhooks_many(tenant=notice.tenant, occurrences=occurrences_of(notice, covered, at=at))
    return len(told)
