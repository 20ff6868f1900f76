"""Scripts played through the actions, each at its time."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cache
from random import Random
from uuid import UUID

from django.core.files.base import ContentFile

from entitlements.holdings import Holdings, load_holdings
from incidents import promise
from incidents.actions import (
    NewIncident,
    add_follower,
    add_note,
    assign,
    change_severity,
    close,
    contest_severity,
    follow,
    log_incident,
    reopen,
    reply,
    resolve,
    upload,
)
from incidents.demo.companies import Company
from incidents.demo.material import Raw, demo
from incidents.demo.pacing import Pace
from incidents.demo.pictures import chart
from incidents.demo.script import Act, Beat, Script, write_script
from incidents.demo.vendors import Vendor
from incidents.enums import Channel, Kind
from incidents.models import Incident
from plans.coverage import ALWAYS_OPEN
from plans.enums import Severity
from portal.identity.models import Membership

_BY_PHONE, _FOLLOWED, _MENTIONED = 0.06, 0.25, 0.6


def tell(scenarios: Iterable[Raw], tellings: int, vendor: Vendor, company: Company, now: datetime) -> int:
    """Play an account's scenarios in the order in which they were logged; how many incidents that made."""
    holdings = load_holdings(company.account, at=now)
    scripts = [
        write_script(
            scenario,
            telling,
            stands=demo()["now"].get(scenario["id"]),
            phrases=demo()["phrases"],
            pace_of=_paces(holdings, vendor.products[scenario["product"]].pk, now),
            now=now,
        )
        for scenario in scenarios
        for telling in range(tellings)
    ]
    for script in sorted(scripts, key=lambda script: script.logged_at):
        _Play(script, vendor, company).perform()
    return len(scripts)


def _paces(holdings: Holdings, product_id: int, now: datetime) -> Callable[[int], Pace]:
    """The pace for each severity of a product; of an expired contract, as it was while it held."""
    last = max(line.grace_ends for line in holdings.lines) - timedelta(minutes=1)

    @cache
    def pace_of(severity: int) -> Pace:
        promised = promise.first_response(
            holdings, severity=severity, product_id=product_id, at=min(now, last)
        )
        if promised is None:
            raise LookupError(f"No target for severity {severity} of product {product_id}")
        return Pace(promised.rule.coverage or ALWAYS_OPEN, promised.rule.minutes)

    return pace_of


class _Play:
    """One incident and the people who play in it."""

    def __init__(self, script: Script, vendor: Vendor, company: Company) -> None:
        scenario = script.scenario
        self._script = script
        self._vendor = vendor
        self._company = company
        self._product = scenario["product"]
        self._rng = Random(f"{scenario['id']} {script.telling} people")  # noqa: S311  chance in a story
        self._contact, self._colleague = self._rng.sample(list(company.contacts), 2)
        agents = vendor.agents(self._product, scenario["language"])
        self._agent = self._rng.choice(agents)
        self._lead = vendor.lead(self._product)

    def perform(self) -> None:
        incident = self._log()
        self._let_others_follow(incident)
        for beat in self._script.beats:
            self._act(incident, beat)

    def _log(self) -> Incident:
        script, scenario = self._script, self._script.scenario
        by_phone = script.telling > 0 and self._rng.random() < _BY_PHONE
        new = NewIncident(
            kind=Kind(scenario["kind"]),
            severity=Severity(script.severity),
            product=self._vendor.products[self._product],
            installation=self._company.installations[self._product],
            title=script.title,
            description=script.description,
            attachments=self._picture(),
        )
        return log_incident(
            person=self._agent if by_phone else self._contact,
            incident=new,
            reported_by=self._contact,
            channel=Channel.PHONE if by_phone else Channel.WEB,
            at=script.logged_at,
        )

    def _let_others_follow(self, incident: Incident) -> None:
        if self._rng.random() < _FOLLOWED:
            at = self._script.logged_at
            add_follower(person=self._contact, incident=incident, follower=self._colleague, at=at)
        if self._company.csm is not None and incident.severity <= Severity.MAJOR:
            follow(person=self._company.csm, incident=incident)

    def _act(self, incident: Incident, beat: Beat) -> None:
        severity = self._script.scenario["severity"]
        match beat.act:
            case Act.CUSTOMER:
                files = self._files(self._contact, beat.file, beat.at)
                reply(person=self._contact, incident=incident, body=beat.text, attachments=files, at=beat.at)
            case Act.STAFF:
                reply(person=self._agent, incident=incident, body=beat.text, waiting=beat.waiting, at=beat.at)
            case Act.NOTE:
                mentions = [self._lead] if self._rng.random() < _MENTIONED else []
                add_note(person=self._agent, incident=incident, body=beat.text, mentions=mentions, at=beat.at)
            case Act.TAKE:
                assign(person=self._agent, incident=incident, assignee=self._agent, at=beat.at)
            case Act.RAISE | Act.LOWER:
                change_severity(
                    person=self._agent, incident=incident, severity=severity, reason=beat.text, at=beat.at
                )
            case Act.CONTEST:
                contest_severity(person=self._contact, incident=incident, reason=beat.text, at=beat.at)
            case Act.RESOLVE:
                resolve(person=self._agent, incident=incident, resolution=beat.text, at=beat.at)
            case Act.REOPEN:
                reopen(person=self._contact, incident=incident, reason=beat.text, at=beat.at)
            case Act.CLOSE:
                close(person=None, incident=incident, at=beat.at)

    def _picture(self) -> list[UUID]:
        picture = demo()["pictures"].get(self._script.scenario["id"])
        if picture is None or self._script.telling > 0:
            return []
        return self._files(self._contact, (picture["name"], chart(picture["bars"])), self._script.logged_at)

    def _files(self, person: Membership, file: tuple[str, bytes] | None, at: datetime) -> list[UUID]:
        if file is None:
            return []
        name, content = file
        account = self._company.account
        return [upload(person=person, account=account, file=ContentFile(content), name=name, at=at).pk]
