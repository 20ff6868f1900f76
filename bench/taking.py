"""Take next under load: nobody gets what another got, nothing is passed over."""

import json
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import chain

from bench.browser import Answer, Browser, expect
from bench.databases import ROOT, Database, connected
from bench.facts import Facts, Site
from bench.figures import Failed, Figure, at_least, at_most
from bench.screens import judged
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


def over_http(site: Site) -> list[Figure]:
    """Fifty agents ask at once, and again as soon as they are answered."""
    name = "take next, 50 agents at once"
    with site.as_program(0) as program:
        program.get(READ)
        plans = judged("take next", program.watch("POST", TAKE)["statements"], 0)[1:]
    queue = _takable(site.database, site.facts.tenant_id)
    each = max(1, min(INCIDENTS, len(queue) // 2) // AGENTS)
    start = threading.Barrier(AGENTS)

    def take(program: Browser) -> list[Answer]:
        start.wait()
        return [program.post_json(TAKE, {}) for _ in range(each)]

    with ExitStack() as stack:
        programs = [stack.enter_context(site.as_program(agent)) for agent in range(AGENTS)]
        pool = stack.enter_context(ThreadPoolExecutor(AGENTS))
        for answer in pool.map(lambda program: program.get(READ), programs):
            expect(answer, 200, READ)  # the server's processes have started, and know the agents
        answers = list(chain.from_iterable(pool.map(take, programs)))
    wanted = _to_be_given(queue, dict.fromkeys(range(AGENTS), each), site.facts)
    return [
        *plans,
        *fairness(name, queue, [_reference(answer) for answer in answers], wanted=wanted),
        at_most(f"{name}, p95", 1000 * p95([answer.seconds for answer in answers]), "ms", 300),
    ]


def below_http(site: Site) -> list[Figure]:
    """Eight processes call the action itself, each in a transaction of its own."""
    facts = site.facts
    queue = _takable(site.database, facts.tenant_id)
    each = max(1, min(TAKES_A_CLIENT, len(queue) // (2 * CLIENTS)))
    agents = [number * AGENTS // CLIENTS for number in range(CLIENTS)]
    clients = [_client(site.database, facts, facts.agent_ids[agent], each) for agent in agents]
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
    wanted = _to_be_given(queue, dict.fromkeys(agents, each), facts)
    return [
        *fairness("take next, 8 processes", queue, references, wanted=wanted),
        at_least("take next below HTTP, 8 processes", len(references) / seconds, "a second", 1600),
    ]


def _to_be_given(queue: Sequence[tuple[str, int]], asks: dict[int, int], facts: Facts) -> int:
    """How many incidents agents (by number) have to get who ask so often; each team has its own queue."""
    left = Counter(team for _, team in queue)
    asked: Counter[int] = Counter()
    for agent, times in asks.items():
        asked[facts.agent_teams[agent]] += times
    return sum(min(times, left[team]) for team, times in asked.items())


def _reference(answer: Answer) -> str | None:
    if answer.status == 204:
        return None
    reference: str = expect(answer, 200, TAKE).json()["reference"]
    return reference


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


def _client(database: Database, facts: Facts, person: int, takes: int) -> "subprocess.Popen[str]":
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
