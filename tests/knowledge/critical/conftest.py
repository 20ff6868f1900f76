"""A critical solution of Acme for Ledger, written and published through the actions, and who registered."""

from collections.abc import Callable
from typing import Any

import pytest

from entitlements.models import Installation
from knowledge.critical import actions as critical
from knowledge.critical.actions import Chosen
from knowledge.critical.fanout import tell_due
from knowledge.critical.models import Loop, Notice, Recipient
from knowledge.critical.queries import published_text
from knowledge.search.enums import Audience
from knowledge.solutions.actions import Range, Words
from knowledge.solutions.models import Solution
from plans.memory import forget
from plans.models import Product, ProductVersion
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership
from tests.cast import Cast, House
from tests.knowledge.solutions.making import draft, publish, write


@pytest.fixture
def house(cast: Cast) -> House:
    return cast.acme


@pytest.fixture
def here(house: House, acting_in: Any) -> Any:
    """The whole test acts for Acme's staff."""
    with acting_in(house.tenant):
        yield


def publish_text(house: House, solution: Solution, language: str = "en", *, critical: bool = True) -> None:
    """The draft in a language, past the other agent."""
    publish(house.agent, house.other_agent, solution, language, critical=critical)


def write_text(house: House, solution: Solution, language: str, title: str) -> None:
    words = Words(title=title, symptom="It stops.", resolution="Install the fix.")
    write(house.agent, solution, language, words)


def make_solution(
    house: House,
    *,
    ranges: list[Range] | None = None,
    audience: Audience = Audience.CUSTOMERS,
    title: str = "Ledger loses postings",
    critical: bool = True,
) -> Solution:
    solution = draft(
        house.agent,
        said=Words(title=title, symptom="Postings vanish.", resolution="Install the fix."),
        ranges=[Range(product=house.ledger.pk)] if ranges is None else ranges,
        audience=audience,
    )
    publish_text(house, solution, critical=critical)
    return solution


@pytest.fixture
def solution(house: House) -> Solution:
    return make_solution(house)


@pytest.fixture
def register() -> Callable[..., None]:
    """``register(person, product, tell_unaffected=True)``: in the person's own scope."""

    def make(person: Membership, product: Product, **chosen: bool) -> None:
        with acting(tenant_id=person.tenant_id, account_id=person.account_id, user_id=person.user_id):
            person.__dict__.pop("holdings_of_this_request", None)
            critical.register(person=person, chosen={product.pk: Chosen(**chosen)})

    return make


@pytest.fixture
def tell(house: House) -> Callable[..., Notice]:
    """``tell(solution)``: by the lead, and fanned out."""

    def make(solution: Solution, *, fan_out: bool = True, **given: Any) -> Notice:
        with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT):
            text = published_text(solution)
            assert text is not None
            notice = critical.tell_customers(person=house.lead, solution=solution, seen=text.pk, **given)
        if fan_out:
            tell_due()
        with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT):
            notice.refresh_from_db()
        return notice

    return make


def version(house: House, name: str, position: int) -> ProductVersion:
    made = ProductVersion.objects.create(
        tenant=house.tenant, product=house.ledger, name=name, position=position
    )
    forget(house.tenant.pk)
    return made


def install(house: House, company: Any, name: str, version: ProductVersion | None) -> Installation:
    return Installation.objects.create(
        tenant=house.tenant, account=company.account, product=house.ledger, version=version, name=name
    )


def loop_of(notice: Notice, company: Any) -> Loop:
    return Loop.objects.select_related("notice", "account").get(notice=notice, account=company.account)


def recipients(notice: Notice) -> dict[int, Recipient]:
    return {one.person_id: one for one in Recipient.objects.filter(notice=notice)}
