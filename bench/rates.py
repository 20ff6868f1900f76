"""``python -m bench.rates NAME``: one of the measurements that need no server, as JSON on the last line."""

import importlib
import json
import subprocess
import sys

import django

from bench.databases import ROOT, Database
from bench.figures import Failed, Figure

NAMES = ("coverage", "decisions", "deliveries", "alerts", "rehearsal", "search", "critical")


def rate(database: Database, name: str) -> list[Figure]:
    """Measure in a process of its own.

    :raises Failed: the process failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "bench.rates", name, str(database.scale)],
        env=database.environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"bench.{name} ended with code {done.returncode}.")
    figures: list[Figure] = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    django.setup()
    module = importlib.import_module(f"bench.{sys.argv[1]}")
    print(json.dumps(module.measure()))
