"""Critical solutions of the demo: written, published, told some days ago, and what contacts did since."""

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
from knowledge.critical.queries import own_loop
from knowledge.search.enums import Audience
from knowledge.solutions import actions as solutions
from knowledge.solutions.actions import Range, Words
from knowledge.solutions.actions.changes import open_revision
from knowledge.solutions.actions.writing import mark_of
from knowledge.solutions.models import Revision, Solution
from plans.models import ProductVersion
from portal.identity.enums import Role
from portal.identity.models import Membership

_READ_AFTER = timedelta(minutes=20)
"""A second person reads what was written."""
_WRITTEN_BEFORE = timedelta(hours=3)
_REGISTERED_BEFORE = timedelta(days=30)
_UNTOLD_SINCE = timedelta(hours=5)


def add_critical(raw: Sequence[Raw], vendor: Vendor, companies: Sequence[Company], now: datetime) -> None:
    contacts = {person.user.email: person for company in companies for person in company.contacts}
    for one in raw:
        told, product = one.get("told"), vendor.products[one["product"]].pk
        at = now - (timedelta(days=told["told_days"]) if told else _UNTOLD_SINCE)
        for email, wants in one["registered"].items():
            chosen = {product: Chosen(**wants)}
            critical.register(person=contacts[email], chosen=chosen, at=at - _REGISTERED_BEFORE)
        solution, text = _write(one, vendor, at - _WRITTEN_BEFORE)
        if told:
            notice = critical.tell_customers(
                person=vendor.lead(one["product"]),
                solution=solution,
                seen=text.pk,
                remind_after_hours=told["remind_after_hours"],
                at=at,
            )
            tell_all(notice, at=at)
            _answer(told["said"], notice, contacts, at)


def _write(raw: Raw, vendor: Vendor, at: datetime) -> tuple[Solution, Revision]:
    """Its texts, each by an agent who answers for the product, and past its lead."""
    (language, words), *others = raw["texts"].items()
    product = vendor.products[raw["product"]]
    versions = {
        version.name: version.pk
        for version in ProductVersion.objects.filter(tenant=vendor.tenant, product=product)
    }
    author = vendor.agents(raw["product"], language)[0]
    solution = solutions.draft_solution(
        person=author,
        language=language,
        words=Words(**words),
        ranges=[Range(product=product.pk, since=versions[raw["since"]], until=versions[raw["until"]])],
        audience=Audience.CUSTOMERS,
        at=at,
    )
    text = _publish(solution, language, author, vendor, at + _READ_AFTER)
    for translated, its_words in others:
        translator = next(iter(_agents(vendor, raw["product"], translated)), author)
        solutions.save_draft(
            person=translator,
            solution=solution,
            language=translated,
            words=Words(**its_words),
            seen="",
            source=text.pk,
            at=at + 2 * _READ_AFTER,
        )
        _publish(solution, translated, translator, vendor, at + 3 * _READ_AFTER)
    solution.refresh_from_db()
    return solution, text


def _agents(vendor: Vendor, product: str, language: str) -> list[Membership]:
    return [person for person in vendor.agents(product, language) if person.role == Role.AGENT]


def _publish(solution: Solution, language: str, author: Membership, vendor: Vendor, at: datetime) -> Revision:
    seen = mark_of(open_revision(solution, language))
    solutions.ask_review(person=author, solution=solution, language=language, seen=seen, at=at)
    return solutions.publish(
        person=vendor.admin, solution=solution, language=language, seen=seen, critical=True, at=at
    )


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
