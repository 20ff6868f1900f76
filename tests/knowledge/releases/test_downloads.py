"""Downloads: the decision at every start, links, ranges, and the log."""

import gc
from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.utils import timezone

from entitlements.actions import cancel_contract
from entitlements.models import Contract
from knowledge.releases import actions, sweeps
from knowledge.releases.actions.downloads import note_sent
from knowledge.releases.links import link_to
from knowledge.releases.models import Download, Release
from knowledge.releases.storage import folders_of, storage
from tests.knowledge.releases.conftest import CONTENT, SHA256, everything, the_file

pytestmark = pytest.mark.django_db
ETAG = f'"{SHA256}"'


def ask(client, release):
    return client.post(f"/releases/files/{the_file(release).pk}/get/")


def get(client, url, **headers):
    answer = client.get(url, headers=headers)
    return answer, answer.getvalue() if answer.streaming else answer.content


def test_the_button_leads_to_a_link_and_the_link_to_the_file(owner, release, acme):
    asked = ask(owner, release)
    assert (asked.status_code, asked.url[:16]) == (302, "/releases/files/")
    answer, body = get(owner, asked.url)
    assert (answer.status_code, body) == (200, CONTENT)
    assert {name: answer[name] for name in ("Content-Length", "ETag", "Accept-Ranges", "Content-Type")} == {
        "Content-Length": "10240",
        "ETag": ETAG,
        "Accept-Ranges": "bytes",
        "Content-Type": "application/octet-stream",
    }
    assert answer["Content-Disposition"].startswith('attachment; filename="ledger.zip"')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer["Cache-Control"]
    row = Download.objects.get()
    assert (row.person, row.account, row.bytes_sent, bool(row.finished_at)) == (
        acme.big.contact,
        acme.big.account,
        10240,
        True,
    )


def test_html_never_leaves_as_html(draft, acme, client_of):
    made = draft(files={"a.html": b"<script>alert(1)</script>"})
    lead = client_of(acme.lead)
    answer, _body = get(lead, ask(lead, made).url)
    assert answer["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [("bytes=1500-3999", 1500, 4000), ("bytes=9000-", 9000, 10240), ("bytes=-1", 10239, 10240)],
)
def test_a_range_is_sent_across_parts(owner, release, header, start, end):
    answer, body = get(owner, ask(owner, release).url, range=header)
    assert (answer.status_code, body) == (206, CONTENT[start:end])
    assert answer["Content-Range"] == f"bytes {start}-{end - 1}/10240"
    assert answer["Content-Length"] == str(end - start)


def test_a_range_behind_the_end_is_refused_and_begins_nothing(owner, release):
    answer, _body = get(owner, ask(owner, release).url, range="bytes=10240-")
    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */10240")
    assert Download.objects.get().started_at is None


def test_another_content_comes_whole(owner, release):
    url = ask(owner, release).url
    assert get(owner, url, range="bytes=5-", if_range='"older"')[1] == CONTENT
    assert get(owner, url, range="bytes=5-", if_range=ETAG)[1] == CONTENT[5:]


def test_a_broken_download_goes_on_and_is_one_line_of_the_log(owner, release):
    url = ask(owner, release).url
    answer = owner.get(url)
    taken = next(iter(answer.streaming_content))
    for close in answer._resource_closers:  # as the server does when the connection breaks
        close()
    row = Download.objects.get()
    assert (len(taken), row.bytes_sent, row.finished_at) == (1000, 1000, None)
    _answer, rest = get(owner, url, range=f"bytes={len(taken)}-", if_range=ETAG)
    assert taken + rest == CONTENT
    row.refresh_from_db()
    assert (Download.objects.count(), row.bytes_sent, bool(row.finished_at)) == (1, 10240, True)


