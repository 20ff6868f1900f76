"""Critical solutions of the demo: who registered, who was told some days ago, and what they did since."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from incidents.demo.companies import Company
from incidents.demo.material import Raw
from incidents.demo.vendors import Vendor
from knowledge.critical import actions as critical
from knowledge.critical.actions import Chosen
from knowledge.critical.enums import Standing
from knowledge.critical.fanout import tell_all
from knowledge.critical.models import Notice
from knowledge.critical.queries import own_loop, published_text
from knowledge.solutions.models import Solution
from portal.identity.models import Membership

_REGISTERED_BEFORE = timedelta(days=30)


def tell_of_critical(
    raw: Sequence[Raw],
    written: Mapping[str, Solution],
    vendor: Vendor,
    companies: Sequence[Company],
    now: datetime,
) -> None:
    contacts = {person.user.email: person for company in companies for person in company.contacts}
    for one in raw:
        solution = written[one["solution"]]
        products = solution.ranges.values_list("product_id", flat=True)
        for email, wants in one["registered"].items():
            chosen = {product: Chosen(**wants) for product in products}
            critical.register(person=contacts[email], chosen=chosen, at=now - _REGISTERED_BEFORE)
        if told := one.get("told"):
            at = now - timedelta(days=told["days"])
            _answer(told["said"], _tell(told, solution, vendor, at), contacts, at)


def _tell(told: Raw, solution: Solution, vendor: Vendor, at: datetime) -> Notice:
    text = published_text(solution)
    if text is None:
        raise LookupError(f"{solution.reference} is not published.")
    notice = critical.tell_customers(
        person=vendor.admin,
        solution=solution,
        seen=text.pk,
        remind_after_hours=told["remind_after_hours"],
        at=at,
    )
    tell_all(notice, at=at)
    return notice


def _answer(
    said: Sequence[Sequence[object]], notice: Notice, contacts: Mapping[str, Membership], told_at: datetime
) -> None:
    for email, hours, what in said:
        person, at = contacts[str(email)], told_at + timedelta(hours=int(str(hours)))
        match what:
            case "read":
                critical.mark_read(person=person, notice=notice, at=at)
            case "acknowledged":
                critical.acknowledge(person=person, notice=notice, at=at)
            case _:
                loop = own_loop(person, notice).select_related("notice").get()
                critical.say(person=person, loop=loop, standing=Standing(str(what)), at=at)
