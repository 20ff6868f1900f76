"""Finding an answer: by the box that every page has, and while an incident is being written."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from knowledge.search import kinds
from knowledge.search.actions import Entry, forget, index
from knowledge.search.enums import Audience
from portal.core.tenancy import EVERY_ACCOUNT, acting
from tests.pages.served import Served, faults_of

pytestmark = pytest.mark.browser


@pytest.fixture
def _answers(served: Served) -> Iterator[None]:
    kinds.register(
        kinds.Kind(
            code="answer", label="Answer", icon="lightbulb", group="Answers", position=1, suggested=True
        )
    )
    tenant_id = served.scene.cast.acme.tenant.pk
    for number in range(1, 5):
        entry = Entry(
            language="en",
            title=f"Umbrellas print blank {number} <script>document.title = 'run'</script>",
            text="The umbrella prints. " * 20,
            url="/plans/",
            audience=Audience.CUSTOMERS,
            dated_at=datetime(2026, 3, number, tzinfo=UTC),
        )
        with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
            index(tenant_id=tenant_id, kind="answer", object_id=number, entries=[entry])
    yield
    for number in range(1, 5):
        with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
            forget(tenant_id=tenant_id, kind="answer", object_id=number)


@pytest.mark.usefixtures("_answers")
def test_the_box_is_one_key_away_and_leads_to_what_is_found(
    served: Served, arrive: Callable[..., Page], complaints: list[str]
) -> None:
    page = arrive(served.scene.company.contact)
    page.goto("/")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("umbrela")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Showing results for “umbrella”")
    expect(page.locator(".found")).to_have_count(4)
    assert "run" not in page.title()
    assert faults_of(page, complaints) == []
    page.keyboard.press("j")
    expect(page.locator(".found a").first).to_be_focused()


@pytest.mark.usefixtures("_answers")
def test_answers_come_while_an_incident_is_written_and_disturb_nobody(
    served: Served, arrive: Callable[..., Page], complaints: list[str]
) -> None:
    page = arrive(served.scene.company.contact)
    page.goto("/incidents/new/")
    title = page.get_by_label("Title")
    title.focus()
    before = title.bounding_box()
    title.press_sequentially("Umbrellas print blank")
    expect(page.locator("#answers li")).to_have_count(3)
    expect(title).to_be_focused()
    assert title.bounding_box() == before
    assert faults_of(page, complaints) == []
    page.route("**/incidents/new/answers/", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        title.press("End")
        title.press_sequentially(" pages")
    expect(page.locator("#toasts > *")).to_have_count(0)
    page.unroute("**/incidents/new/answers/")
    complaints.clear()  # of the request that was stopped
    page.get_by_label("Description").fill("Only blank.")
    page.get_by_role("button", name="This solved it").first.click()
    expect(page.get_by_role("heading", name="Solved without an incident")).to_be_visible()
    assert faults_of(page, complaints) == []
    page.get_by_role("button", name="Back to what I wrote").click()
    expect(page.get_by_label("Title")).to_have_value("Umbrellas print blank pages")
    expect(page.get_by_label("Description")).to_have_value("Only blank.")
