"""GET /api/v1/search/."""

import pytest

from knowledge.search.enums import Audience
from tests.knowledge.search.conftest import entry

pytestmark = pytest.mark.django_db


def test_a_program_finds_what_its_person_finds(cast, program, put):
    number = put(
        entry("Printers stop", "Paper.", product_ids=[cast.acme.ledger.pk], audience=Audience.CUSTOMERS)
    )
    put(entry("Printer for staff", audience=Audience.INTERNAL))
    answer = program(cast.acme.big.contact, scope="read").get("search/?q=printer")
    assert answer.status_code == 200
    assert answer.json() == {
        "results": [
            {
                "kind": "solution",
                "id": number,
                "language": "en",
                "title": "Printers stop",
                "excerpt": "Paper.",
                "url": "/solutions/S-1/",
                "audience": "customers",
                "products": ["ledger"],
                "dated_at": "2026-03-01T12:00:00Z",
            }
        ],
        "corrections": [],
        "more": False,
    }


def test_corrections_are_told(cast, program, put):
    put(entry("Payments"))
    answer = program(cast.acme.agent).get("search/?q=paymets").json()
    assert answer["corrections"] == [{"typed": "paymets", "shown": "payments"}]
    assert [one["title"] for one in answer["results"]] == ["Payments"]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("&kind=release", ["Printer release"]),
        ("&product=store", ["Printer release"]),
        ("&product=ledger&version=1.0", ["Printer", "Printer release"]),
        ("&language=fr", []),
        ("&since=2026-03-02", []),
        ("&until=2026-03-01", ["Printer", "Printer release"]),
    ],
)
def test_it_is_narrowed_as_on_the_page(cast, program, put, query, titles):
    put(entry("Printer release"), kind="release")
    put(entry("Printer", product_ids=[cast.acme.ledger.pk]))
    answer = program(cast.acme.agent).get(f"search/?q=printer{query}").json()
    assert [one["title"] for one in answer["results"]] == titles


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "q"),
        ("?q=", "q"),
        (f"?q={'x' * 201}", "q"),
        ("?q=a&kind=riddle", "kind"),
        ("?q=a&product=nothing", "product"),
        ("?q=a&version=1.0", "version"),
        ("?q=a&product=ledger&version=9", "version"),
        ("?q=a&language=xx", "language"),
        ("?q=a&since=yesterday", "since"),
        ("?q=a&since=0001-01-01", "since"),
        ("?q=a&until=9999-12-31", "until"),
        ("?q=a&page=2", "page"),
    ],
)
def test_what_cannot_be_read_is_refused(cast, program, query, field):
    answer = program(cast.acme.agent).get(f"search/{query}")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])


def test_without_a_token_nothing_is_found(program, put):
    put(entry("Printer"))
    assert program().get("search/?q=printer").status_code == 401
