"""What programs read and download."""

from datetime import timedelta

import pytest
from django.utils import timezone

from entitlements.models import Contract
from knowledge.releases import actions
from knowledge.releases.models import Download
from tests.knowledge.releases.conftest import CONTENT, SHA256, everything, the_file

pytestmark = pytest.mark.django_db


def test_the_list_comes_in_pages_and_is_narrowed(acme, program, published, draft):
    for kind in ("patch", "update", "patch"):
        published(kind=kind)
    draft()
    get = program(acme.big.contact)
    _answer, body = get("releases/?size=2")
    assert [one["number"] for one in body["results"]] == [3, 2]
    assert [one["number"] for one in get(f"releases/?size=2&after={body['next']}")[1]["results"]] == [1]
    assert [one["number"] for one in get("releases/?kind=update&product=ledger")[1]["results"]] == [2]
    assert get("releases/?product=store")[1]["results"] == []
    assert (
        get("releases/?product=nothing")[0].status_code == get("releases/?state=draft")[0].status_code == 400
    )


def test_one_release_tells_all(acme, program, published):
    earlier = published()
    file = the_file(published(needs=[earlier], replaces=[earlier]))
    get = program(acme.big.contact)
    answer, body = get("releases/2/")
    assert answer.status_code == 200
    assert body == {
        "number": 2,
        "reference": "R-2",
        "title": "Ledger patch",
        "language": "en",
        "kind": "patch",
        "product": "ledger",
        "version": "1.0",
        "released_on": body["released_on"],
        "state": "published",
        "notes": "Read **this**.",
        "fixes": ["A posting stops"],
        "solutions": [],
        "first_version": None,
        "last_version": None,
        "needs": ["R-1"],
        "replaces": ["R-1"],
        "replaced_by": [],
        "files": [{"id": str(file.pk), "name": "ledger.zip", "size": 10240, "sha256": SHA256}],
        "can_download": True,
        "why_not": None,
    }
    assert get("releases/1/")[1]["replaced_by"] == ["R-2"]


def test_a_file_comes_whole_or_in_ranges_and_is_one_line_of_the_log(acme, program, published):
    file, get = the_file(published()), program(acme.big.contact)
    answer, body = get(f"releases/files/{file.pk}/")
    assert (answer.status_code, answer["ETag"], body) == (200, f'"{SHA256}"', CONTENT)
    first, half = get(f"releases/files/{file.pk}/", range="bytes=0-4999")
    second, rest = get(f"releases/files/{file.pk}/", range="bytes=5000-", if_range=first["ETag"])
    assert (first.status_code, second.status_code, half + rest) == (206, 206, CONTENT)
    assert [(row.bytes_sent, bool(row.finished_at)) for row in Download.objects.order_by("pk")] == [
        (10240, True),
        (10240, True),
    ]


def test_a_refusal_is_told_before_and_at_the_download(acme, program, published):
    made = published()
    Contract.objects.filter(account=acme.big.account).update(
        ends_on=timezone.localdate() - timedelta(days=30), grace_days=0
    )
    before, get = everything(), program(acme.big.contact)
    body = get("releases/1/")[1]
    answer, refused = get(f"releases/files/{the_file(made).pk}/")
    assert (body["can_download"], answer.status_code, refused["code"]) == (False, 422, "contract_expired")
    assert body["why_not"] == refused["message"]
    assert everything() == before


def test_a_withdrawn_release_says_why(acme, program, published):
    made = published()
    actions.withdraw(actor=acme.lead, release=made, reason="It loses postings.")
    get = program(acme.big.contact)
    assert get("releases/1/")[1]["why_not"] == "R-1 was withdrawn: It loses postings."
    assert get(f"releases/files/{the_file(made).pk}/")[0].status_code == 422


def test_drafts_are_out_of_sight(acme, cast, program, draft):
    file = the_file(draft())
    for person in (acme.big.contact, cast.rival.admin):
        get = program(person)
        assert get("releases/1/")[0].status_code == get(f"releases/files/{file.pk}/")[0].status_code == 404
    assert program(acme.agent)("releases/1/")[1]["state"] == "draft"
