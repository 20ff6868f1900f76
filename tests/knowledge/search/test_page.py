"""The page at /search/: what it shows, what it says, and what it costs."""

from datetime import timedelta

import pytest

from knowledge.search import queries
from knowledge.search.enums import Audience
from portal.identity import limits
from tests.knowledge.search.conftest import DAY, entry
from tests.statements import statements_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def page_of(client_of):
    def ask(person, query="", status=200):
        response = client_of(person).get(f"/search/{query}")
        assert response.status_code == status
        return response.content.decode()

    return ask


def shown(page):
    """The titles in their order, without marks."""
    parts = page.split('<h2 class="found-title">')[1:]
    found = [part.partition("</h2>")[0] for part in parts]
    return ["".join(piece.partition(">")[2] for piece in f"{title}".split("<")).strip() for title in found]


def test_what_is_found_is_shown_with_what_was_asked_for_marked(cast, page_of, put):
    put(entry("Printers stop", "The printer is out of paper.", product_ids=[cast.acme.ledger.pk]))
    page = page_of(cast.acme.big.contact, "?q=printer")
    assert "<mark>Printers</mark> stop" in page
    assert "The <mark>printer</mark> is out of paper." in page
    assert "Solution" in page
    assert "Ledger" in page
    assert "1 result" in page


def test_nothing_of_a_text_or_a_question_becomes_html(cast, page_of, put):
    put(entry("<script>printer</script>", "<img src=x onerror=printer()> & more"))
    page = page_of(cast.acme.agent, "?q=printer+%3Cscript%3Ealert%3C/script%3E")
    tag = "<mark>script</mark>"
    assert f"&lt;{tag}&gt;<mark>printer</mark>&lt;/{tag}&gt;" in page
    assert "&lt;img src=x onerror=<mark>printer</mark>()&gt; &amp; more" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_a_text_in_another_language_says_which(cast, page_of, put):
    put(entry("Imprimante E4711", language="fr"))
    put(entry("Printer E4711"))
    page = page_of(cast.acme.agent, "?q=E4711")
    assert shown(page) == ["Printer E4711", "Imprimante E4711"]
    assert page.count('<span class="badge">Français</span>') == 1


def test_what_only_staff_may_read_says_so(cast, page_of, put):
    put(entry("Printer", audience=Audience.INTERNAL))
    assert page_of(cast.acme.agent, "?q=printer").count("Staff only") == 1
    assert shown(page_of(cast.acme.big.contact, "?q=printer")) == []


def test_whoever_is_not_signed_in_finds_what_is_public_and_is_asked_to_sign_in_for_more(cast, page_of, put):
    put(entry("Printer for all"))
    put(entry("Printer for customers", audience=Audience.CUSTOMERS))
    assert shown(page_of(None, "?q=printer")) == ["Printer for all"]
    nothing = page_of(None, "?q=scanner")
    assert "Customers sign in to see more" in nothing
    assert "/account/login/?next=/search/%3Fq%3Dscanner" in nothing


def test_a_misspelling_is_told(cast, page_of, put):
    put(entry("Payments stay open"))
    page = page_of(cast.acme.agent, "?q=paymets")
    assert "Nothing has “paymets”. Showing results for <strong>“payments”</strong>." in page
    assert shown(page) == ["Payments stay open"]


def test_nothing_is_said_of_a_correction_that_finds_nothing(cast, page_of, put):
    put(entry("Payments stay open"), kind="release")
    page = page_of(cast.acme.agent, "?q=paymets&kind=solution")
    assert "Showing results for" not in page
    assert "Nothing found" in page


def test_who_finds_nothing_is_led_to_log_an_incident(cast, page_of):
    page = page_of(cast.acme.big.contact, "?q=scanner")
    assert "Nothing found" in page
    assert 'href="/incidents/new/"' in page.partition("Nothing found")[2]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        (
            "",
            ["Printer new", "Printer old", "Printer for the store", "Printer release", "Imprimante printer"],
        ),
        ("&kind=release", ["Printer release"]),
        ("&product=store", ["Printer for the store", "Printer release", "Imprimante printer"]),
        ("&language=fr", ["Imprimante printer"]),
        ("&product=ledger&version=1.0", ["Printer old", "Printer release", "Imprimante printer"]),
        ("&product=ledger&version=2.0", ["Printer new", "Printer release", "Imprimante printer"]),
        ("&since=2026-03-02", ["Printer new"]),
        ("&until=2026-02-01", []),
    ],
)
def test_a_search_is_narrowed(cast, page_of, put, acting_in, query, titles):
    from plans.actions import add_version

    ledger, store = cast.acme.ledger, cast.acme.store
    with acting_in(cast.acme.tenant):
        add_version(product=ledger, actor=cast.acme.admin, name="2.0")
        first, second = ledger.versions.order_by("position")
    put(entry("Imprimante printer", language="fr"))
    put(entry("Printer release"), kind="release")
    put(entry("Printer for the store", product_ids=[store.pk]))
    put(entry("Printer old", product_ids=[ledger.pk], until=first.position))
    put(
        entry("Printer new", product_ids=[ledger.pk], since=second.position, dated_at=DAY + timedelta(days=2))
    )
    assert shown(page_of(cast.acme.agent, f"?q=printer{query}")) == titles


