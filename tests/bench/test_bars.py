"""Each bar of the bench can be missed: what is slow, greedy or unfair is seen as such."""

import json
from email.message import Message

import pytest

from bench import taking
from bench.__main__ import Bench
from bench.browser import Answer, Meter
from bench.explained import greediest
from bench.figures import Failed, at_least, at_most
from bench.page import form_with, messages, next_page, references
from bench.screens import MOST_ROWS_TOUCHED, judged
from bench.timing import Sample, ratios


def sample(name, *, seconds, cpu):
    answers = [Answer(200, Message(), b"", seconds, cpu) for _ in range(5)]
    return Sample(name, ask=lambda: answers[0], answers=answers)


def test_a_page_slower_than_its_bar_is_missed_by_the_clock_and_by_cpu_time():
    floor = sample("floor", seconds=0.010, cpu=0.008)
    slow = sample("page", seconds=0.011, cpu=0.008)
    busy = sample("page", seconds=0.010, cpu=0.009)
    assert [figure["ok"] for figure in ratios("page", floor, floor, 1.0)] == [True, True]
    assert [figure["ok"] for figure in ratios("page", slow, floor, 1.0)] == [False, True]
    assert [figure["ok"] for figure in ratios("page", busy, floor, 1.0)] == [True, False]


def answer_at(cpu):
    headers = Message()
    headers["X-Cpu"] = str(cpu)
    return Answer(200, headers, b"", 0.0)


def test_each_answer_gets_the_cpu_time_until_the_next_request_whoever_asks():
    meter = Meter()
    answers = [answer_at(cpu) for cpu in (1.0, 1.25, 2.0)]
    for answer in answers:
        meter.read(answer)
    assert [answer.cpu for answer in answers] == [0.25, 0.75, None]


def test_a_rate_below_its_bar_is_missed():
    assert at_least("rate", 1600, "a second", 1600)["ok"]
    assert not at_least("rate", 1599.9, "a second", 1600)["ok"]


def test_a_figure_is_judged_before_it_is_rounded_for_the_eye():
    assert not at_most("ratio", 1.0004, "×", 1.0)["ok"]


def statement(**step):
    plan = {"Node Type": "Limit", "Plan Rows": 50, "Actual Rows": 50, "Actual Loops": 1, "Plans": [step]}
    return {"sql": "SELECT …", "plan": plan}


def test_one_statement_too_many_is_missed():
    row = {"sql": "SELECT 1", "plan": None}
    assert judged("page", [row] * 6, 6)[0]["ok"]
    assert not judged("page", [row] * 7, 6)[0]["ok"]


@pytest.mark.parametrize(
    "step",
    [
        {
            "Node Type": "Seq Scan",
            "Relation Name": "incidents_incident",
            "Actual Rows": 50,
            "Rows Removed by Filter": 100_000,
            "Actual Loops": 1,
        },
        {"Node Type": "Sort", "Actual Rows": 80_000, "Actual Loops": 1},
        {
            "Node Type": "Index Scan",
            "Relation Name": "incidents_incident",
            "Actual Rows": 2,
            "Actual Loops": 50_000,
        },
        {
            "Node Type": "Bitmap Heap Scan",
            "Relation Name": "incidents_incident",
            "Actual Rows": 1,
            "Rows Removed by Index Recheck": 9_000,
            "Actual Loops": 1,
        },
        {"Node Type": "Index Scan", "Relation Name": "incidents_incident"},
    ],
    ids=["filters the tenant's rows", "sorts the whole", "loops", "rechecks", "is expected to read them"],
)
def test_a_plan_that_reads_more_rows_than_it_may_is_missed(step):
    figure = judged("page", [statement(**{"Plan Rows": 100_000, **step})], 6)[1]
    assert not figure["ok"]
    assert figure["value"] > MOST_ROWS_TOUCHED


def test_a_plan_that_reads_by_index_what_it_shows_is_fine():
    reads = statement(
        **{
            "Node Type": "Index Scan",
            "Relation Name": "incidents_incident",
            "Plan Rows": 80_000,
            "Actual Rows": 50,
            "Actual Loops": 1,
        }
    )
    assert greediest([reads])[0] == 50
    assert judged("page", [reads], 6)[1]["ok"]


QUEUE = [("A-1", 1), ("A-2", 1), ("B-1", 2), ("A-3", 1), ("B-2", 2)]


@pytest.mark.parametrize(
    ("given", "twice", "passed_over"),
    [
        (["A-1", "B-1", "A-2"], 0, 0),
        (["A-1", "A-1", "A-2"], 1, 0),
        (["A-1", "A-3", "B-1"], 0, 1),
        (["B-2", None], 0, 1),
    ],
)
def test_an_incident_given_twice_or_passed_over_is_counted(given, twice, passed_over):
    figures = taking.fairness("take", QUEUE, given, wanted=len(given))
    assert [figure["value"] for figure in figures[1:]] == [twice, passed_over]
    assert [figure["ok"] for figure in figures[1:]] == [twice == 0, passed_over == 0]


def test_an_incident_that_was_not_in_the_queue_fails_the_measurement():
    with pytest.raises(Failed):
        taking.fairness("take", QUEUE, ["A-9"], wanted=1)


def test_too_few_handed_out_is_missed():
    assert not taking.fairness("take", QUEUE, ["A-1"], wanted=2)[0]["ok"]


def test_what_cannot_be_measured_is_missed_and_the_rest_goes_on(tmp_path, capsys):
    def broken():
        raise Failed("/queue/ answered 404 instead of 200.")

    bench = Bench("")
    bench.take("queue page", broken)
    bench.take("rate", lambda: [at_least("rate", 10, "a second", 5)])
    results = tmp_path / "bench.json"
    assert bench.report(results) == 1
    assert [(row["name"], row["value"], row["ok"]) for row in json.loads(results.read_text())] == [
        ("queue page", None, False),
        ("rate", 10, True),
    ]
    assert "Missed 1 of 2: queue page" in capsys.readouterr().out


def test_all_bars_met_is_success(tmp_path):
    bench = Bench("")
    bench.take("rate", lambda: [at_least("rate", 10, "a second", 5)])
    assert bench.report(tmp_path / "bench.json") == 0


def test_nothing_measured_is_no_success(tmp_path):
    assert Bench("no such name").report(tmp_path / "bench.json") == 1


def test_a_page_is_read_as_a_browser_reads_it():
    html = """
      <a href="/incidents/ABC-1/">x</a> <a href="/incidents/ABC-1/">y</a> <a href="/incidents/ABC-2/">z</a>
      <p>Seen in run 4-1.</p><p>Seen in run 4-2.</p>
      <a rel="next" href="?after=abc&amp;team=2">Next</a>
      <form><input name="q"></form>
      <form>
        <input type="hidden" name="csrf" value="s3cret"><input type="file" name="files">
        <select name="product"><option value="">Choose</option><option value="7">A</option></select>
        <input type="radio" name="kind" value="defect"><input type="radio" name="kind" value="other" checked>
        <input type="checkbox" name="waiting" value="1"><textarea name="description"></textarea>
      </form>"""
    assert references(html) == 2
    assert messages(html) == 2
    assert next_page(html, "/queue/") == "/queue/?after=abc&team=2"
    assert form_with(html, "description") == {
        "csrf": "s3cret",
        "product": "7",
        "kind": "other",
        "description": "",
    }
    with pytest.raises(Failed):
        form_with(html, "title")
