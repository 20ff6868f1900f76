"""``make shots``: the pictures of the README, of the demo as ``make run`` shows it.

Starts a portal of its own in ``var/shots``, made anew each time so that the demo is of today; signs in
as people of the demo and writes ``docs/pictures/``.
"""

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.pages.chromium import NONE_HERE, launch_options
from tests.pages.running import ROOT, Running, running_portal

PICTURES = ROOT / "docs" / "pictures"
LARGEST = 300_000
DESK = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=400, height=800)
VENDOR = "tarnwick"
AGENT = "maya.okonjo@tarnwick.example"
CUSTOMER = "dana.holloway@quillfield.example"


@contextmanager
def page_of(
    browser: Browser, portal: Running, email: str = "", size: ViewportSize = DESK, dark: bool = False
) -> Iterator[Page]:
    context = browser.new_context(
        base_url=portal.address(VENDOR), viewport=size, color_scheme="dark" if dark else "light", locale="en"
    )
    page = context.new_page()
    if email:
        page.goto("/account/login/")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(password_in(portal))
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(portal.address(VENDOR))
    yield page
    context.close()


def password_in(portal: Running) -> str:
    """What the portal tells whoever starts it."""
    found = re.search(r"signs in with the password (\S+)", portal.said.read_text())
    assert found
    return found[1]


def take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path, animations="disabled", caret="hide")
    if path.stat().st_size > LARGEST:
        sys.exit(f"{path.name} has {path.stat().st_size} bytes: choose a smaller part of the page.")
    print(path.relative_to(ROOT))


def take_all(browser: Browser, portal: Running) -> None:
    with page_of(browser, portal, CUSTOMER) as page:
        page.goto("/incidents/new/")
        page.get_by_label("Product", exact=True).select_option(index=1)
        page.get_by_role("radio", name="2 · ").check()
        page.locator("#promise .promise-due").wait_for()
        page.get_by_role("textbox", name="Title").fill("Orders from the web shop stop at the credit check")
        take(page, "log")
    with page_of(browser, portal, AGENT) as page:
        page.goto("/queue/")
        take(page, "queue")
    with page_of(browser, portal, AGENT, dark=True) as page:
        page.goto("/queue/")
        answered = page.get_by_role("row").filter(has_text="Quillfield").filter(has_text="Open")
        answered.first.locator("a[data-item]").click()
        take(page, "incident")
    with page_of(browser, portal, AGENT) as page:
        page.goto("/critical/")
        page.get_by_role("link", name="Posting run may skip lines").click()
        page.get_by_role("heading", name="How far the loop is closed").wait_for()
        take(page, "critical")
    with page_of(browser, portal, size=PHONE) as page:
        page.goto("/plans/")
        take(page, "plans")


def main() -> None:
    options = launch_options()
    if options is None:
        sys.exit(NONE_HERE)
    folder = ROOT / "var" / "shots"
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(exist_ok=True)
    PICTURES.mkdir(exist_ok=True)
    with running_portal(folder) as portal, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options)
        take_all(browser, portal)
        browser.close()


if __name__ == "__main__":
    main()
