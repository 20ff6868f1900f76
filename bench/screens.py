"""The pages that people look at all day, against the floor and against themselves."""

from functools import partial

from bench import page
from bench.browser import Browser, expect
from bench.explained import greediest
from bench.facts import Site
from bench.figures import Failed, Figure, at_most
from bench.timing import Sample, interleaved, ratios

ROWS = 50
DEEP = 200
EACH = 12
QUEUE = "/queue/"
MOST_ROWS_TOUCHED = 1000

Measured = tuple[list[Figure], list[Sample]]


def queue(site: Site) -> Measured:
    """The first page of the queue against the floor, and a page far down against the first."""
    with site.as_agent() as browser:
        _check_rows(browser, QUEUE)
        floor = Sample("floor: 50 rows", partial(browser.get, f"/floor/queue/?tenant={site.facts.tenant_id}"))
        first = Sample("queue, first page", partial(browser.get, QUEUE))
        path, depth = _deep(browser)
        deep = Sample(f"queue, page {depth}", partial(browser.get, path))
        interleaved([floor, first, deep], [browser], rounds=site.rounds, each=EACH)
        figures = [
            *ratios("queue page against the floor", first, floor, 1.0),
            *ratios("queue page deep down against the first", deep, first, 1.2),
            *_statements("queue page", browser, QUEUE, 6),
            *_statements("queue page deep down", browser, path, 6),
        ]
    return figures, [floor, first, deep]


def scale(site: Site, smaller: Site) -> Measured:
    """The same page with a hundred times as many incidents in the database."""
    with site.as_agent() as here, smaller.as_agent() as there:
        _check_rows(here, QUEUE)
        _check_rows(there, QUEUE)
        many = Sample(f"queue, {site.database.scale:,} incidents", partial(here.get, QUEUE))
        few = Sample(f"queue, {smaller.database.scale:,} incidents", partial(there.get, QUEUE))
        interleaved([many, few], [here, there], rounds=site.rounds, each=EACH)
    name = f"queue page at {site.database.scale:,} against {smaller.database.scale:,}"
    return ratios(name, many, few, 1.1), [many, few]


def incident(site: Site, conversation: dict[str, object], count: int) -> Measured:
    """A conversation against the floor with as many messages as the page shows of it."""
    path = f"/incidents/{conversation['reference']}/"
    with site.as_agent() as browser:
        shown = page.messages(expect(browser.get(path), 200, path).text)
        if not 0 < shown <= count or (count < 10 and shown != count):
            raise Failed(f"{path} shows {shown} of {count} messages.")
        query = f"tenant={site.facts.tenant_id}&incident={conversation['id']}&messages={shown}"
        floor = Sample(f"floor: {shown} messages", partial(browser.get, f"/floor/incident/?{query}"))
        whole = Sample(f"incident, {shown} of {count} messages", partial(browser.get, path))
        interleaved([floor, whole], [browser], rounds=site.rounds, each=EACH)
        name = f"incident page with {count} messages"
        figures = [
            *ratios(f"{name} against the floor", whole, floor, 2.0),
            *_statements(name, browser, path, 10),
        ]
    return figures, [floor, whole]


def _check_rows(browser: Browser, path: str) -> None:
    rows = page.references(expect(browser.get(path), 200, path).text)
    if rows != ROWS:
        raise Failed(f"{path} shows {rows} incidents instead of {ROWS}.")


def _deep(browser: Browser) -> tuple[str, int]:
    """The address of a full page far down, found as a person would: by going on to the next."""
    path, depth = QUEUE, 1
    while depth < DEEP:
        following = page.next_page(browser.get(path).text, path)
        if not following or page.references(browser.get(following).text) < ROWS:
            break
        path, depth = following, depth + 1
    return path, depth


def _statements(name: str, browser: Browser, path: str, bar: int) -> list[Figure]:
    browser.get(path)  # what each process remembers for some seconds (which tenant a host is) is fresh then
    watched = browser.watch("GET", path)
    return judged(name, watched["statements"], bar)


def judged(name: str, statements: list[dict[str, object]], bar: int) -> list[Figure]:
    """How many statements, and how many rows the greediest step of their plans touches."""
    rows, where = greediest(statements)
    if rows > MOST_ROWS_TOUCHED:
        print(f"{name}: {rows:,.0f} rows by {where}")
    return [
        at_most(f"{name}, statements", len(statements), "statements", bar),
        at_most(f"{name}, rows read by one step of a plan", rows, "rows", MOST_ROWS_TOUCHED),
    ]
