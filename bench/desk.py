"""Writing and the API: logging an incident and listing the open ones, against the floor."""

import uuid
from functools import partial

from bench import page
from bench.browser import Answer, Browser, expect
from bench.facts import Site
from bench.figures import Failed
from bench.screens import EACH, Measured, judged
from bench.timing import Sample, interleaved, ratios

FORM = "/incidents/new/"
LIST = "/api/v1/incidents/?state=new&state=open&state=waiting&size=50"
TITLE = "Posting run stops at step 4 with an unexpected answer"
DESCRIPTION = (
    "Since this morning the **posting run** stops.\n\n- Run: 4711\n- Step: 4\n\n" + "It used to work. " * 10
)


def logging(site: Site) -> Measured:
    """A contact sends the form; nothing but the incident's number may differ between two sendings.

    What the portal says of an incident that was logged is read on its page before the next one is logged,
    as by a person; the page is not measured here.
    """
    facts = site.facts
    product = str(facts.product_id)
    typed = {
        "title": TITLE,
        "description": DESCRIPTION,
        "severity": "3",
        "kind": "defect",
        "product": product,
    }
    bare = {
        **typed,
        "tenant": str(facts.tenant_id),
        "account": str(facts.account_id),
        "person": str(facts.contact_id),
    }
    with site.as_contact() as browser:
        form = {
            **page.form_with(expect(browser.get(FORM), 200, FORM).text, "description"),
            **typed,
            "installation": "",
        }
        send = partial(_send, browser, form)
        floor = Sample("floor: one insert", partial(browser.post, "/floor/log/", bare))
        whole = Sample("logging an incident", send)
        interleaved([floor, whole], [browser], rounds=site.rounds, each=EACH)
        _check(floor, 302)
        watched = browser.watch("POST", FORM, _fresh(form))
        rows = judged("logging an incident", watched["statements"], 0)[1:]
    return [*ratios("logging an incident against the floor", whole, floor, 2.0), *rows], [floor, whole]


def api_list(site: Site) -> Measured:
    """A program lists open incidents; the floor is as many rows with as many fields."""
    facts = site.facts
    with site.as_program(0) as program, site.as_agent() as browser:
        results = expect(program.get(LIST), 200, LIST).json()["results"]
        if len(results) < 20:
            raise Failed(f"{LIST} lists {len(results)} incidents.")
        query = f"tenant={facts.tenant_id}&rows={len(results)}"
        floor = Sample(f"floor: {len(results)} rows as JSON", partial(browser.get, f"/floor/list/?{query}"))
        listed = Sample("API, open incidents", partial(program.get, LIST))
        interleaved([floor, listed], [program, browser], rounds=site.rounds, each=EACH)
        for sample in (floor, listed):
            _check(sample, 200)
        watched = program.watch("GET", LIST)
        figures = [
            *ratios("API list against bare JSON", listed, floor, 1.5),
            *judged("API list", watched["statements"], 5),
        ]
    return figures, [floor, listed]


def _fresh(form: dict[str, str]) -> dict[str, str]:
    """The form as it comes to the next person who opens it: with a key of its own."""
    return {**form, "key": uuid.uuid4().hex}


def _send(browser: Browser, form: dict[str, str]) -> Answer:
    sent = expect(browser.post(FORM, _fresh(form)), 302, f"Sending {FORM}")
    page_of_it = sent.headers["Location"]
    expect(browser.get(page_of_it), 200, page_of_it)
    return sent


def _check(sample: Sample, status: int) -> None:
    for answer in sample.answers:
        expect(answer, status, sample.name)
