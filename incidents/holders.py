"""Who is told of what an account holds: its administrators and its success manager."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from notifications.kinds import StillRight
from notifications.models import Notification
from portal.identity.enums import Role
from portal.identity.models import Account, Membership


def holders_of(tenant_id: int, accounts: Iterable[Account]) -> list[Membership]:
    """The people of all of these accounts; one statement, and none without accounts."""
    managed = {account.pk: account.csm_id for account in accounts}
    people = Membership.objects.current().filter(
        Q(role=Role.CUSTOMER_ADMIN, account__in=managed) | Q(role=Role.CSM, pk__in=set(managed.values())),
        tenant_id=tenant_id,
    )
    return list(people.select_related("user", "tenant")) if managed else []


def by_page(account: Account, people: Sequence[Membership]) -> Iterator[tuple[list[Membership], str]]:
    """Those of the people whom the account concerns, with the page where they read what it holds."""
    pages = (
        ([one for one in people if one.account_id == account.pk], reverse("entitlements:my_plan")),
        (
            [one for one in people if one.pk == account.csm_id],
            reverse("entitlements:contracts", args=[account.key]),
        ),
    )
    return ((told, url) for told, url in pages if told)


def while_it_stands(name: str, standing: Callable[[int], QuerySet[Any]]) -> StillRight:
    """A check that what ``name`` names in the data is among what still stands in the tenant, and that the
    recipient is still an admin of its account or its success manager."""

    def still_right_many(notifications: Sequence[Notification]) -> set[uuid.UUID]:
        if not notifications:
            return set()
        named = {one.data.get(name) for one in notifications}
        found = standing(notifications[0].tenant_id).select_related("account").in_bulk(named)
        return {
            one.pk
            for one in notifications
            if (held := found.get(one.data.get(name))) and _concerns(held.account, one.recipient)
        }

    return still_right_many


def _concerns(account: Account, person: Membership) -> bool:
    if person.removed_at is not None:
        return False
    own = person.role == Role.CUSTOMER_ADMIN and person.account_id == account.pk
    return own or (person.is_staff_member and person.pk == account.csm_id)
