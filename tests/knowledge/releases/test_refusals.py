"""Who asked for a file and was refused stays in the account's history, and nobody who only looked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from entitlements.models import Contract
from knowledge.releases import actions
from knowledge.releases.models import Download
from portal.core.history import history_of
from tests.knowledge.releases.conftest import the_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def over(acme):
    def end():
        today = timezone.localdate()
        Contract.objects.filter(account=acme.big.account).update(
            ends_on=today - timedelta(days=30), grace_days=0
        )

    return end


def refusals(company):
    entries = history_of(company.account).filter(verb="refused")
    return [
        (entry.actor_name, entry.data["feature"], entry.data["product"], entry.data["reason"])
        for entry in entries
    ]


ENTRY = ("Big Contact", "patches_and_service_packs", "Ledger", "contract_expired")


def test_the_button_leaves_one_entry_with_the_sentence_as_it_was(acme, owner, release, over):
    over()
    shown = owner.get(f"/releases/R-{release.number}/").context["refusal"]
    answer = owner.post(f"/releases/files/{the_file(release).pk}/get/")
    assert (answer.status_code, shown in answer.content.decode()) == (422, True)
    assert refusals(acme.big) == [ENTRY]
    assert refusals(acme.small) == []
    assert not Download.objects.exists()


def test_so_does_a_link_that_is_used_later_and_a_range_of_it(acme, owner, release, over):
    url = owner.post(f"/releases/files/{the_file(release).pk}/get/").url
    owner.get(url, headers={"range": "bytes=0-99"}).getvalue()
    assert refusals(acme.big) == []
    over()
    assert owner.get(url, headers={"range": "bytes=100-"}).status_code == 422
    assert refusals(acme.big) == [ENTRY]


def test_looking_leaves_none(acme, owner, release, over):
    over()
    for page in (f"/releases/R-{release.number}/", "/releases/"):
        assert owner.get(page).status_code == 200
    assert refusals(acme.big) == []


def test_what_is_withdrawn_is_refused_to_everybody_and_is_no_question_of_a_contract(acme, owner, release):
    actions.withdraw(actor=acme.lead, release=release, reason="It loses postings.")
    assert owner.post(f"/releases/files/{the_file(release).pk}/get/").status_code == 422
    assert refusals(acme.big) == []


def test_the_audit_shows_it_in_words(acme, owner, release, over, client_of):
    over()
    owner.post(f"/releases/files/{the_file(release).pk}/get/")
    lines = client_of(acme.admin).get("/settings/audit/").context["lines"]
    said = "Big Contact asked for patches_and_service_packs for Ledger, which was refused: contract_expired"
    assert [line.sentence for line in lines if line.kind == "Customer"][:1] == [said]


def test_a_program_leaves_one_too(acme, release, over, program):
    over()
    get = program(acme.big.contact)
    assert get(f"releases/{release.number}/")[0].status_code == 200
    assert refusals(acme.big) == []
    answer, told = get(f"releases/files/{the_file(release).pk}/")
    assert (answer.status_code, told["code"]) == (422, "contract_expired")
    assert refusals(acme.big) == [ENTRY]
