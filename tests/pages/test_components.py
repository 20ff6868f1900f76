"""The components in a real browser: keys, themes, drafts, files, forms, and what axe finds.

The gallery is rendered in this process and handed to the browser; no server and no database.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.http import HttpRequest, QueryDict
from django.test import RequestFactory
from playwright.sync_api import Page, Route, ViewportSize, expect

from portal.core.ui import navigation
from portal.core.ui.accents import Accent
from portal.core.ui.views import gallery, markdown_preview
from portal.identity.enums import Role
from portal.identity.models import Membership, Tenant, User

pytestmark = pytest.mark.browser
ADDRESS = "http://acme.test/"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'"


def request_for(route: Route) -> HttpRequest:
    parts = urlsplit(route.request.url)
    request = RequestFactory().get(f"{parts.path}?{parts.query}")
    cookies = route.request.all_headers().get("cookie", "")
    request.COOKIES = dict(pair.split("=", 1) for pair in cookies.split("; ") if "=" in pair)
    request.tenant = Tenant(name="Acme Support", accent=Accent.TEAL)
    request.user = User(name="Jonas Berg", email="jonas@acme.example")
    request.person = Membership(pk=7, user=request.user, role=Role.AGENT)
    return request


class Portal:
    """Answers the browser: pages, static files, previews and uploads; counts the forms that were sent."""

    def __init__(self) -> None:
        self.sent = 0
        self.upload: Callable[[str], tuple[int, dict[str, object]]] = lambda name: (
            200,
            {"id": 7, "name": name, "size": 3},
        )

    def answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            self._file(route, path.removeprefix("/static/"))
        elif path == "/text/preview/":
            request = request_for(route)
            request.method = "POST"
            request.POST = QueryDict(route.request.post_data)
            route.fulfill(body=markdown_preview(request).content, content_type="text/html")
        elif route.request.method == "POST" and "multipart" in route.request.headers.get("content-type", ""):
            found = re.search(rb'filename="(.+?)"', route.request.post_data_buffer or b"")
            assert found
            status, body = self.upload(found[1].decode())
            route.fulfill(status=status, body=json.dumps(body), content_type="application/json")
        else:
            self.sent += route.request.method == "POST"
            body = gallery(request_for(route)).content
            route.fulfill(body=body, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    def _file(self, route: Route, name: str) -> None:
        found = finders.find(name)
        assert isinstance(found, str), name
        route.fulfill(body=Path(found).read_bytes(), content_type=TYPES[Path(found).suffix])


@pytest.fixture
def portal(page: Page, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Portal:
    settings.DEBUG = True
    monkeypatch.setattr(navigation, "_entries", {})
    page.set_default_timeout(20_000)
    portal = Portal()
    page.route("**/*", portal.answer)
    page.goto(ADDRESS)
    page.evaluate("document.activeElement.blur()")
    return portal


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def fill_the_form(page: Page) -> None:
    page.get_by_label("Product").first.select_option("fl")
    page.locator("#id_description").first.fill("It **stops**.")


def send_the_form(page: Page) -> None:
    page.get_by_role("button", name="Log the incident").click()


@pytest.mark.parametrize(
    ("frame", "width", "scheme"),
    [
        ("staff", 1280, "light"),
        ("staff", 320, "dark"),
        ("customer", 1280, "dark"),
        ("customer", 320, "light"),
        ("public", 1280, "light"),
        ("public", 320, "dark"),
    ],
)
def test_axe_finds_nothing_and_nothing_hangs_over(
    page: Page, portal: Portal, frame: str, width: int, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size(ViewportSize(width=width, height=900))
    page.goto(f"{ADDRESS}?frame={frame}")
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_content_policy_has_nothing_to_stop(page: Page, portal: Portal) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.reload()
    page.wait_for_load_state("networkidle")
    assert said == []


def test_j_and_k_walk_through_a_list(page: Page, portal: Portal) -> None:
    for key, title in [
        ("j", "Nightly posting"),
        ("j", "Point of sale"),
        ("k", "Nightly posting"),
        ("k", "Nightly posting"),
    ]:
        page.keyboard.press(key)
        assert focused(page).startswith(title)


def test_a_slash_goes_to_the_search_and_escape_leaves_it(page: Page, portal: Portal) -> None:
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("njk")
    expect(page.get_by_role("searchbox")).to_have_value("njk")
    page.keyboard.press("Escape")
    expect(page.get_by_role("searchbox")).not_to_be_focused()


def test_a_question_mark_lists_the_keys_of_this_page(page: Page, portal: Portal) -> None:
    page.keyboard.press("?")
    assert page.locator("[data-key-list] dd").all_inner_texts() == [
        "Next and previous in a list",
        "Open what is selected",
        "Show these keys",
        "Search incidents, accounts, solutions",
        "Log an incident",
        "Reply",
    ]


def test_single_keys_can_be_switched_off(page: Page, portal: Portal) -> None:
    page.keyboard.press("?")
    page.get_by_label("Use single keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#sample-dialog")).not_to_be_visible()


def test_a_chosen_theme_is_drawn_by_the_server_from_then_on(page: Page, portal: Portal) -> None:
    page.get_by_title("Light or dark").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_menu_opens_walks_and_closes_by_keyboard(page: Page, portal: Portal) -> None:
    summary = page.locator("summary", has_text="Change")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "Raise severity"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "Lower severity"
    page.keyboard.press("Escape")
    expect(summary).to_be_focused()
    expect(page.get_by_text("Raise severity")).not_to_be_visible()


def test_the_preview_shows_what_the_reader_will_see(page: Page, portal: Portal) -> None:
    page.locator("#id_description").first.fill("It **stops**.")
    page.get_by_role("tab", name="Preview").first.click()
    expect(page.locator("[data-editor-preview]").first.locator("strong")).to_have_text("stops")
    page.get_by_role("tab", name="Write").first.click()
    expect(page.locator("#id_description").first).to_have_value("It **stops**.")


def test_what_was_typed_comes_back_until_it_is_discarded(page: Page, portal: Portal) -> None:
    fill_the_form(page)
    page.wait_for_timeout(600)  # a draft is kept when somebody stops typing for a moment
    page.reload()
    expect(page.locator("#id_description").first).to_have_value("It **stops**.")
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator("#id_description").first).to_have_value("")
    page.reload()
    expect(page.locator("#id_description").first).to_have_value("")


def test_what_was_sent_does_not_come_back(page: Page, portal: Portal) -> None:
    fill_the_form(page)
    send_the_form(page)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_load_state()
    page.goto(ADDRESS)
    expect(page.get_by_text("We kept what you typed")).to_have_count(0)


def test_a_form_that_asks_first_is_sent_only_after_a_yes(page: Page, portal: Portal) -> None:
    fill_the_form(page)
    send_the_form(page)
    expect(page.get_by_role("dialog", name="Send this sample?")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert portal.sent == 0
    send_the_form(page)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_load_state()
    assert portal.sent == 1


def test_a_second_submit_is_swallowed_while_the_first_is_under_way(page: Page, portal: Portal) -> None:
    fill_the_form(page)
    page.evaluate(
        """() => {
            const form = document.querySelector("form[data-draft]");
            delete form.dataset.confirm;
            form.requestSubmit();
            form.requestSubmit();
        }"""
    )
    page.wait_for_load_state()
    page.wait_for_timeout(300)
    assert portal.sent == 1


def test_files_are_sent_at_once_and_their_ids_go_along(page: Page, portal: Portal) -> None:
    page.locator("input[name=files]").set_input_files(
        [{"name": "a.log", "mimeType": "text/plain", "buffer": b"abc"}]
    )
    row = page.locator("[data-file]", has_text="a.log")
    expect(row).to_have_attribute("data-state", "done")
    expect(row.locator("input[name=uploads]")).to_have_value("7")
    row.get_by_role("button", name="Remove this file").click()
    expect(row).to_have_count(0)


def test_a_refused_file_says_why_and_holds_the_form_back(page: Page, portal: Portal) -> None:
    portal.upload = lambda name: (422, {"error": "This type is not accepted."})
    fill_the_form(page)
    page.locator("input[name=files]").set_input_files(
        [{"name": "a.exe", "mimeType": "text/plain", "buffer": b"abc"}]
    )
    row = page.locator("[data-file]", has_text="a.exe")
    expect(row.get_by_text("This type is not accepted.")).to_be_visible()
    page.evaluate("delete document.querySelector('form[data-draft]').dataset.confirm")
    send_the_form(page)
    assert portal.sent == 0
    expect(row.get_by_role("button")).to_be_focused()


def test_a_file_that_is_too_large_is_not_sent(page: Page, portal: Portal) -> None:
    page.evaluate("document.querySelector('[data-file-drop]').dataset.maxBytes = '2'")
    page.locator("input[name=files]").set_input_files(
        [{"name": "a.log", "mimeType": "text/plain", "buffer": b"abc"}]
    )
    expect(
        page.locator("[data-file]", has_text="a.log").get_by_text("This file is too large.")
    ).to_be_visible()


def test_a_refused_form_takes_the_focus_to_its_errors(page: Page, portal: Portal) -> None:
    page.reload()
    expect(page.locator(".error-summary")).to_be_focused()
