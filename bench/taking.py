"""Take next under load: nobody gets what another got, nothing is passed over."""

import json
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from bench.browser import expect
from bench.databases import ROOT, Database, connected
from bench.facts import Facts, Site
from bench.figures import Failed, Figure, at_least, at_most
from bench.timing import p95

READ = "/api/v1/me/"
TAKE = "/api/v1/queue/next/"
AGENTS, INCIDENTS = 50, 1000
CLIENTS, TAKES_A_CLIENT = 8, 500
_TAKABLE = """
SELECT reference, team_id FROM incidents_incident
WHERE tenant_id = %s AND state IN ('new', 'open') AND NOT coverage_check AND assignee_id IS NULL
ORDER BY severity, plan_order, queue_due_at, created_at, id
"""


class Taken(NamedTuple):
    """One answer: which incident, if any was left, and how long it took."""

    reference: str | None
    seconds: float


def over_http(site: Site) -> list[Figure]:
    """Fifty agents ask at once, and again as soon as they are answered."""
    queue = _takable(site.database, site.facts.tenant_id)
    each = max(1, min(INCIDENTS, len(queue) // 2) // AGENTS)
    wanted = min(each * AGENTS, len(queue))
    start = threading.Barrier(AGENTS)
    taken: list[list[Taken]] = [[] for _ in range(AGENTS)]
    failures: list[str] = []

    def work(agent: int) -> None:
        with site.as_program(agent) as program:
            try:
                expect(
                    program.get(READ), 200, READ
                )  # the server's processes have started, and know the agent
                start.wait()
                for _ in range(each):
                    answer = program.post_json(TAKE, {})
                    if answer.status not in {200, 204}:
                        raise Failed(f"{TAKE} answered {answer.status}: {answer.text[:200]}")
                    reference = answer.json()["reference"] if answer.status == 200 else None
                    taken[agent].append(Taken(reference, answer.seconds))
            except Failed as failed:
                failures.append(str(failed))
                start.abort()
            except threading.BrokenBarrierError:
                return

    threads = [threading.Thread(target=work, args=[agent]) for agent in range(AGENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise Failed(failures[0])
    answers = [answer for answers in taken for answer in answers]
    seconds = [answer.seconds for answer in answers]
    return [
        *fairness(
            "take next, 50 agents at once", queue, [answer.reference for answer in answers], wanted=wanted
        ),
        at_most("take next, 50 agents at once, p95", 1000 * p95(seconds), "ms", 300),
    ]


def below_http(site: Site) -> list[Figure]:
    """Eight processes call the action itself, each in a transaction of its own."""
    facts = site.facts
    queue = _takable(site.database, facts.tenant_id)
    takes = max(1, min(TAKES_A_CLIENT, len(queue) // (2 * CLIENTS)))
    clients = [_client(site.database, facts, number, takes) for number in range(CLIENTS)]
    for client in clients:
        _line(client)  # it is ready
    for client in clients:
        assert client.stdin
        client.stdin.write("go\n")
        client.stdin.flush()
    reports = [json.loads(_line(client)) for client in clients]
    for client in clients:
        client.communicate(timeout=60)
    references = [reference for report in reports for reference in report["references"]]
    seconds = max(report["ended"] for report in reports) - min(report["began"] for report in reports)
    return [
        *fairness("take next, 8 processes", queue, references, wanted=takes * CLIENTS),
        at_least("take next below HTTP, 8 processes", len(references) / seconds, "a second", 1600),
    ]


def fairness(
    name: str, queue: Sequence[tuple[str, int]], answers: Sequence[str | None], *, wanted: int
) -> list[Figure]:
    """Each team's agents together have to have got the head of their team's queue, each incident once.

    :param queue: (reference, team) of what could be taken before, in its order.
    :param answers: what the agents got; None where nothing was left for one.
    """
    team_of = dict(queue)
    given = [reference for reference in answers if reference]
    taken: dict[int, set[str]] = defaultdict(set)
    for reference in given:
        if reference not in team_of:
            raise Failed(f"{name}: {reference} was not to be taken.")
        taken[team_of[reference]].add(reference)
    passed_over = 0
    for team, got in taken.items():
        places = [reference for reference, its_team in queue if its_team == team]
        passed_over += len(set(places[: len(got)]) - got)
    return [
        at_least(f"{name}, handed out", len(given), "incidents", wanted),
        at_most(f"{name}, handed out twice", len(given) - len(set(given)), "incidents", 0),
        at_most(f"{name}, passed over", passed_over, "incidents", 0),
    ]


def _takable(database: Database, tenant_id: int) -> list[tuple[str, int]]:
    with connected(database) as cursor:
        cursor.execute(_TAKABLE, [tenant_id])
        return list(cursor.fetchall())


def _client(database: Database, facts: Facts, number: int, takes: int) -> "subprocess.Popen[str]":
    person = facts.agent_ids[number * len(facts.agent_ids) // CLIENTS]
    return subprocess.Popen(
        [sys.executable, "-m", "bench.taker", str(facts.tenant_id), str(person), str(takes)],
        env=database.environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _line(client: "subprocess.Popen[str]") -> str:
    assert client.stdout
    line = client.stdout.readline()
    if not line:
        raise Failed("A process that takes incidents has died.")
    return line
