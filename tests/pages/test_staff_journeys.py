"""An agent's hour without a mouse: take the next, reply, search, look a key up, change, ask why."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from incidents.actions import NewIncident, log_incident
from incidents.enums import Kind
from plans.enums import Severity
from portal.identity.models import Membership
from tests.cast import House
from tests.isolation.scene import Scene
from tests.pages.served import faults_of, tab_to

pytestmark = pytest.mark.browser


@pytest.fixture
def house(scene: Scene) -> House:
    return scene.cast.acme


@pytest.fixture
def logged(house: House, acting_as: Callable[[Membership], Any]) -> Callable[[str, Severity], str]:
    def log(title: str, severity: Severity) -> str:
        with acting_as(house.small.contact) as contact:
            return log_incident(
                person=contact,
                incident=NewIncident(
                    kind=Kind.DEFECT,
                    severity=severity,
                    product=house.store,
                    title=title,
                    description="Since this morning.",
                ),
            ).reference

    return log


def test_next_reply_search_and_help_by_keys(
    arrive: Callable[..., Page], house: House, logged: Callable[[str, Severity], str], complaints: list[str]
) -> None:
    minor, critical = logged("Wrong colour", Severity.MINOR), logged("All tills stand", Severity.CRITICAL)
    page = arrive(house.agent)
    page.goto("/queue/")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="All tills stand")).to_be_visible()
    assert page.url.endswith(f"/{critical}/")

    page.wait_for_load_state()  # the keys are bound by then
    page.keyboard.press("r")
    expect(page.get_by_role("textbox", name="Your reply")).to_be_focused()
    page.keyboard.type("We are on it.")
    tab_to(page, ".composer button.button-primary")
    page.keyboard.press("Enter")
    expect(page.locator("#conversation .message-body").last).to_have_text("We are on it.")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert "Your reply" in page.locator("[data-key-list] dd").all_inner_texts()
    assert faults_of(page, complaints) == []
    page.keyboard.press("Escape")

    page.goto("/queue/")
    page.keyboard.press("/")
    page.keyboard.type(minor)
    page.keyboard.press("Enter")
    expect(page.locator(".queue-table .reference")).to_have_text([minor])
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Wrong colour")).to_be_visible()


def test_a_place_and_a_time_open_into_their_reasons(
    arrive: Callable[..., Page], house: House, logged: Callable[[str, Severity], str], complaints: list[str]
) -> None:
    reference = logged("Late again", Severity.MAJOR)
    page = arrive(house.lead)
    page.goto(f"/queue/?q={reference}")
    page.get_by_role("link", name="Why here?").click()
    expect(page.get_by_role("dialog", name="Why here?")).to_contain_text("Severity 2")
    assert faults_of(page, complaints) == []
    page.goto(f"/incidents/{reference}/")
    page.get_by_role("link", name="Why this time?").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Counted from")
    assert faults_of(page, complaints) == []


def test_a_severity_is_lowered_with_a_reason_in_a_dialog(
    arrive: Callable[..., Page], house: House, logged: Callable[[str, Severity], str], complaints: list[str]
) -> None:
    page = arrive(house.lead)
    page.goto(f"/incidents/{logged('Not so bad', Severity.MAJOR)}/")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Change the severity").click()
    dialog = page.get_by_role("dialog", name="Change the severity")
    dialog.get_by_role("radio", name="3").check()
    dialog.get_by_role("button", name="Change the severity").click()
    expect(page.get_by_text("This field is required")).to_be_visible()
    assert faults_of(page, complaints) == []
    page.get_by_role("textbox", name="Reason").fill("A workaround exists.")
    page.get_by_role("button", name="Change the severity").click()
    expect(page.locator(".incident-head .severity b")).to_have_text("3")
    expect(page.get_by_role("main")).to_contain_text("A workaround exists.")
