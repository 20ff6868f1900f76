"""Reading PostgreSQL's plans: how many rows the greediest step of a statement touches."""

from collections.abc import Iterator
from typing import Any

_SORTS = {"Sort", "Incremental Sort"}


def steps(plan: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    if plan:
        yield plan
        for inner in plan.get("Plans", ()):
            yield from steps(inner)


def rows_touched(step: dict[str, Any]) -> float:
    """Rows that a step gave and rows that it read only to throw away; expected ones where it was not run.

    A whole table that is read in a loop counts once: PostgreSQL does so only where it is small.
    """
    loops = 1 if step["Node Type"] == "Seq Scan" else step.get("Actual Loops", 1)
    given = step.get("Actual Rows", step["Plan Rows"])
    thrown = sum(step.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
    return float((given + thrown) * loops)


def greediest(statements: list[dict[str, Any]]) -> tuple[float, str]:
    """The most rows that one step of any of the statements reads or sorts, and which step of which statement.

    Steps between those (joins, what they keep in memory) only handle what was read.
    """
    worst = (0.0, "")
    for statement in statements:
        for step in steps(statement["plan"]):
            if "Relation Name" not in step and step["Node Type"] not in _SORTS:
                continue
            where = f"{step['Node Type']} {step.get('Relation Name', '')}".strip()
            worst = max(worst, (rows_touched(step), f"{where} in: {statement['sql'][:400]}"))
    return worst
