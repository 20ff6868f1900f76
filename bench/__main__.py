"""``python -m bench --scale 1000000``: load, measure, print, and write var/bench.json.

The exit code is 1 when a bar is missed.
"""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench import desk, reports, screens, taking
from bench.browser import Meter
from bench.databases import ROOT, copy_of, filled, run
from bench.facts import Site, facts_of
from bench.figures import Failed, Figure, as_rows, not_taken, table, write
from bench.rates import NAMES, rate
from bench.server import serving
from bench.timing import HEAD, Sample

_FEWEST = 150


class Bench:
    """Takes measurements one by one; one that fails is a missed one, and the others go on."""

    def __init__(self, only: str) -> None:
        self._only = only
        self.figures: list[Figure] = []
        self.samples: list[Sample] = []

    def take(self, name: str, measure: Callable[[], list[Figure] | screens.Measured]) -> None:
        if self._only not in name:
            return
        print(f"Measuring: {name} …", flush=True)
        try:
            measured = measure()
        except Failed as failed:
            print(f"  {failed}", file=sys.stderr)
            self.figures.append(not_taken(name))
            return
        figures, samples = measured if isinstance(measured, tuple) else (measured, [])
        self.figures += figures
        self.samples += samples

    def report(self, results: Path) -> int:
        """Print the figures and keep them in ``results``; the exit code."""
        if self.samples:
            print("\n" + table(HEAD, [sample.row() for sample in self.samples]))
        print("\n" + table(("figure", "value", "unit", "bar", ""), as_rows(self.figures)))
        write(self.figures, results)
        missed = [figure["name"] for figure in self.figures if not figure["ok"]]
        if missed:
            print(f"\nMissed {len(missed)} of {len(self.figures)}: " + "; ".join(missed))
        return 1 if missed or not self.figures else 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--scale", type=int, default=1_000_000, help="how many incidents")
    parser.add_argument("--rounds", type=int, default=8, help="how many rounds of requests to each page")
    parser.add_argument("--only", default="", help="only what has this in its name")
    parser.add_argument("--results", type=Path, default=ROOT / "var" / "bench.json", help="where figures go")
    options = parser.parse_args(arguments)
    bench = Bench(options.only)
    large, small = filled(options.scale), filled(max(options.scale // 100, _FEWEST))
    run(large, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    with copy_of(large) as here, copy_of(small) as there:
        facts, fewer = facts_of(here), facts_of(there)
        with serving(here) as port, serving(there) as other_port:
            site = Site(here, port, facts, options.rounds, Meter())
            smaller = Site(there, other_port, fewer, options.rounds, Meter())
            bench.take("queue page", partial(screens.queue, site))
            bench.take("queue page by scale", partial(screens.scale, site, smaller))
            for conversation, count in ((facts.five, 5), (facts.five_hundred, 500)):
                name = f"incident page, {count} messages"
                bench.take(name, partial(screens.incident, site, conversation, count))
            bench.take("API list", partial(desk.api_list, site))
            bench.take("report of promises", partial(reports.promises, site))
            bench.take("logging an incident", partial(desk.logging, site))
        with serving(here, workers=2, threads=4) as port:
            bench.take("take next over HTTP", partial(taking.over_http, site._replace(port=port)))
        bench.take("take next below HTTP", partial(taking.below_http, site))
        for name in NAMES:
            bench.take(name, partial(rate, here, name))
    return bench.report(options.results)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failed as failed:
        sys.exit(f"Nothing was measured. {failed}")
