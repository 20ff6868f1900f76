"""A vendor with its portal, products, editions, teams and staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from incidents.actions import add_duty
from incidents.demo.material import PASSWORD, Raw
from incidents.models import TeamProduct
from plans.actions import (
    add_product,
    add_version,
    except_product,
    publish_draft,
    set_target,
    start_draft,
)
from plans.enums import Unit
from plans.models import Feature, Plan, Product
from portal.identity.actions import add_person, add_team, edit_tenant, make_user, open_tenant
from portal.identity.enums import Role
from portal.identity.models import Membership, Team, Tenant, User

OPENED = timedelta(days=400)
"""How long ago the portals were opened: before the first contract begins."""
_SECOND_EDITION = timedelta(days=395)
_ON_DUTY = timedelta(days=14)
_SETTINGS = ("accent", "support_email", "support_phone", "consulting_email", "consulting_url")


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of the staff; ``languages`` are those in which they answer."""

    person: Membership
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Vendor:
    tenant: Tenant
    admin: Membership
    plans: Mapping[str, Plan]
    products: Mapping[str, Product]
    team_of: Mapping[str, Team]
    """The team that serves a product, by the product's code."""
    staff: Mapping[str, Colleague]
    """By e-mail address."""

    def agents(self, product: str, language: str) -> list[Membership]:
        """Who answers for the product in the language, agents before leads."""
        fit = [
            one.person
            for one in self.staff.values()
            if language in one.languages and one.person.team_id == self.team_of[product].pk
        ]
        return sorted(fit, key=lambda person: person.role)

    def lead(self, product: str) -> Membership:
        team = self.team_of[product].pk
        return next(
            one.person
            for one in self.staff.values()
            if one.person.role == Role.LEAD and one.person.team_id == team
        )


class SignIns:
    """The demo's users. The password is hashed once for all of them: everybody may know it."""

    def __init__(self) -> None:
        self._hash = make_password(PASSWORD)

    def user(self, person: Raw, *, language: str, time_zone: str) -> User:
        """A new user, or the one that an earlier vendor's people brought along."""
        known = User.objects.filter(email=person["email"]).first()
        if known is not None:
            return known
        user = make_user(
            email=person["email"], name=person["name"], password=None, language=language, time_zone=time_zone
        )
        user.password = self._hash
        user.save(update_fields=["password"])
        return user

    def staff(self, person: Raw) -> User:
        return self.user(person, language=person["language"], time_zone=person["time_zone"])


def open_portal(raw: Raw, sign_ins: SignIns, now: datetime) -> Membership:
    """The vendor's empty portal; its first administrator."""
    founder = next(person for person in raw["staff"] if person["role"] == Role.ADMIN)
    return open_tenant(
        name=raw["name"],
        label=raw["label"],
        language=raw["language"],
        time_zone=raw["time_zone"],
        admin=sign_ins.staff(founder),
        at=now - OPENED,
    )


def furnish(raw: Raw, admin: Membership, sign_ins: SignIns, now: datetime) -> Vendor:
    """Its settings, products, editions, teams and staff. To be called acting for all of its accounts."""
    tenant = admin.tenant
    edit_tenant(tenant=tenant, actor=admin, **{name: raw[name] for name in _SETTINGS})
    products = {product["code"]: _product(tenant, admin, product) for product in raw["products"]}
    _publish_second_edition(raw, admin, products, now)
    teams = {team["code"]: add_team(actor=admin, name=team["name"]) for team in raw["teams"]}
    served = [(teams[team["code"]], code) for team in raw["teams"] for code in team["products"]]
    TeamProduct.objects.bulk_create(
        TeamProduct(tenant=tenant, team=team, product=products[code]) for team, code in served
    )
    staff = {person["email"]: _colleague(person, admin, teams, sign_ins, now) for person in raw["staff"]}
    for email, duty in raw["duties"].items():
        _put_on_duty(admin, staff[email].person, duty, now)
    return Vendor(
        tenant=tenant,
        admin=admin,
        plans={plan.code: plan for plan in Plan.objects.filter(tenant=tenant)},
        products=products,
        team_of={code: team for team, code in served},
        staff=staff,
    )


def _product(tenant: Tenant, admin: Membership, raw: Raw) -> Product:
    product = add_product(tenant=tenant, code=raw["code"], name=raw["name"], actor=admin)
    for name in raw["versions"]:
        add_version(product=product, name=name, actor=admin)
    return product


def _publish_second_edition(
    raw: Raw, admin: Membership, products: Mapping[str, Product], now: datetime
) -> None:
    """The features that a product doesn't have and the targets that the vendor adds, as an edition that every
    contract is then pinned to."""
    if not raw["product_exceptions"]:
        return
    draft = start_draft(tenant=admin.tenant, actor=admin)
    for exception in raw["product_exceptions"]:
        feature = Feature.objects.get(tenant=admin.tenant, code=exception["feature"])
        except_product(edition=draft, feature=feature, product=products[exception["product"]], actor=admin)
    for target in raw["targets"]:
        set_target(
            edition=draft,
            actor=admin,
            kind=target["kind"],
            severity=target["severity"],
            plan=Plan.objects.get(tenant=admin.tenant, code=target["plan"]),
            minutes=target["minutes"],
            unit=Unit.COVERAGE_MINUTES,
        )
    published = now - _SECOND_EDITION
    publish_draft(edition=draft, actor=admin, effective_at=published, note="", at=published)


def _put_on_duty(admin: Membership, person: Membership, kind: str, now: datetime) -> None:
    """This week and the next, with the week's end at the same hour as its beginning."""
    begin = now - _ON_DUTY / 4
    add_duty(actor=admin, kind=kind, person=person, starts_at=begin, ends_at=begin + _ON_DUTY, at=now)


def _colleague(
    raw: Raw, admin: Membership, teams: Mapping[str, Team], sign_ins: SignIns, now: datetime
) -> Colleague:
    languages = frozenset(raw["languages"])
    if raw["email"] == admin.user.email:
        return Colleague(admin, languages)
    person = add_person(
        tenant=admin.tenant,
        user=sign_ins.staff(raw),
        role=raw["role"],
        team=teams.get(raw.get("team", "")),
        languages=raw["languages"],
        actor=admin,
        at=now - OPENED,
    )
    return Colleague(person, languages)
