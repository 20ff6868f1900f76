"""The main journey, through everything that serves it: browser, web server, worker, broker, mail."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from playwright.sync_api import BrowserContext, Page, expect

from incidents.actions import NewIncident, log_incident
from incidents.enums import Kind
from plans.enums import Severity
from portal.core.mailcatcher.mailbox import Mail
from portal.identity.models import Membership, User
from tests.cast import PASSWORD
from tests.isolation.scene import Scene
from tests.pages.running import Running, running_portal

pytestmark = [pytest.mark.browser, pytest.mark.processes]
FILE = {"name": "ledger.log", "mimeType": "text/plain", "buffer": b"08:02 posting stopped\n"}
ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL")
TITLE = "Posting runs stop at noon"


def _with_the_test_database(url: str) -> str:
    return urlsplit(url)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


@pytest.fixture
def portal(scene: Scene, tmp_path: Path) -> Iterator[Running]:
    # pytest's own folders are closed to others; a broker that is started as root is another user.
    for parent in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        parent.chmod(0o755)
    hasher = Argon2PasswordHasher()  # the tests' own is unknown to a real server
    people = [scene.cast.rival.small.contact.user_id, scene.cast.rival.agent.user_id]
    User.objects.filter(pk__in=people).update(password=hasher.encode(PASSWORD, hasher.salt()))
    servers = {name: _with_the_test_database(getattr(settings, name)) for name in ADDRESSES}
    with running_portal(tmp_path / "var", "--no-demo", **servers) as running:
        yield running


@pytest.fixture
def three_lower_ones(scene: Scene, acting_as: Callable[[Membership], Any]) -> list[str]:
    """Logged earlier, and of a higher plan; the plan never crosses the severity."""
    with acting_as(scene.cast.rival.big.contact) as contact:
        return [
            log_incident(
                person=contact,
                incident=NewIncident(
                    kind=Kind.DEFECT,
                    severity=Severity(3),
                    product=scene.cast.rival.ledger,
                    title=title,
                    description="It **hurts** a little.",
                ),
            ).reference
            for title in ("Wrong colour", "Slow export", "Odd rounding")
        ]


@pytest.fixture
def arrive(new_context: Callable[..., BrowserContext], portal: Running) -> Callable[[Membership], Page]:
    """``arrive(person)``: a browser of their own, and they sign in at the door."""

    def arrive(person: Membership) -> Page:
        page = new_context(base_url=portal.address(person.tenant.label)).new_page()
        page.goto("/")
        page.get_by_role("link", name="Sign in").click()
        page.get_by_label("Email").fill(person.user.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page).to_have_url(portal.address(person.tenant.label))
        return page

    return arrive


def log_severity_two(page: Page) -> str:
    """Logs the incident with its file; the reference that it is given."""
    page.get_by_role("link", name="Log an incident").first.click()
    page.get_by_label("Product", exact=True).select_option("Ledger")
    page.get_by_role("radio", name="2 · ").check()
    expect(page.locator("#promise")).to_contain_text("First response by")
    promised = page.locator("#promise .promise-due").inner_text()
    page.get_by_role("textbox", name="Title").fill(TITLE)
    page.get_by_role("textbox", name="Description").fill("Since **noon**, nothing is posted.")
    page.locator("input[name=files]").set_input_files([FILE])
    expect(page.locator("[data-file]", has_text="ledger.log")).to_have_attribute("data-state", "done")
    page.get_by_role("button", name="Log the incident").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(page.locator(".incident-head")).to_contain_text(promised)
    return page.url.split("/")[-2]


def link_in(mail: Mail) -> str:
    found = re.search(r"http://\S+", mail.text)
    assert found
    return found[0]


def reply(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Your reply").fill(text)
    page.get_by_role("button", name="Send the reply").click()
    expect(page.locator("#conversation .message-body").last).to_have_text(text)


def test_from_the_log_form_to_the_solution(
    scene: Scene, three_lower_ones: list[str], portal: Running, arrive: Callable[[Membership], Page]
) -> None:
    customer, agent = arrive(scene.cast.rival.small.contact), arrive(scene.cast.rival.agent)

    reference = log_severity_two(customer)
    expect(customer.locator(".state").first).to_have_text("New")
    with customer.expect_download() as download:
        customer.get_by_role("link", name="ledger.log").click()
    assert Path(download.value.path()).read_bytes() == FILE["buffer"]

    agent.goto("/queue/")
    rows = agent.locator(".queue-table .reference")
    expect(rows).to_have_text([reference, *three_lower_ones])
    agent.keyboard.press("n")
    expect(agent).to_have_url(portal.address("rival", f"/incidents/{reference}/"))
    reply(agent, "Restart the posting service, please.")

    mail = portal.mail_to(scene.cast.rival.small.contact.user.email, reference)
    assert "> Restart the posting service, please." in mail.text
    customer.goto(link_in(mail))
    expect(customer).to_have_url(re.compile(f"/incidents/{reference}/"))
    reply(customer, "That did it, thank you.")

    answered = portal.mail_to(scene.cast.rival.agent.user.email, reference)
    agent.goto(link_in(answered))
    agent.get_by_role("link", name="Resolve").click()
    agent.get_by_role("textbox", name="How was it solved?").fill("The service was restarted.")
    agent.get_by_role("dialog").get_by_role("button", name="Resolve").click()
    expect(agent.locator(".state").first).to_have_text("Resolved")

    told = portal.mail_to(scene.cast.rival.small.contact.user.email, "is resolved")
    assert "The service was restarted." in told.text
    customer.goto(link_in(told))
    expect(customer.locator(".state").first).to_have_text("Resolved")
