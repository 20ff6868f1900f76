"""A vendor's customer: the account, its people, its contract and what it runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from entitlements.actions import add_installation, grant_feature, sign_contract
from entitlements.enums import Environment, InstallationKind
from entitlements.models import Installation
from incidents.demo.material import Raw
from incidents.demo.vendors import SignIns, Vendor
from plans.models import Feature, ProductVersion
from portal.identity.actions import add_account, add_person
from portal.identity.models import Account, Membership

_SIGNED_AHEAD = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Company:
    account: Account
    csm: Membership | None
    contacts: Sequence[Membership]
    installations: Mapping[str, Installation]
    """The one in production of each product, by the product's code."""


def add_company(raw: Raw, vendor: Vendor, sign_ins: SignIns, now: datetime) -> Company:
    starts_at = now + timedelta(days=raw["contract"]["starts"])
    joined_at = starts_at - _SIGNED_AHEAD - timedelta(days=1)
    csm = vendor.staff[raw["csm"]].person if raw["csm"] else None
    account = add_account(
        actor=vendor.admin,
        name=raw["name"],
        key=raw["key"],
        language=raw["language"],
        time_zone=raw["time_zone"],
        country=raw["country"],
        subdivision=raw["subdivision"] or "",
        csm=csm,
        at=joined_at,
    )
    contacts = [
        add_person(
            tenant=vendor.tenant,
            user=sign_ins.user(person, language=raw["language"], time_zone=raw["time_zone"]),
            role=person["role"],
            account=account,
            actor=vendor.admin,
            at=joined_at,
        )
        for person in raw["contacts"]
    ]
    _sign(raw["contract"], account, vendor, now)
    for grant in raw.get("grants", ()):
        _grant(grant, account, vendor, now)
    return Company(account, csm, contacts, _install(raw["installations"], account, vendor))


def _sign(raw: Raw, account: Account, vendor: Vendor, now: datetime) -> None:
    today = account.localdate(now)
    sign_contract(
        account=account,
        number=raw["number"],
        plan=vendor.plans[raw["plan"]],
        products=[vendor.products[code] for code in raw["products"]],
        starts_on=today + timedelta(days=raw["starts"]),
        ends_on=today + timedelta(days=raw["ends"]),
        actor=vendor.admin,
        at=now + timedelta(days=raw["starts"]) - _SIGNED_AHEAD,
    )


def _grant(raw: Raw, account: Account, vendor: Vendor, now: datetime) -> None:
    today = account.localdate(now)
    grant_feature(
        account=account,
        feature=Feature.objects.get(tenant_id=account.tenant_id, code=raw["feature"]),
        product=None,
        starts_on=today + timedelta(days=raw["starts"]),
        ends_on=today + timedelta(days=raw["ends"]),
        reason=raw["reason"],
        actor=vendor.admin,
        at=now + timedelta(days=min(raw["starts"], 0)),
    )


def _install(raw: Sequence[Raw], account: Account, vendor: Vendor) -> Mapping[str, Installation]:
    in_production = {}
    for one in raw:
        product = vendor.products[one["product"]]
        version = ProductVersion.objects.get(
            tenant_id=account.tenant_id, product=product, name=one["version"]
        )
        installation = add_installation(
            account=account,
            product=product,
            version=version,
            name=one["name"],
            environment=Environment(one["environment"]),
            kind=InstallationKind(one["kind"]),
            actor=vendor.admin,
        )
        if installation.environment == Environment.PRODUCTION:
            in_production[one["product"]] = installation
    return in_production
