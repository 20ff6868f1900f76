"""What promises are grouped by, with its names and its codes in addresses; loaded once for a page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entitlements.models import Contract
from incidents.people import ACCOUNTS_OFFERED, teams_of
from incidents.reports.questions import Grouping
from plans.models import Plan
from plans.queries import products_of, severity_texts
from portal.core.prepared import IsOneOf
from portal.identity.models import Account, Membership

_KEY = re.compile("[A-Za-z0-9]{1,6}")
NO_CODE = "none"
"""In an address, in place of a plan's code or a team's id: those that have none."""


@dataclass(frozen=True, slots=True)
class Named:
    id: int
    code: str
    name: str


class Names:
    """At most one statement for each kind of thing, and none for what isn't asked for."""

    def __init__(self, person: Membership) -> None:
        self._person = person

    @cached_property
    def severities(self) -> Sequence[Named]:
        texts = severity_texts(self._person.tenant, get_language() or "en")
        return [Named(level, str(level), f"{level} · {texts[level].name}") for level in sorted(texts)]

    @cached_property
    def plans(self) -> Sequence[Named]:
        """From low to high, those of the past as well; of these a contact knows their company's own."""
        person = self._person
        plans = Plan.objects.filter(tenant_id=person.tenant_id).order_by("rank", "id")
        if person.is_contact:
            own = Contract.objects.filter(tenant_id=person.tenant_id, account_id=person.account_id or 0)
            plans = plans.filter(Q(retired_at=None) | Q(pk__in=own.values("plan_id")))
        return [Named(*row) for row in plans.values_list("id", "code", "name")]

    @cached_property
    def products(self) -> Sequence[Named]:
        return [Named(one.id, one.code, one.name) for one in products_of(self._person.tenant)]

    @cached_property
    def teams(self) -> Sequence[Named]:
        return [Named(team.pk, str(team.pk), team.name) for team in teams_of(self._person)]

    @cached_property
    def some_accounts(self) -> Sequence[Named]:
        """As many as a list can offer, by name."""
        rows = Account.objects.filter(tenant_id=self._person.tenant_id).order_by("name", "id")
        return [Named(*row) for row in rows.values_list("id", "key", "name")[:ACCOUNTS_OFFERED]]

    def of(self, by: Grouping) -> Sequence[Named]:
        """In the order of a table. Not for accounts, of which there are too many."""
        return {
            Grouping.SEVERITY: lambda: self.severities,
            Grouping.PLAN: lambda: self.plans,
            Grouping.PRODUCT: lambda: self.products,
            Grouping.TEAM: lambda: self.teams,
        }[by]()

    def accounts(self, ids: Sequence[int]) -> Mapping[int, Named]:
        rows = Account.objects.filter(IsOneOf("id", list(ids)), tenant_id=self._person.tenant_id)
        return {pk: Named(pk, key, name) for pk, key, name in rows.values_list("id", "key", "name")}

    def account_with(self, key: str) -> Named | None:
        if not _KEY.fullmatch(key):
            return None
        found = Account.objects.filter(tenant_id=self._person.tenant_id, key=key.upper())
        return next((Named(*row) for row in found.values_list("id", "key", "name")), None)


def without(by: Grouping) -> Named:
    """The group of those that have none."""
    return Named(0, NO_CODE, _("No team") if by == Grouping.TEAM else _("No plan"))
