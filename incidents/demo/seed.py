from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Min

from incidents.alerts.sweep import alert_due
from incidents.demo.companies import add_company
from incidents.demo.conversations import tell
from incidents.demo.critical import tell_of_critical
from incidents.demo.material import Raw, demo, scenarios
from incidents.demo.solutions import write_solutions
from incidents.demo.vendors import SignIns, furnish, open_portal
from incidents.enums import ClockState
from incidents.models import Clock
from knowledge.releases.demo import give_out
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
        contacts = {company.account.key: company.contacts[0] for company in companies}
        released = give_out(raw["label"], actor=admin, products=vendor.products, contacts=contacts, now=now)
        told = sum(
            tell(_scenarios_of(raw["label"], company.account.key), tellings, vendor, company, now)
            for company in companies
        )
        written = write_solutions(vendor, companies, released, now)
        _alert_in_time(vendor.tenant, now)
        tell_of_critical(raw.get("critical", ()), written, vendor, companies, now)
    return told


def _alert_in_time(tenant: Tenant, now: datetime) -> None:
    """Each step that a clock has come to alerts as it would have: at its time."""
    due = Clock.objects.filter(tenant=tenant, state=ClockState.RUNNING, alert_at__lte=now)
    while (at := due.aggregate(first=Min("alert_at"))["first"]) is not None:
        alert_due(_clock_at(at))


def _clock_at(at: datetime) -> Callable[[], datetime]:
    return lambda: at


def _scenarios_of(label: str, key: str) -> list[Raw]:
    return [one for one in scenarios() if (one["vendor"], one["account"]) == (label, key)]
