"""What programs read and download."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from entitlements.models import Contract
from knowledge.releases import actions
from knowledge.releases.models import Download
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.actions.tokens import make_token
from tests.knowledge.releases.conftest import CONTENT, SHA256, everything, the_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(acme):
    def make(person):
        with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
            _token, secret = make_token(person=person, name="Program", scope="read", expires_at=None)
        client = Client(HTTP_HOST=f"{person.tenant.label}.{settings.BASE_HOST}")

        def get(path, **headers):
            answer = client.get(
                f"/api/v1/releases/{path}", headers={"authorization": f"Bearer {secret}", **headers}
            )
            if answer.streaming:
                return answer, answer.getvalue()
            return answer, json.loads(answer.content) if answer.content else None

        return get

    return make


def test_the_list_comes_in_pages_and_is_narrowed(acme, program, published, draft):
    for kind in ("patch", "update", "patch"):
        published(kind=kind)
    draft()
    get = program(acme.big.contact)
    _answer, body = get("?size=2")
    assert [one["number"] for one in body["results"]] == [3, 2]
    assert [one["number"] for one in get(f"?size=2&after={body['next']}")[1]["results"]] == [1]
    assert [one["number"] for one in get("?kind=update&product=ledger")[1]["results"]] == [2]
    assert get("?product=store")[1]["results"] == []
    assert get("?product=nothing")[0].status_code == get("?state=draft")[0].status_code == 400


def test_one_release_tells_all(acme, program, published):
    earlier = published()
    file = the_file(published(needs=[earlier], replaces=[earlier]))
    get = program(acme.big.contact)
    answer, body = get("2/")
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
        "first_version": None,
        "last_version": None,
        "needs": ["R-1"],
        "replaces": ["R-1"],
        "replaced_by": [],
        "files": [{"id": str(file.pk), "name": "ledger.zip", "size": 10240, "sha256": SHA256}],
        "can_download": True,
        "why_not": None,
    }
    assert get("1/")[1]["replaced_by"] == ["R-2"]


def test_a_file_comes_whole_or_in_ranges_and_is_one_line_of_the_log(acme, program, published):
    file, get = the_file(published()), program(acme.big.contact)
    answer, body = get(f"files/{file.pk}/")
    assert (answer.status_code, answer["ETag"], body) == (200, f'"{SHA256}"', CONTENT)
    first, half = get(f"files/{file.pk}/", range="bytes=0-4999")
    second, rest = get(f"files/{file.pk}/", range="bytes=5000-", if_range=first["ETag"])
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
    body = get("1/")[1]
    answer, refused = get(f"files/{the_file(made).pk}/")
    assert (body["can_download"], answer.status_code, refused["code"]) == (False, 422, "contract_expired")
    assert body["why_not"] == refused["message"]
    assert everything() == before


def test_a_withdrawn_release_says_why(acme, program, published):
    made = published()
    actions.withdraw(actor=acme.lead, release=made, reason="It loses postings.")
    get = program(acme.big.contact)
    assert get("1/")[1]["why_not"] == "R-1 was withdrawn: It loses postings."
    assert get(f"files/{the_file(made).pk}/")[0].status_code == 422


def test_drafts_are_out_of_sight(acme, cast, program, draft):
    file = the_file(draft())
    for person in (acme.big.contact, cast.rival.admin):
        get = program(person)
        assert get("1/")[0].status_code == get(f"files/{file.pk}/")[0].status_code == 404
    assert program(acme.agent)("1/")[1]["state"] == "draft"
