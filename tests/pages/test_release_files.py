"""Files of releases in a real browser: an upload that breaks off goes on, and what comes down is the file."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from playwright.sync_api import Page, Request, Route, expect

from knowledge.releases import actions
from knowledge.releases.actions import Facts, Words
from knowledge.releases.models import Release
from plans.models import ProductVersion
from portal.identity.models import Membership
from tests.isolation.scene import Scene

pytestmark = pytest.mark.browser
PART = 100_000
CONTENT = b"".join(number.to_bytes(4, "big") for number in range(250_000))
SHA256 = hashlib.sha256(CONTENT).hexdigest()
PART_ADDRESS = re.compile(r"/parts/(\d+)/$")


@pytest.fixture
def lead(scene: Scene) -> Membership:
    return scene.cast.acme.lead


@pytest.fixture
def draft(scene: Scene, lead: Membership, settings: Any, acting_as: Callable[..., Any]) -> Release:
    settings.RELEASE_PART_BYTES = PART
    with acting_as(lead):
        version = ProductVersion.objects.filter(product=scene.cast.acme.ledger).earliest("position")
        facts = Facts(version=version, kind="patch", released_on=scene.draft_release.released_on)
        return actions.start_draft(actor=lead, facts=facts, words=Words(language="en", title="Big patch"))


@pytest.fixture
def big(tmp_path: Path) -> Path:
    path = tmp_path / "big.iso"
    path.write_bytes(CONTENT)
    return path


def choose(page: Page, file: Path, sha256: str = "") -> None:
    page.get_by_label("File").set_input_files(file)
    page.get_by_label("Its SHA-256").fill(sha256)
    page.get_by_role("button", name="Upload").click()


def sent_parts(page: Page) -> list[int]:
    """The numbers of the parts that leave, as they do."""
    numbers: list[int] = []

    def on_request(request: Request) -> None:
        if found := PART_ADDRESS.search(request.url):
            numbers.append(int(found[1]))

    page.on("request", on_request)
    return numbers


def test_an_upload_goes_on_after_a_broken_connection(
    arrive: Callable[..., Page], lead: Membership, draft: Release, big: Path, complaints: list[str]
) -> None:
    page = arrive(lead)
    page.goto(f"/releases/{draft.reference}/")
    failures = iter(["failed", "failed"])

    def break_off(route: Route) -> None:
        if next(failures, None):
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/parts/3/", break_off)
    sent = sent_parts(page)
    choose(page, big, SHA256)
    expect(page.get_by_text("The connection broke. Trying again…")).to_be_visible()
    expect(page.locator(".release-files")).to_contain_text(SHA256)
    assert sent == [0, 1, 2, 3, 3, 3, 4, 5, 6, 7, 8, 9]
    complaints.clear()  # of the two that were broken off


def test_an_upload_goes_on_when_the_storage_is_back(
    arrive: Callable[..., Page],
    lead: Membership,
    draft: Release,
    big: Path,
    complaints: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = arrive(lead)
    page.goto(f"/releases/{draft.reference}/")
    keep, failures = FileSystemStorage._save, iter(["away", "away"])

    def away(storage: FileSystemStorage, name: str, content: Any) -> str:
        if name.endswith("/00003") and next(failures, None):
            raise ConnectionError("No route to it")
        return keep(storage, name, content)

    monkeypatch.setattr(FileSystemStorage, "_save", away)
    sent = sent_parts(page)
    choose(page, big, SHA256)
    expect(page.locator(".release-files")).to_contain_text(SHA256)
    assert sent == [0, 1, 2, 3, 3, 3, 4, 5, 6, 7, 8, 9]
    assert [complaint for complaint in complaints if "503" not in complaint] == []
    complaints.clear()


def test_an_upload_goes_on_after_the_page_was_left(
    arrive: Callable[..., Page], lead: Membership, draft: Release, big: Path, complaints: list[str]
) -> None:
    page = arrive(lead)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"/releases/{draft.reference}/")
    tries = iter(["it never arrives"])
    page.route("**/parts/6/", lambda route: None if next(tries, None) else route.continue_())
    with page.expect_request("**/parts/6/"):
        choose(page, big)
    page.goto(f"/releases/{draft.reference}/")
    expect(page.get_by_text("big.iso is not complete")).to_be_visible()
    sent = sent_parts(page)
    choose(page, big)
    expect(page.locator(".release-files")).to_contain_text(SHA256)
    assert sent == [6, 7, 8, 9]
    complaints.clear()


def test_other_content_than_was_said_is_told_in_words(
    arrive: Callable[..., Page], lead: Membership, draft: Release, big: Path
) -> None:
    page = arrive(lead)
    page.goto(f"/releases/{draft.reference}/")
    choose(page, big, "0" * 64)
    expect(page.locator("[data-upload-words]")).to_contain_text("did not arrive as it was sent")
    page.reload()
    expect(page.get_by_text("No files yet")).to_be_visible()


def test_a_customer_downloads_what_was_published(
    arrive: Callable[..., Page], scene: Scene, lead: Membership, draft: Release, big: Path
) -> None:
    page = arrive(lead)
    page.goto(f"/releases/{draft.reference}/")
    choose(page, big)
    expect(page.locator(".release-files")).to_contain_text(SHA256)
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(page.get_by_text(f"{draft.reference} is published.")).to_be_visible()
    customer = arrive(scene.cast.acme.small.contact)
    customer.goto("/releases/")
    customer.locator(".release-table").get_by_role("link", name="Big patch").first.click()
    with customer.expect_download() as download:
        customer.get_by_role("button", name=re.compile("Download.*big.iso")).click()
    assert download.value.suggested_filename == "big.iso"
    assert Path(download.value.path()).read_bytes() == CONTENT
