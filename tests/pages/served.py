"""The portal that the tests of pages share, and what they watch on each page."""

from collections.abc import Callable
from dataclasses import dataclass

from allauth.account.internal.flows.login import record_authentication
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, ViewportSize

from portal.identity.models import Membership, Tenant
from tests.isolation.scene import Scene

ANSWERED = "Failed to load resource: the server responded with a status of 4"
"""What Chromium says of a page that refuses something; the test looks at the page itself."""
STILL = """() => {
  const still = new CSSStyleSheet();
  still.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important; }");
  document.adoptedStyleSheets.push(still);
}"""
"""From light to dark at once: axe would see colours on their way."""
PHONE = 320
PATIENCE = 20_000
EVERYTHING = {"resultTypes": ["violations"], "preload": False}
CONTRAST = {**EVERYTHING, "runOnly": ["color-contrast"]}


@dataclass(frozen=True)
class Served:
    port: int
    scene: Scene

    def address(self, tenant: Tenant | None = None) -> str:
        """Of a tenant's portal; without one, of the base host."""
        label = f"{tenant.label}." if tenant else ""
        return f"http://{label}localhost:{self.port}"

    def window(
        self,
        new_context: Callable[..., BrowserContext],
        person: Membership | None,
        at: Tenant | None,
        complaints: list[str],
    ) -> Page:
        """A browser of somebody's own, signed in; without a person anybody's, at a tenant's portal."""
        address = self.address(person.tenant if person else at)
        context = new_context(base_url=address)
        context.set_default_timeout(PATIENCE)
        if person is not None:
            key = client_of(person).session.session_key
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}])
        page = context.new_page()
        complaints_of(page, complaints)
        return page


def client_of(person: Membership | None, tenant: Tenant | None = None) -> Client:
    """A client of Django's; somebody's session began a moment ago with the password."""
    tenant = person.tenant if person else tenant
    client = Client(HTTP_HOST=f"{tenant.label}.{settings.BASE_HOST}" if tenant else settings.BASE_HOST)
    if person is not None:
        client.force_login(person.user)
        request = HttpRequest()
        request.session = client.session
        record_authentication(request, person.user, "password", reauthenticated=True)
        request.session.save()
    return client


def complaints_of(page: Page, complaints: list[str]) -> None:
    """From now on, add what the page's console complains of."""

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(ANSWERED):
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))


def faults_of(page: Page, complaints: list[str]) -> list[str]:
    """What axe finds in light and in dark, and what hangs over the edge of a narrow phone.

    axe tries styles that the content policy stops; of that the console's ``complaints`` shall say nothing.
    """
    said = len(complaints)
    page.evaluate(STILL)
    size = page.viewport_size
    assert size
    faults = [f"{page.url}, light: {found}" for found in _violations(page, EVERYTHING)]
    page.emulate_media(color_scheme="dark")
    faults += [f"{page.url}, dark: {found}" for found in _violations(page, CONTRAST)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(ViewportSize(width=PHONE, height=size["height"]))
    if (width := page.evaluate("document.documentElement.scrollWidth")) > PHONE:
        faults.append(f"{page.url}: {width} pixels wide on a phone of {PHONE}")
    page.set_viewport_size(size)
    del complaints[said:]
    return faults


def _violations(page: Page, options: dict[str, object]) -> list[str]:
    rules = Axe().run(page, options=options).response["violations"]
    return [
        f"{rule['id']} at {node['target']}: {node['failureSummary']}"
        for rule in rules
        for node in rule["nodes"]
    ]


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on what the selector names."""
    for _stop in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never came to {selector}")
