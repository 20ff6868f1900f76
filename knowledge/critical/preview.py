"""Who would be told of a critical solution, before anybody is: how many, of which accounts, why each."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from knowledge.critical.audience import Judged, Wish
from knowledge.critical.enums import TOLD, Affected, Why
from knowledge.critical.gathering import WISH, holders, judged, registered_in, scopes_of
from knowledge.critical.models import Registration
from knowledge.critical.scopes import Scope
from knowledge.solutions.models import Solution
from portal.identity.models import Account, Membership

BATCH = 500
SHOWN = 20
"""Accounts of which each contact is listed on a page."""


@dataclass(frozen=True, slots=True)
class Somebody:
    person_id: int
    name: str
    why: Why


@dataclass(frozen=True, slots=True)
class Row:
    """An account of the list."""

    account: Account
    judged: Judged
    people: Sequence[Somebody]

    @property
    def told(self) -> int:
        return len(self.judged.told)

    @property
    def installations(self) -> list[str]:
        """Those that would be named."""
        return [it.name for concern in self.judged.concerns if (it := concern.installation)]


@dataclass(frozen=True, slots=True)
class Preview:
    scopes: Sequence[Scope]
    people: Counter[Why]
    accounts: int
    """Of them somebody is told."""
    uncertain: int
    """Accounts that are covered, may be affected, and of which nobody would be told."""
    rows: Sequence[Row]
    next: int

    @property
    def told(self) -> int:
        return sum(self.people[why] for why in TOLD)


@dataclass(slots=True)
class _One:
    account: Account
    judged: Judged
    why: dict[int, Why]


def preview(person: Membership, solution: Solution, *, after: int = 0) -> Preview:
    """By the same function that decides when it is sent. A fixed number of statements for 500 accounts."""
    scopes = scopes_of(person.tenant, solution)
    people: Counter[Why] = Counter()
    shown: list[_One] = []
    accounts = uncertain = 0
    for one in _each(person.tenant_id, scopes, timezone.now()):
        people.update(one.why.values())
        accounts += bool(one.judged.told)
        uncertain += _is_missed(one.judged)
        if one.account.pk > after and len(shown) <= SHOWN and one.why:
            shown.append(one)
    rows = _rows(person.tenant_id, shown[:SHOWN])
    more = shown[SHOWN - 1].account.pk if len(shown) > SHOWN else 0
    return Preview(scopes, people, accounts, uncertain, rows, more)


def _is_missed(found: Judged) -> bool:
    return found.refused is None and found.affected != Affected.NO and not found.told


def _each(tenant_id: int, scopes: Sequence[Scope], at: datetime) -> Iterator[_One]:
    """Whoever has a contract for a product, or has registered for one."""
    products = [scope.product_id for scope in scopes]
    registered = Registration.objects.filter(tenant_id=tenant_id, product_id__in=products)
    concerned = Account.objects.filter(
        Q(pk__in=holders(tenant_id, products).values("pk")) | Q(pk__in=registered.values("account_id")),
        tenant_id=tenant_id,
    ).order_by("pk")
    last = 0
    while batch := list(concerned.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        yield from _judged(tenant_id, batch, scopes, at)


def _judged(
    tenant_id: int, accounts: Sequence[Account], scopes: Sequence[Scope], at: datetime
) -> Iterator[_One]:
    ids = [account.pk for account in accounts]
    wishes = registered_in(tenant_id, ids, [scope.product_id for scope in scopes])
    registered = [(account_id, Wish(*row)) for account_id, *row in wishes.values_list("account_id", *WISH)]
    contacts: dict[int, list[int]] = defaultdict(list)
    current = Membership.objects.current().filter(tenant_id=tenant_id, account_id__in=ids)
    for account_id, person_id in current.values_list("account_id", "pk"):
        contacts[account_id or 0].append(person_id)
    found = judged(tenant_id, accounts, scopes, registered, at=at)
    for account, one in zip(accounts, found, strict=True):
        yield _One(account, one, _reasons(one, contacts[account.pk]))


def _reasons(one: Judged, contacts: Sequence[int]) -> dict[int, Why]:
    """Of each contact of the account, and of those who are none any more but had registered."""
    here = set(contacts)
    why = dict.fromkeys(contacts, Why.NOT_REGISTERED)
    for reached in one.people:
        why[reached.person_id] = reached.why if reached.person_id in here else Why.REMOVED
    return why


def _rows(tenant_id: int, shown: Sequence[_One]) -> list[Row]:
    ids = [person_id for one in shown for person_id in one.why]
    names = dict(Membership.objects.filter(tenant_id=tenant_id, pk__in=ids).values_list("pk", "user__name"))
    order = list(Why)
    return [
        Row(
            one.account,
            one.judged,
            sorted(
                (Somebody(pk, names[pk], why) for pk, why in one.why.items()),
                key=lambda somebody: (order.index(somebody.why), somebody.name),
            ),
        )
        for one in shown
    ]
