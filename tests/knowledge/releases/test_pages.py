"""The pages: the list with what is new, one release, drafts with their words, and uploads by the browser."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from entitlements.models import Contract, Installation
from knowledge.releases import actions
from knowledge.releases.actions import Words
from knowledge.releases.models import Release, ReleaseText, Upload
from knowledge.releases.queries import page_of
from knowledge.releases.views import lists
from plans.models import ProductVersion
from tests.knowledge.releases.conftest import CONTENT, SHA256, everything, the_file

pytestmark = pytest.mark.django_db


def numbers(answer):
    return [row.number for row in answer.context["rows"]]


class TestTheList:
    def test_contacts_see_what_was_published_the_latest_first(self, owner, lead, draft, published):
        published(days_ago=3)
        published(days_ago=1)
        draft(days_ago=0)
        assert numbers(owner.get("/releases/")) == [2, 1]
        assert numbers(lead.get("/releases/")) == [3, 2, 1]
        assert numbers(owner.get("/releases/?state=draft")) == [2, 1]
        assert numbers(lead.get("/releases/?state=draft")) == [3]

    def test_it_is_narrowed_by_product_version_and_kind(self, owner, acme, published):
        published()
        published(kind="update", version="2.0")
        newer = ProductVersion.objects.get(product=acme.ledger, name="2.0")
        for query, found in (
            ("product=ledger", [2, 1]),
            ("product=store", []),
            ("kind=update", [2]),
            (f"version={newer.pk}", [2]),
            ("kind=nothing", [2, 1]),
        ):
            assert numbers(owner.get(f"/releases/?{query}")) == found

    def test_each_page_leads_to_the_next_without_a_gap(self, owner, published, monkeypatch):
        for _ in range(5):
            published()
        monkeypatch.setattr(lists, "page_of", partial(page_of, size=2))
        seen, url = [], "/releases/"
        while url:
            answer = owner.get(url)
            seen += numbers(answer)
            url = f"/releases/{answer.context['older']}" if answer.context["older"] else ""
        assert seen == [5, 4, 3, 2, 1]

    def test_a_cursor_that_is_not_ours_leads_to_the_first_page(self, owner):
        assert owner.get("/releases/?after=nonsense").url == "/releases/"

    def test_it_costs_the_same_for_one_release_and_for_three(
        self, owner, published, django_assert_num_queries
    ):
        owner.get("/releases/")
        published()
        with django_assert_num_queries(LIST):
            assert numbers(owner.get("/releases/")) == [1]
        for _ in range(2):
            published()
        with django_assert_num_queries(LIST):
            assert numbers(owner.get("/releases/")) == [3, 2, 1]

    def test_a_title_is_in_the_nearest_language(self, owner, acme, published):
        made = published()
        user = acme.big.contact.user
        user.language = "fr"
        user.save(update_fields=["language"])
        assert owner.get("/releases/").context["rows"][0].title == ("en", "Ledger patch")
        actions.write_words(actor=acme.lead, release=made, words=Words(language="fr", title="Correctif"))
        assert owner.get("/releases/").context["rows"][0].title == ("fr", "Correctif")


LIST, PAGE = 11, 9


class TestWhatIsNew:
    def new(self, client):
        found = client.get("/releases/").context["is_new"]
        return {
            name: [(item.row.number, list(item.installations)) for item in getattr(found, name)]
            for name in ("newer", "missing", "regulatory")
        }

    def test_it_follows_what_the_account_runs(self, owner, acme, published, client_of):
        published(kind="update", version="2.0")
        published(kind="patch")
        published(kind="regulatory")
        published(kind="patch", version="2.0")
        published(kind="documentation")
        assert self.new(owner) == {
            "newer": [(1, ["Main"])],
            "missing": [(2, ["Main"])],
            "regulatory": [(3, ["Main"])],
        }
        newer = ProductVersion.objects.get(product=acme.ledger, name="2.0")
        Installation.objects.filter(account=acme.big.account).update(version=newer)
        assert self.new(owner) == {"newer": [], "missing": [(4, ["Main"])], "regulatory": []}
        assert len(self.new(client_of(acme.small.contact))["newer"]) == 1

    def test_what_was_replaced_withdrawn_or_fetched_is_no_news(self, owner, acme, published, client_of):
        replaced, withdrawn, fetched = published(), published(), published()
        better = published(replaces=[replaced])
        actions.withdraw(actor=acme.lead, release=withdrawn, reason="Why")
        asked = owner.post(f"/releases/files/{the_file(fetched).pk}/get/")
        assert [number for number, _ in self.new(owner)["missing"]] == [4, 3]
        owner.get(asked.url).getvalue()
        assert [number for number, _ in self.new(owner)["missing"]] == [4]
        assert [number for number, _ in self.new(client_of(acme.small.contact))["missing"]] == [4, 3]
        actions.withdraw(actor=acme.lead, release=better, reason="Why")
        assert [number for number, _ in self.new(owner)["missing"]] == [1]

    def test_whoever_runs_nothing_is_told_what_to_do(self, owner, acme, published):
        published()
        Installation.objects.filter(account=acme.big.account).update(retired_at=timezone.now())
        assert b"Ask us to record them" in owner.get("/releases/").content


class TestOneRelease:
    def test_it_shows_notes_fixes_checksum_and_a_button(self, owner, published):
        made = published()
        page = owner.get("/releases/R-1/").content.decode()
        for shown in ("Ledger patch", "<strong>this</strong>", "A posting stops", SHA256, "10 kB"):
            assert shown in page
        assert f"/releases/files/{the_file(made).pk}/get/" in page

    def test_a_refusal_stands_in_the_place_of_the_button(self, owner, acme, published):
        made = published()
        Contract.objects.filter(account=acme.big.account).update(
            ends_on=timezone.localdate() - timedelta(days=20), grace_days=0
        )
        page = owner.get("/releases/R-1/").content.decode()
        assert f"/releases/files/{the_file(made).pk}/get/" not in page
        assert "What was released up to" in page

    def test_a_replaced_one_says_so_and_a_withdrawn_one_says_why(self, owner, acme, published):
        replaced = published(title="First")
        published(title="Second", replaces=[replaced], needs=[replaced])
        first, second = owner.get("/releases/R-1/"), owner.get("/releases/R-2/")
        assert [row.number for row in first.context["relatives"].replaced_by] == [2]
        assert [row.number for row in second.context["relatives"].needs] == [1]
        actions.withdraw(actor=acme.lead, release=replaced, reason="It loses postings.")
        page = owner.get("/releases/R-1/").content.decode()
        assert "It loses postings." in page
        assert "Download<" not in page

    def test_one_whose_successor_was_withdrawn_is_the_best_again(self, owner, acme, published):
        replaced = published()
        better = published(replaces=[replaced])
        assert b"There is a better one" in owner.get("/releases/R-1/").content
        actions.withdraw(actor=acme.lead, release=better, reason="Why")
        assert b"There is a better one" not in owner.get("/releases/R-1/").content

    def test_the_draft_of_a_better_one_is_told_to_nobody_outside(self, owner, published, draft):
        replaced = published()
        draft(title="Secret", replaces=[replaced])
        answer = owner.get("/releases/R-1/")
        assert answer.context["relatives"].replaced_by == []
        assert b"Secret" not in answer.content

    def test_nobody_outside_sees_a_draft(self, owner, cast, client_of, draft):
        draft()
        for client in (
            owner,
            client_of(cast.rival.admin),
            client_of(cast.rival.admin, tenant=cast.acme.tenant),
        ):
            assert client.get("/releases/R-1/").status_code == 404

    def test_script_in_words_and_names_is_text(self, owner, lead, acme, draft):
        evil = "<script>alert(1)</script>"
        made = draft(title=evil, files={f"{evil}.zip": b"text"})
        actions.write_words(
            actor=acme.lead, release=made, words=Words(language="en", title=evil, notes=evil, fixes=[evil])
        )
        actions.publish(actor=acme.lead, release=made)
        assert evil not in owner.get("/releases/R-1/").content.decode()

    def test_it_costs_the_same_for_one_file_and_for_three(self, owner, published, django_assert_num_queries):
        published(files={"a": b"1"})
        published(files={"a": b"1", "b": b"2", "c": b"3"})
        owner.get("/releases/R-1/")
        for number in (1, 2):
            with django_assert_num_queries(PAGE):
                owner.get(f"/releases/R-{number}/")


class TestDrafts:
    def given(self, acme, **changes):
        version = ProductVersion.objects.get(product=acme.ledger, name="1.0")
        return {
            "version": version.pk,
            "kind": "patch",
            "released_on": timezone.localdate().isoformat(),
            "needs": "",
            "replaces": "",
            "title": "Posting",
            "notes": "",
            "fixes": "One\n\n Two \n",
            **changes,
        }

    def test_the_form_names_the_language_of_the_portal(self, lead):
        assert "Write the words in English;" in lead.get("/releases/new/").content.decode()

    def test_a_draft_is_made_by_the_form(self, lead, acme, published):
        published()
        answer = lead.post("/releases/new/", self.given(acme, needs="r-1"))
        assert answer.url == "/releases/R-2/"
        assert ReleaseText.objects.get(release__number=2).fixes == ["One", "Two"]
        page = lead.get("/releases/R-2/")
        assert [row.number for row in page.context["relatives"].needs] == [1]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [({"needs": "R-99"}, "needs"), ({"replaces": "nine"}, "replaces"), ({"title": ""}, "title")],
    )
    def test_what_can_not_be_used_is_said_beside_the_field(self, lead, acme, changes, field):
        answer = lead.post("/releases/new/", self.given(acme, notes="Long notes", **changes))
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
        assert b"Long notes" in answer.content
        assert not Release.objects.exists()

    @pytest.mark.parametrize("field", ["needs", "replaces"])
    def test_more_numbers_than_fit_are_refused_and_stay_in_the_field(self, lead, acme, draft, field):
        draft(files={})
        before, typed = everything(), ", ".join(f"R-{number}" for number in range(1000, 1041))
        for url in ("/releases/new/", "/releases/R-1/edit/"):
            answer = lead.post(url, self.given(acme, revision=1, **{field: typed}))
            page = answer.content.decode()
            assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
            assert "At most 40 numbers fit here, and there are 41. Take some of them out." in page
            assert f'value="{typed}"' in page
        assert everything() == before

    def test_as_many_numbers_as_fit_are_taken_however_long_and_twice(self, lead, acme, published):
        published(files={"a": b"text"})
        typed = ", ".join(["R-1"] * 60 + [f"R-{number:09d}" for number in range(2, 41)])
        page = lead.post("/releases/new/", self.given(acme, needs=typed)).content.decode()
        assert "There is no release R-2." in page  # the forty were looked for
        assert 'name="needs" maxlength' not in page
        assert lead.post("/releases/new/", self.given(acme, needs=typed[:300])).url == "/releases/R-2/"

    def test_a_stale_form_gets_both_versions(self, lead, acme, draft):
        draft()
        data = {**self.given(acme), "revision": 1}
        assert lead.post("/releases/R-1/edit/", {**data, "kind": "update"}).status_code == 302
        answer = lead.post("/releases/R-1/edit/", {**data, "kind": "regulatory"})
        page = answer.content.decode()
        assert (answer.status_code, "Somebody was faster" in page) == (409, True)
        assert 'value="2"' in page  # sent again, it is saved over what is shown
        assert Release.objects.get().kind == "update"

    def test_stale_words_get_both_versions(self, lead, published):
        published()
        assert lead.post("/releases/R-1/words/", {"title": "One", "words_revision": 1}).status_code == 302
        answer = lead.post("/releases/R-1/words/", {"title": "Two", "words_revision": 1})
        assert answer.status_code == 409
        assert b"One" in answer.content
        assert b"Two" in answer.content
        assert ReleaseText.objects.get().title == "One"

    def test_an_expired_session_loses_no_words(self, acme, draft, client_of):
        draft()
        nobody = client_of()
        answer = nobody.post("/releases/R-1/words/", {"title": "Typed for long", "words_revision": 1})
        assert answer.status_code == 302
        nobody.force_login(acme.lead.user)
        assert answer.url.startswith("/account/login/")
        assert b"Typed for long" in nobody.get("/releases/R-1/words/").content

    def test_publishing_and_withdrawing_by_the_pages(self, lead, draft):
        draft()
        assert lead.post("/releases/R-1/publish/").url == "/releases/R-1/"
        assert Release.objects.get().state == "published"
        assert lead.post("/releases/R-1/withdraw/", {"reason": ""}).status_code == 422
        assert lead.post("/releases/R-1/withdraw/", {"reason": "Broken"}).url == "/releases/R-1/"
        assert Release.objects.get().withdrawn_because == "Broken"

    def test_agents_find_no_form(self, acme, draft, client_of):
        draft()
        agent, before = client_of(acme.agent), everything()
        for url in ("new/", "R-1/edit/", "R-1/words/", "R-1/withdraw/"):
            assert agent.get(f"/releases/{url}").status_code == 404
        for url in ("R-1/publish/", "R-1/discard/", "R-1/files/", "R-1/uploads/"):
            assert agent.post(f"/releases/{url}").status_code == 404
        assert everything() == before


class TestUploadsByTheBrowser:
    def test_without_javascript_a_form_brings_the_file(self, lead, draft):
        made = draft(files={})
        file = SimpleUploadedFile("a.zip", CONTENT)
        answer = lead.post("/releases/R-1/files/", {"file": file, "sha256": SHA256})
        assert answer.url == "/releases/R-1/"
        assert (the_file(made).name, the_file(made).sha256) == ("a.zip", SHA256)

    def test_it_may_be_larger_than_an_attachment(self, lead, draft, settings):
        settings.MAX_ATTACHMENT_BYTES = 2000
        made = draft(files={})
        lead.post("/releases/R-1/files/", {"file": SimpleUploadedFile("a.zip", CONTENT)})
        assert the_file(made).size == len(CONTENT)

    def test_one_that_is_too_large_is_never_read(self, lead, draft, settings):
        settings.MAX_RELEASE_FILE_BYTES = 10
        draft(files={})
        file = SimpleUploadedFile("a.zip", b"x" * 100_000)
        assert lead.post("/releases/R-1/files/", {"file": file}).status_code == 413

    def test_it_waits_where_files_lie_and_leaves_nothing_there(self, lead, draft, settings):
        draft(files={})
        lead.post("/releases/R-1/files/", {"file": SimpleUploadedFile("a.zip", CONTENT)})
        assert list((settings.FILES_DIR / "coming").iterdir()) == []

    def test_the_form_needs_its_token(self, acme, draft, settings):
        made = draft(files={})
        strict = Client(enforce_csrf_checks=True, HTTP_HOST=f"acme.{settings.BASE_HOST}")
        strict.force_login(acme.lead.user)
        answer = strict.post("/releases/R-1/files/", {"file": SimpleUploadedFile("a.zip", CONTENT)})
        assert answer.status_code == 403
        assert not made.files.exists()

    def test_a_wrong_checksum_is_said_beside_the_field(self, lead, draft):
        made = draft(files={})
        file = SimpleUploadedFile("a.zip", CONTENT)
        answer = lead.post("/releases/R-1/files/", {"file": file, "sha256": "0" * 64})
        assert (answer.status_code, list(answer.context["file_form"].errors)) == (422, ["sha256"])
        assert not made.files.exists()

    def test_part_by_part(self, lead, draft):
        made = draft(files={})
        begun = lead.post(
            "/releases/R-1/uploads/", {"name": "a.iso", "size": len(CONTENT), "stamp": "1", "sha256": SHA256}
        ).json()
        for number in range(11):
            content = CONTENT[number * 1000 : number * 1000 + 1000]
            sent = lead.post(
                f"{begun['url']}parts/{number}/", content, content_type="application/octet-stream"
            )
            assert sent.json()["received"] == min(1000 * (number + 1), len(CONTENT))
            assert lead.get(begun["url"]).json() == sent.json()
        done = lead.post(f"{begun['url']}finish/")
        assert (done.status_code, done.json()) == (201, {"name": "a.iso", "sha256": SHA256})
        assert the_file(made).size == len(CONTENT)

    def test_a_part_that_is_too_large_is_never_read(self, lead, draft):
        draft(files={})
        url = lead.post("/releases/R-1/uploads/", {"name": "a", "size": 5000}).json()["url"]
        sent = lead.post(f"{url}parts/0/", b"x" * 1001, content_type="application/octet-stream")
        assert sent.status_code == 413
        assert Upload.objects.get().received == 0

    def test_an_upload_is_found_by_its_uploader_alone(self, acme, lead, draft, client_of):
        draft(files={})
        url = lead.post("/releases/R-1/uploads/", {"name": "a", "size": 5000}).json()["url"]
        admin, before = client_of(acme.admin), everything()
        assert admin.get(url).status_code == 404
        assert (
            admin.post(f"{url}parts/0/", b"x" * 1000, content_type="application/octet-stream").status_code
            == 404
        )
        assert admin.post(f"{url}finish/").status_code == 404
        assert admin.post(f"{url}give-up/").status_code == 404
        assert everything() == before

    @pytest.mark.parametrize(
        ("given", "status"), [({"name": "a", "size": "many"}, 400), ({"name": "a", "size": 0}, 422)]
    )
    def test_what_can_not_be_sent_is_said_at_the_beginning(self, lead, draft, given, status):
        draft(files={})
        answer = lead.post("/releases/R-1/uploads/", given)
        assert (answer.status_code, bool(answer.json()["error"])) == (status, True)

    def test_an_upload_that_waits_is_shown_and_can_be_given_up(self, lead, draft):
        draft(files={})
        url = lead.post("/releases/R-1/uploads/", {"name": "half.iso", "size": 5000}).json()["url"]
        assert b"half.iso is not complete" in lead.get("/releases/R-1/").content
        assert lead.post(f"{url}give-up/").url == "/releases/R-1/"
        assert not Upload.objects.exists()
