from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from incidents.demo.companies import add_company
from incidents.demo.conversations import tell
from incidents.demo.material import Raw, demo, scenarios
from incidents.demo.vendors import SignIns, furnish, open_portal
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Tenant

TELLINGS = 3
"""How often each conversation is told at most, each time in other words and at another time."""


def seed(*, now: datetime, tellings: int = TELLINGS) -> Iterator[tuple[str, int]]:
    """Make the portals of the demo that are not there yet, one transaction each: name, number of incidents.

    A portal is made whole or not at all, so one whose label is taken is left as it is.
    """
    sign_ins = SignIns()
    for raw in demo()["vendors"]:
        if not Tenant.objects.filter(label=raw["label"]).exists():
            yield raw["name"], _make(raw, sign_ins, now, tellings)


@transaction.atomic
def _make(raw: Raw, sign_ins: SignIns, now: datetime, tellings: int) -> int:
    admin = open_portal(raw, sign_ins, now)
    with acting(tenant_id=admin.tenant_id, account_id=EVERY_ACCOUNT):
        vendor = furnish(raw, admin, sign_ins, now)
        companies = [add_company(account, vendor, sign_ins, now) for account in raw["accounts"]]
        return sum(
            tell(_scenarios_of(raw["label"], company.account.key), tellings, vendor, company, now)
            for company in companies
        )


def _scenarios_of(label: str, key: str) -> list[Raw]:
    return [one for one in scenarios() if (one["vendor"], one["account"]) == (label, key)]
