"""Whoever should act is told in time that a contract ends: its account's admins, and the success manager.

Here, because entitlements and notifications know nothing of each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext

from entitlements.models import Contract, Upgrade
from incidents.holders import by_page, holders_of, while_it_stands
from incidents.topics import CONTRACTS
from notifications.actions import notify_many
from notifications.events import Event
from notifications.kinds import Kind, register
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.core.ui.formatting import formats
from portal.identity.models import Membership, Tenant

KIND = "incidents.contract_ends"
STEPS = (90, 60, 30, 7)
"""How many days before its end a contract's people are told."""
_ONE_DAY = timedelta(days=1)


def tell_endings() -> int:
    """Tell each step that is due, once. Returns how many people were told anew, in all tenants."""
    return sum(_tell(tenant) for tenant in Tenant.objects.order_by("pk"))


def _tell(tenant: Tenant) -> int:
    now = timezone.now()
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        return notify_many(tenant=tenant, events=_events(tenant, now))


def _events(tenant: Tenant, now: datetime) -> list[Event]:
    today = now.date()
    soon = _standing(tenant.pk).filter(
        ends_on__gte=today - _ONE_DAY, ends_on__lte=today + timedelta(days=max(STEPS) + 1)
    )
    upgrades = Upgrade.objects.filter(tenant_id=tenant.pk, contract=OuterRef("pk")).order_by("-starts_on")
    soon = soon.annotate(last_plan=Coalesce(upgrades.values("plan__name")[:1], "plan__name"))
    due = [
        (contract, step)
        for contract in soon.select_related("account").order_by("ends_on", "pk")
        if (step := step_of(contract, now)) is not None
    ]
    people = holders_of(tenant.pk, [contract.account for contract, _step in due])
    return [event for contract, step in due for event in _event(contract, step, people)]


def step_of(contract: Contract, now: datetime) -> int | None:
    """The step that is due, of those that a late run would find the latest; none that lay before signing."""
    left = _days_left(contract, now)
    steps = [step for step in STEPS if left <= step] if left >= 0 else []
    step = min(steps, default=None)
    return step if step is not None and step <= _days_left(contract, contract.created_at) else None


def _days_left(contract: Contract, at: datetime) -> int:
    today: date = contract.account.localdate(at)
    return (contract.ends_on - today).days


def _event(contract: Contract, step: int, people: Sequence[Membership]) -> Iterator[Event]:
    for recipients, url in by_page(contract.account, people):
        yield Event(
            kind=KIND,
            key=f"{contract.pk}.{step}",
            recipients=recipients,
            url=url,
            data={
                "contract": contract.pk,
                "number": contract.number,
                "account": contract.account.name,
                "plan": contract.last_plan,  # type: ignore[attr-defined]
                "ends_on": contract.ends_on.isoformat(),
                "grace_days": contract.grace_days,
                "step": step,
            },
        )


def _standing(tenant_id: int) -> QuerySet[Contract]:
    """Contracts that are neither cancelled nor renewed."""
    renewals = Contract.objects.filter(tenant_id=tenant_id, renews=OuterRef("pk"), cancelled_at=None)
    return Contract.objects.filter(~Exists(renewals), tenant_id=tenant_id, cancelled_at=None)


def _title(data: Mapping[str, Any]) -> str:
    """Names the day and not the days left: it is read later than it is written."""
    return gettext("Contract %(number)s of %(account)s ends on %(day)s") % {
        "number": data["number"],
        "account": data["account"],
        "day": formats().day(date.fromisoformat(data["ends_on"])),
    }


def register_ending_kinds() -> None:
    register(
        Kind(
            code=KIND,
            title=_title,
            template="incidents/contract_ends",
            icon="calendar-clock",
            still_right_many=while_it_stands("contract", _standing),
            topic=CONTRACTS,
            in_bulk=True,
        )
    )