@pytest.mark.parametrize("query", ["&kind=riddle", "&product=nothing", "&language=xx", "&since=yesterday"])
def test_a_filter_that_cannot_be_read_is_told_and_nothing_is_looked_up(cast, page_of, put, query):
    put(entry("Printer"))
    page = page_of(cast.acme.agent, f"?q=printer{query}")
    assert "Nothing was looked up" in page
    assert shown(page) == []


@pytest.mark.parametrize("query", ["?q=%25", "?q=*", "?q=_____", "?q=%27%3B--", "?q=%22%22", "?q=%00"])
def test_signs_find_nothing_and_break_nothing(cast, page_of, put, query):
    put(entry("Printer"))
    assert shown(page_of(cast.acme.agent, query)) == []


def test_a_long_question_is_cut_and_says_so(cast, page_of, put):
    put(entry("Printer"))
    page = page_of(cast.acme.agent, "?q=printer+" + "x" * 5000)
    assert "Only the first 200 characters were looked for." in page
    assert shown(page) == ["Printer"]


def test_the_best_fifty_are_shown_and_that_there_are_more_is_said(cast, page_of, put):
    put(*[entry("Printer spare")])
    for number in range(50):
        put(entry(f"Printer {number}", "printer"))
    page = page_of(cast.acme.agent, "?q=printer")
    assert len(shown(page)) == 50
    assert "The best 50 are shown." in page


def test_a_search_that_takes_too_long_ends_and_says_so(cast, page_of, put, monkeypatch):
    monkeypatch.setattr(queries, "PATIENCE", "1ms")
    monkeypatch.setattr(
        queries, "FOUND", queries.FOUND.replace("SELECT entry.id", "SELECT pg_sleep(1), entry.id")
    )
    put(entry("Printer"))
    page = page_of(cast.acme.agent, "?q=printer", status=422)
    assert "This search takes too long." in page


def test_a_stranger_who_asks_too_often_waits(cast, client_of, page_of, monkeypatch):
    monkeypatch.setattr("knowledge.search.views.SEARCH", limits.Limit("search", 2, 600))
    for _ in range(2):
        page_of(None, "?q=printer")
    page_of(None, "?q=printer", status=429)
    page_of(None, "")
    page_of(cast.acme.big.contact, "?q=printer")


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("who", "expected"), [("staff", 2), ("contact", 1), ("nobody", 1)])
def test_a_page_costs_the_same_for_one_row_and_for_three(cast, client_of, put, rows, who, expected):
    """The search; for staff also what the results have prevented."""
    for number in range(rows):
        put(entry(f"Printer {number}", product_ids=[cast.acme.ledger.pk]))
    person = {"staff": cast.acme.agent, "contact": cast.acme.big.contact, "nobody": None}[who]
    client = client_of(person)
    statements_of(client, "/search/?q=printer")
    empty = len(statements_of(client, "/search/"))
    assert len(statements_of(client, "/search/?q=printer")) - empty == expected


def test_a_misspelt_word_costs_two_statements_more(cast, client_of, put):
    put(entry("Payments"))
    client = client_of(cast.acme.big.contact)
    statements_of(client, "/search/?q=payments")
    known = len(statements_of(client, "/search/?q=payments"))
    assert len(statements_of(client, "/search/?q=paymets")) - known == 2


def test_the_box_is_in_the_frame_of_staff_and_of_customers(cast, client_of):
    for person in (cast.acme.agent, cast.acme.big.contact):
        home = client_of(person).get("/").content.decode()
        assert home.count('action="/search/"') == 1
        assert home.count('data-key="/"') == 1


def test_pages_with_a_box_of_their_own_keep_it(cast, client_of):
    for url in ("/incidents/", "/queue/", "/search/"):
        page = client_of(cast.acme.agent).get(url).content.decode()
        assert page.count('data-key="/"') == 1
    assert 'action="/search/"' not in client_of(cast.acme.agent).get("/incidents/").content.decode()
