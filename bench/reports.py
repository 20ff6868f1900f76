"""The report of promises over ninety days, against one bare statement over the same scores."""

from functools import partial
from statistics import median

from bench.browser import Browser, expect
from bench.facts import Site
from bench.figures import Failed, Figure, at_most
from bench.screens import EACH, Measured
from bench.timing import Sample, interleaved

REPORT = "/reports/promises/?period=90&by=account"
MOST_STATEMENTS = 9
MOST_TIMES = 12.0
"""For a chart, a table of a thousand accounts and the choices of the filters, against one number."""


def promises(site: Site) -> Measured:
    """Grouped by account: the grouping with the most groups."""
    with site.as_agent() as browser:
        page = expect(browser.get(REPORT), 200, REPORT).text
        if "chart-part" not in page:
            raise Failed(f"{REPORT} counts no promises.")
        floor = Sample(
            "floor: the same scores counted",
            partial(browser.get, f"/floor/promises/?tenant={site.facts.tenant_id}&days=90"),
        )
        report = Sample("report of 90 days", partial(browser.get, REPORT))
        interleaved([floor, report], [browser], rounds=site.rounds, each=EACH)
        figures = [
            _ratio(report, floor),
            *_statements(browser),
        ]
    return figures, [floor, report]


def _ratio(report: Sample, floor: Sample) -> Figure:
    """By the clock alone: PostgreSQL does the counting, and its CPU time is not the server's."""
    times = median(report.seconds) / median(floor.seconds)
    return at_most("report of 90 days against the bare statement, by the clock", times, "×", MOST_TIMES)


def _statements(browser: Browser) -> list[Figure]:
    statements = browser.watch("GET", REPORT)["statements"]
    return [at_most("report of 90 days, statements", len(statements), "statements", MOST_STATEMENTS)]
