"""The whole bench, end to end, on very few rows: it measures every page and keeps every figure."""

import json
import os
import subprocess
import sys

import pytest

from bench.databases import ROOT
from bench.figures import Figure

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def figures(tmp_path_factory) -> list[Figure]:
    results = tmp_path_factory.mktemp("bench") / "bench.json"
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--scale", "200", "--rounds", "1", "--results", str(results)],
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=1_200,
    )
    assert results.exists(), done.stderr
    kept = json.loads(results.read_text())
    assert (done.returncode == 0) == all(figure["ok"] for figure in kept)
    for figure in kept:
        assert figure["name"] in done.stdout
    return kept


def test_every_figure_has_a_name_a_value_a_unit_and_a_bar(figures):
    assert figures
    for figure in figures:
        assert set(figure) == {"name", "value", "unit", "bar", "ok"}
    assert [figure["name"] for figure in figures if figure["value"] is None] == []


@pytest.mark.parametrize(
    "start",
    [
        "queue page against the floor",
        "queue page deep down against the first",
        "queue page at 200 against 150",
        "incident page with 5 messages",
        "incident page with 500 messages",
        "logging an incident",
        "API list",
        "report of 90 days",
        "take next, 50 agents at once",
        "take next, 8 processes",
        "take next below HTTP",
        "notification rows",
        "alerts, ",
        "decisions",
        "coverage",
        "promises rehearsed a second",
        "search against the same without policies",
        "search against bare full text",
        "critical solution, ",
        "an alert while a critical solution is told, raised",
        "an alert while a critical solution is told, mailed",
        "mails leave",
    ],
)
def test_each_promise_about_speed_is_measured(figures, start):
    assert [figure for figure in figures if figure["name"].startswith(start)]


def test_counts_and_fairness_hold_at_any_scale(figures):
    """Unlike ratios and rates, these don't depend on how busy the machine is."""
    firm = [f for f in figures if f["unit"] in {"statements", "rows", "incidents"}]
    assert [figure for figure in firm if not figure["ok"]] == []