class TestLinks:
    def test_a_link_is_good_for_five_minutes(self, owner, release):
        url = ask(owner, release).url
        with time_machine.travel(timezone.now() + timedelta(minutes=4, seconds=58)):
            assert get(owner, url)[0].status_code == 200
        with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=2)):
            answer, body = get(owner, url)
        assert (answer.status_code, b"no longer good" in body) == (410, True)

    def test_later_it_only_goes_on_with_what_has_begun(self, owner, release):
        begun, never = ask(owner, release).url, ask(owner, release).url
        get(owner, begun, range="bytes=0-99")
        with time_machine.travel(timezone.now() + timedelta(hours=2)):
            assert get(owner, begun, range="bytes=100-")[1] == CONTENT[100:]
            for url, header in ((begun, "bytes=0-"), (begun, "bytes=99999-"), (never, "bytes=100-")):
                assert get(owner, url, range=header)[0].status_code == 410
        with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
            assert get(owner, begun, range="bytes=100-")[0].status_code == 410

    def test_it_is_its_persons_alone(self, owner, release, acme, cast, client_of):
        url, before = ask(owner, release).url, everything()
        nothing = owner.get("/releases/files/0:made:up")
        for other in (acme.big.colleague, acme.big.admin, acme.small.contact, acme.admin):
            answer = client_of(other).get(url)
            assert answer.status_code == nothing.status_code == 404
        assert client_of(cast.rival.big.contact, tenant=acme.tenant).get(url).status_code == 404
        assert client_of().get(url).url.startswith("/account/login/")
        assert everything() == before

    def test_it_can_be_neither_made_up_nor_turned(self, owner, release, acme):
        mine, theirs = (
            actions.ask_for(person=person, file=the_file(release))
            for person in (acme.big.contact, acme.big.colleague)
        )
        signed = link_to(mine)
        for token in (signed.replace(str(mine.pk), str(theirs.pk), 1), signed[:-1], str(mine.pk), "a:b:c"):
            assert owner.get(f"/releases/files/{token}").status_code == 404

    @pytest.mark.parametrize("how", ["withdrawn", "cancelled"])
    def test_the_right_is_looked_at_once_more_when_it_is_used(self, owner, release, acme, how):
        url = ask(owner, release).url
        get(owner, url, range="bytes=0-99")
        if how == "withdrawn":
            actions.withdraw(actor=acme.lead, release=release, reason="It loses postings.")
        else:
            Contract.objects.filter(account=acme.big.account).update(
                starts_on=timezone.localdate() - timedelta(days=90),
                cancelled_at=timezone.now() - timedelta(days=30),
            )
        for header in ("bytes=0-", "bytes=100-"):
            answer, body = get(owner, url, range=header)
            assert answer.status_code == 422
            assert (b"It loses postings." if how == "withdrawn" else b"was cancelled") in body
        assert Download.objects.get().bytes_sent == 100

    def test_content_that_is_gone_is_not_found(self, owner, release, acme):
        url = ask(owner, release).url
        storage().delete(f"{folders_of(acme.tenant.pk)[0]}/00000")
        assert owner.get(url).status_code == 404
        assert Download.objects.get().started_at is None


class TestManyAtOnce:
    def test_one_too_many_is_asked_to_come_again(self, owner, release, settings):
        settings.DOWNLOADS_AT_ONCE = 2
        urls = [ask(owner, release).url for _ in range(3)]
        running = [owner.get(url) for url in urls[:2]]
        before = everything()
        answer, body = get(owner, urls[2])
        assert (answer.status_code, b"try again in 30 seconds" in body) == (429, True)
        assert everything() == before
        running.pop().getvalue()
        assert get(owner, urls[2])[1] == CONTENT
        running.pop().getvalue()

    @pytest.mark.parametrize("end", ["broken off", "forgotten", "refused", "gone", "behind the end"])
    def test_however_it_ends_the_next_is_served(self, owner, release, acme, settings, end):
        settings.DOWNLOADS_AT_ONCE = 1
        url, other = ask(owner, release).url, ask(owner, release).url
        first = f"{folders_of(acme.tenant.pk)[0]}/00000"
        if end == "gone":
            content = storage().open(first).read()
            storage().delete(first)
            assert owner.get(url).status_code == 404
            storage().save(first, ContentFile(content))
        elif end == "behind the end":
            assert get(owner, url, range="bytes=99999-")[0].status_code == 416
        elif end == "refused":
            contracts = Contract.objects.filter(account=acme.big.account)
            contracts.update(cancelled_at=timezone.now() - timedelta(days=30))
            assert owner.get(url).status_code == 422
            contracts.update(cancelled_at=None)
        else:
            answer = owner.get(url)
            next(iter(answer.streaming_content))
            if end == "broken off":
                for close in answer._resource_closers:
                    close()
            del answer
            gc.collect()
        assert get(owner, other)[1] == CONTENT


