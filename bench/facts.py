"""What a measurement has to know of a filled database."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, NamedTuple

from bench.browser import Browser, Meter
from bench.databases import ROOT, Database


class Facts(NamedTuple):
    """The large vendor's people and rows; a conversation is its incident's ``id`` and ``reference``."""

    host: str
    tenant_id: int
    agent: str
    contact: str
    contact_id: int
    account_id: int
    product_id: int
    agent_ids: list[int]
    agent_teams: list[int]
    agent_tokens: list[str]
    five: dict[str, Any]
    five_hundred: dict[str, Any]


class Site(NamedTuple):
    """A served database, and how many rounds of requests to measure there."""

    database: Database
    port: int
    facts: Facts
    rounds: int
    meter: Meter

    def as_agent(self) -> Browser:
        return Browser(self.port, self.facts.host, self.meter, cookie=self.facts.agent)

    def as_contact(self) -> Browser:
        return Browser(self.port, self.facts.host, self.meter, cookie=self.facts.contact)

    def as_program(self, agent: int) -> Browser:
        token = self.facts.agent_tokens[agent]
        return Browser(self.port, self.facts.host, self.meter, token=token)


def facts_of(database: Database) -> Facts:
    """Signs people in; in a process of its own, because a process has one database."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.people"],
        env=database.environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Facts(**json.loads(done.stdout.splitlines()[-1]))
