"""What customers do in a real browser: log, lose the session, come back, go by keyboard."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from incidents.models import Incident
from portal.identity.models import Membership
from tests.cast import PASSWORD
from tests.isolation.scene import Scene
from tests.pages.served import faults_of, tab_to

pytestmark = pytest.mark.browser
ActingAs = Callable[[Membership], Any]
SCRIPTS = (
    "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'><svg onload='window.ran = 1'></svg>"
    "[here](javascript:window.ran=1) {{ 7|add:7 }}"
)


@pytest.fixture
def contact(scene: Scene) -> Membership:
    return scene.cast.acme.small.contact


def fill_log_form(page: Page, title: str, description: str = "It stops at step 4.") -> None:
    page.goto("/incidents/new/")
    page.get_by_label("Product", exact=True).select_option("Ledger")
    page.get_by_role("radio", name="3 · ").check()
    page.get_by_role("textbox", name="Title").fill(title)
    page.get_by_role("textbox", name="Description").fill(description)


def titled(title: str, person: Membership, acting_as: ActingAs) -> int:
    with acting_as(person):
        return Incident.objects.filter(title=title).count()


def test_a_double_click_logs_one_incident(
    arrive: Callable[..., Page], contact: Membership, acting_as: ActingAs
) -> None:
    page = arrive(contact)
    fill_log_form(page, "Clicked twice")
    page.get_by_role("button", name="Log the incident").dblclick()
    expect(page.get_by_role("heading", name="Clicked twice")).to_be_visible()
    assert titled("Clicked twice", contact, acting_as) == 1


def test_a_form_sent_again_leads_to_the_same_incident(
    arrive: Callable[..., Page], contact: Membership, acting_as: ActingAs
) -> None:
    page = arrive(contact)
    fill_log_form(page, "Sent again")
    body = page.locator("form#log").evaluate("form => new URLSearchParams(new FormData(form)).toString()")
    page.get_by_role("button", name="Log the incident").click()
    expect(page.get_by_role("heading", name="Sent again")).to_be_visible()
    again = page.evaluate(
        """async body => {
            const headers = { "Content-Type": "application/x-www-form-urlencoded" };
            return (await fetch("/incidents/new/", { method: "POST", body, headers })).url;
        }""",
        body,
    )
    assert again == page.url
    assert titled("Sent again", contact, acting_as) == 1


def test_what_was_typed_survives_an_ended_session(arrive: Callable[..., Page], contact: Membership) -> None:
    page = arrive(contact)
    fill_log_form(page, "Typed for long", "Every **word** counts.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Log the incident").click()
    page.get_by_label("Email").fill(contact.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Typed for long")
    expect(page.get_by_role("textbox", name="Description")).to_have_value("Every **word** counts.")
    expect(page.get_by_role("radio", name="3 · ")).to_be_checked()
    page.get_by_role("button", name="Log the incident").click()
    expect(page.get_by_role("heading", name="Typed for long")).to_be_visible()


def test_a_refused_form_keeps_the_text_and_reads_well(
    arrive: Callable[..., Page], contact: Membership, complaints: list[str]
) -> None:
    page = arrive(contact)
    fill_log_form(page, "", "Only the title is missing.")
    page.get_by_role("button", name="Log the incident").click()
    expect(page.get_by_role("textbox", name="Title")).to_be_focused()
    expect(page.get_by_role("textbox", name="Description")).to_have_value("Only the title is missing.")
    assert faults_of(page, complaints) == []


def test_the_log_form_needs_no_mouse(arrive: Callable[..., Page], contact: Membership) -> None:
    page = arrive(contact)
    keys = {"name": "keys.txt", "mimeType": "text/plain", "buffer": b"keys"}
    page.on("filechooser", lambda chooser: chooser.set_files([keys]))
    page.goto("/incidents/new/")
    tab_to(page, "input[name=kind]")
    tab_to(page, "#id_product")
    page.keyboard.type("Led")
    tab_to(page, "input[name=severity]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#promise")).to_contain_text("First response by")
    tab_to(page, "#id_title")
    page.keyboard.type("No mouse at hand")
    tab_to(page, "#id_description")
    page.keyboard.type("Only keys.")
    tab_to(page, "input[name=files]")
    page.keyboard.press("Space")
    expect(page.locator("[data-file]", has_text="keys.txt")).to_have_attribute("data-state", "done")
    tab_to(page, "form#log button.button-primary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No mouse at hand")).to_be_visible()
    expect(page.locator(".incident-head .severity b")).to_have_text("2")
    expect(page.get_by_role("link", name="keys.txt")).to_be_visible()


def test_a_list_is_walked_and_opened_by_keys(arrive: Callable[..., Page], contact: Membership) -> None:
    page = arrive(contact)
    for title in ("First to walk", "Second to walk"):
        fill_log_form(page, title)
        page.get_by_role("button", name="Log the incident").click()
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.goto("/incidents/")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Second to walk")).to_be_focused()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="First to walk")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Second to walk")).to_be_visible()


def test_a_script_in_any_field_is_only_text(
    arrive: Callable[..., Page], scene: Scene, contact: Membership, complaints: list[str]
) -> None:
    page = arrive(contact)
    fill_log_form(page, f"Script {SCRIPTS}", SCRIPTS)
    name = "<img src=x onerror='window.ran = 1'>.txt"
    page.locator("input[name=files]").set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": b"text"}]
    )
    expect(page.locator("[data-file]")).to_have_attribute("data-state", "done")
    page.get_by_role("tab", name="Preview").click()
    expect(page.locator("[data-editor-preview]")).to_contain_text("<script>window.ran = 1</script>")
    page.get_by_role("button", name="Log the incident").click()
    expect(page.get_by_role("heading", name="Script <script>")).to_have_text(f"Script {SCRIPTS}")
    address = page.url
    page.get_by_role("textbox", name="Your reply").fill(SCRIPTS)
    page.get_by_role("button", name="Send the reply").click()
    expect(page.locator("#conversation .message")).to_have_count(2)
    agent = arrive(scene.cast.acme.agent)
    for window, paths in ((page, ["/", "/incidents/"]), (agent, [address, "/queue/", "/incidents/"])):
        for path in paths:
            window.goto(path)
            expect(window.locator("main")).to_contain_text("<script>window.ran = 1</script>")
            assert window.evaluate("window.ran") is None
            assert window.locator("main :is(script, [onerror], [onload], [href^='javascript'])").count() == 0


def test_the_language_changes_at_the_foot_and_stays(arrive: Callable[..., Page], scene: Scene) -> None:
    page = arrive(scene.cast.acme.small.colleague)
    page.goto("/incidents/")
    page.get_by_role("button", name="svenska").click()
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    expect(page).to_have_url(re.compile("/incidents/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Ärenden")
    page.goto("/plan/")
    expect(page.locator("html")).to_have_attribute("lang", "sv")