class TestRefusals:
    def refused(self, client, release):
        before = everything()
        answer = ask(client, release)
        assert (answer.status_code, everything()) == (422, before)
        return answer.content.decode()

    def test_after_the_end_what_was_released_until_then_stays(self, owner, published, acme):
        old, new = published(days_ago=40), published(days_ago=3)
        today = timezone.localdate()
        Contract.objects.filter(account=acme.big.account).update(
            ends_on=today - timedelta(days=20), grace_days=0
        )
        assert get(owner, ask(owner, old).url)[1] == CONTENT
        said = self.refused(owner, new)
        assert "What was released up to" in said
        assert "A new contract with" in said

    def test_in_grace_everything_is_there(self, owner, published, acme):
        Contract.objects.filter(account=acme.big.account).update(
            ends_on=timezone.localdate() - timedelta(days=5), grace_days=10
        )
        assert ask(owner, published(days_ago=0)).status_code == 302

    def test_without_a_contract_the_sentence_says_what_would_help(self, acme, published, client_of):
        made = published()
        Contract.objects.filter(account=acme.small.account).update(
            starts_on=timezone.localdate() + timedelta(days=9)
        )
        said = self.refused(client_of(acme.small.contact), made)
        assert "starts on" in said
        assert "It can be used from" in said

    def test_a_cancelled_contract_gives_what_was_released_until_then(self, owner, published, acme):
        old, new = published(days_ago=2), published(days_ago=0)
        with time_machine.travel(timezone.now() - timedelta(days=1)):
            cancel_contract(contract=acme.big.contract, actor=acme.admin)
        assert ask(owner, old).status_code == 302
        assert "was cancelled" in self.refused(owner, new)

    def test_nobody_downloads_what_is_withdrawn(self, owner, acme, published, client_of):
        made = published()
        actions.withdraw(actor=acme.lead, release=made, reason="It loses postings.")
        for client in (owner, client_of(acme.admin)):
            assert "It loses postings." in self.refused(client, made)

    def test_a_draft_is_for_staff(self, owner, acme, draft, client_of):
        made, before = draft(), everything()
        assert ask(owner, made).status_code == 404
        assert everything() == before
        staff = client_of(acme.agent)
        assert get(staff, ask(staff, made).url)[1] == CONTENT
        assert Download.objects.get().account is None

    def test_staff_need_no_contract(self, acme, published, client_of):
        assert ask(client_of(acme.agent), published()).status_code == 302


class TestTheLog:
    @pytest.fixture
    def fetched(self, acme, published, client_of):
        """By two companies and an agent, the latest last."""
        made = published()
        for person in (acme.small.contact, acme.big.contact, acme.agent):
            client = client_of(person)
            get(client, ask(client, made).url)
        ask(client_of(acme.big.colleague), made)  # asked for and never begun
        return made

    def shown(self, client, query=""):
        answer = client.get(f"/releases/downloads/{query}")
        return [line.person for line in answer.context["lines"]]

    def test_a_company_sees_its_own(self, acme, fetched, client_of):
        assert self.shown(client_of(acme.big.admin)) == ["Big Contact"]
        assert self.shown(client_of(acme.big.colleague), "?account=SMA") == ["Big Contact"]
        assert self.shown(client_of(acme.small.admin)) == ["Sma Contact"]

    @pytest.mark.parametrize("number", ["x", "9" * 30, "9" * 5000])
    def test_a_release_that_is_no_number_narrows_nothing(self, acme, fetched, client_of, number):
        assert len(self.shown(client_of(acme.agent), f"?release={number}")) == 3

    def test_staff_see_all_by_customer_and_by_release(self, acme, fetched, client_of):
        staff = client_of(acme.csm)
        assert self.shown(staff) == ["The Agent", "Big Contact", "Sma Contact"]
        assert self.shown(staff, "?account=SMA") == ["Sma Contact"]
        assert len(self.shown(staff, "?release=r-1")) == 3
        assert self.shown(staff, "?release=R-2") == []

    def test_the_row_policies_hide_others_as_well(self, acme, fetched, acting_as):
        with acting_as(acme.big.contact):
            assert {row.account for row in Download.objects.all()} == {acme.big.account}
            assert Release.objects.count() == 1

    def test_it_keeps_no_link_that_nobody_used(self, acme, fetched, cast, published):
        """Two days long the link is there, the log has never shown it, and what was begun stays for good."""
        fresh = actions.ask_for(person=acme.big.contact, file=the_file(fetched))
        old = timezone.now() - timedelta(days=2, minutes=1)
        Download.objects.exclude(pk=fresh.pk).update(asked_at=old)
        begun = Download.objects.exclude(started_at=None)
        kept = {*begun.values_list("pk", flat=True), fresh.pk}
        assert (len(kept), Download.objects.count()) == (4, 5)
        assert [sweeps.remove_unused_links(), sweeps.remove_unused_links()] == [1, 0]
        assert set(Download.objects.values_list("pk", flat=True)) == kept

    def test_it_comes_as_csv(self, acme, fetched, client_of):
        answer = client_of(acme.big.admin).get("/releases/downloads.csv")
        lines = answer.content.decode().splitlines()
        assert len(lines) == 2
        assert lines[1].split(",")[2:] == [
            "Big Contact",
            "Big Company",
            "R-1",
            "ledger.zip",
            "10240",
            "10240",
            SHA256,
        ]

    def test_a_page_costs_the_same_for_one_line_and_for_three(
        self, acme, fetched, client_of, django_assert_num_queries
    ):
        client = client_of(acme.csm)
        for query in ("?account=SMA", ""):
            with django_assert_num_queries(STATEMENTS):
                self.shown(client, query)

    def test_what_is_noted_late_changes_no_other_tenant(self, cast, fetched, acme):
        row = Download.objects.latest("pk")
        note_sent(tenant_id=cast.rival.tenant.pk, download_id=row.pk, sent=5, whole=True)
        assert Download.objects.get(pk=row.pk).bytes_sent == row.bytes_sent


STATEMENTS = 3
