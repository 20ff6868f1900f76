"""The vendors' solutions: each text past a second person, linked to what it solved, judged by readers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from incidents.actions import link_solution
from incidents.demo.companies import Company
from incidents.demo.material import Raw, scenarios, solutions
from incidents.demo.vendors import Vendor
from incidents.models import Incident
from knowledge.releases.actions import name_fixes
from knowledge.releases.models import Release
from knowledge.search.enums import Audience
from knowledge.solutions.actions import (
    Range,
    Words,
    ask_review,
    change_solution,
    draft_solution,
    publish,
    raise_flag,
    save_draft,
    say_verdict,
)
from knowledge.solutions.actions.changes import open_revision
from knowledge.solutions.actions.writing import mark_of
from knowledge.solutions.enums import Reason
from knowledge.solutions.models import Solution
from plans.models import ProductVersion
from portal.identity.models import Membership

_WRITING, _WAITING = timedelta(days=2), timedelta(hours=5)


def write_solutions(
    vendor: Vendor, companies: Sequence[Company], released: Mapping[str, Release], now: datetime
) -> dict[str, Solution]:
    """All of a vendor's, oldest first; those that have a key, by it. To be called acting for all of its
    accounts.

    :param released: what is given out, by the keys that solutions name.
    """
    named: dict[str, Solution] = {}
    own = [raw for raw in solutions() if raw["vendor"] == vendor.tenant.label]
    for raw in sorted(own, key=lambda raw: -int(raw["age"])):
        solution = _Article(raw, vendor, companies, now).make()
        for key in raw.get("fixed_in", ()):
            name_fixes(actor=vendor.lead(raw["product"]), release=released[key], solutions=[solution], at=now)
        if "key" in raw:
            named[raw["key"]] = solution
    return named


class _Article:
    """One solution and the people who write, read and judge it."""

    def __init__(self, raw: Raw, vendor: Vendor, companies: Sequence[Company], now: datetime) -> None:
        self._raw, self._vendor, self._companies, self._now = raw, vendor, companies, now
        self._published = now - timedelta(days=raw["age"])

    def make(self) -> Solution:
        solution = self._begin()
        stands = self._raw.get("stands", "published")
        if stands == "review":
            self._ask(solution, self._raw["language"], self._published)
        if stands == "published":
            self._publish_all(solution)
            self._judge(solution)
        self._link(solution)
        if flag := self._raw.get("flag"):
            person = self._second(solution.owner)
            raise_flag(person=person, solution=solution, text=flag, at=self._now - _WRITING)
        return solution

    def _begin(self) -> Solution:
        language, began = self._raw["language"], self._published - _WRITING
        author = self._writer(language)
        solution = draft_solution(
            person=author,
            language=language,
            words=Words(**self._raw["texts"][language]),
            ranges=[self._range()],
            audience=Audience(self._raw["audience"]),
            at=began,
        )
        if self._raw["review_in"] is not None:
            change_solution(
                person=author,
                solution=solution,
                audience=Audience(self._raw["audience"]),
                review_by=(self._now + timedelta(days=self._raw["review_in"])).date(),
                ranges=[self._range()],
                revision=None,
                at=began,
            )
        return solution

    def _range(self) -> Range:
        product = self._vendor.products[self._raw["product"]]
        versions = ProductVersion.objects.filter(tenant_id=product.tenant_id, product=product)
        by_name = {version.name: version.pk for version in versions}
        since, until = (by_name[name] if name else None for name in (self._raw["since"], self._raw["until"]))
        return Range(product=product.pk, since=since, until=until)

    def _publish_all(self, solution: Solution) -> None:
        """The first text, its translations a day apart, and what was written again since."""
        first, *others = self._raw["texts"]
        self._publish(solution, first, self._published)
        for days, language in enumerate(others, 1):
            self._translate(solution, self._raw["texts"], language, self._published + timedelta(days=days))
        if again := self._raw.get("again"):
            at = self._now - timedelta(days=again["age"])
            for days, language in enumerate(again["texts"]):
                self._translate(solution, again["texts"], language, at + timedelta(days=days))

    def _translate(self, solution: Solution, texts: Mapping[str, Raw], language: str, at: datetime) -> None:
        save_draft(
            person=self._writer(language),
            solution=solution,
            language=language,
            words=Words(**texts[language]),
            seen="",
            at=at - _WAITING * 2,
        )
        self._publish(solution, language, at)

    def _publish(self, solution: Solution, language: str, at: datetime) -> None:
        seen = self._ask(solution, language, at - _WAITING)
        publish(
            person=self._second(self._writer(language)),
            solution=solution,
            language=language,
            seen=seen,
            critical=self._raw["critical"],
            at=at,
        )

    def _ask(self, solution: Solution, language: str, at: datetime) -> str:
        seen, person = mark_of(open_revision(solution, language)), self._writer(language)
        ask_review(person=person, solution=solution, language=language, seen=seen, at=at)
        return seen

    def _writer(self, language: str) -> Membership:
        """Who answers for the product in the language, or whoever speaks it."""
        speak = [one.person for one in self._vendor.staff.values() if language in one.languages]
        return next(iter(self._vendor.agents(self._raw["product"], language)), speak[0])

    def _second(self, writer: Membership) -> Membership:
        lead = self._vendor.lead(self._raw["product"])
        others = (one.person for one in self._vendor.staff.values())
        return next(person for person in (lead, *others) if person.pk != writer.pk)

    def _link(self, solution: Solution) -> None:
        product = self._vendor.products[self._raw["product"]]
        told = [one for one in scenarios() if one["id"] in self._raw["solves"]]
        titles = [opening["title"] for one in told for opening in one["openings"]]
        found = Incident.objects.filter(tenant=self._vendor.tenant, product=product, title__in=titles)
        for incident in found.order_by("id"):
            quiet_since = incident.closed_at or incident.last_activity_at
            at = min(max(quiet_since, self._published), self._now)
            incident.tenant = self._vendor.tenant
            link_solution(person=solution.owner, incident=incident, solution=solution, at=at)

    def _judge(self, solution: Solution) -> None:
        solution.refresh_from_db()
        contacts = [contact for company in self._companies for contact in company.contacts]
        rng = Random(self._raw["texts"][self._raw["language"]]["title"])  # noqa: S311  chance in a story
        told = self._verdicts()
        days = self._raw["age"] - len(self._raw["texts"])
        for contact, (helped, reason) in zip(rng.sample(contacts, len(contacts)), told, strict=False):
            language = contact.user.language
            say_verdict(
                person=contact,
                solution=solution,
                language=language if language in self._raw["texts"] else self._raw["language"],
                helped=helped,
                reason=reason,
                at=self._now - timedelta(days=rng.uniform(0, days)),
            )

    def _verdicts(self) -> Iterator[tuple[bool, Reason | None]]:
        for _time in range(self._raw["helped"]):
            yield True, None
        for reason in self._raw["why"]:
            yield False, Reason(reason)
