"""From a solved incident to a reader's thanks: made in one step, read by a second person, told apart."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from incidents.actions import NewIncident, log_incident, reply
from incidents.enums import Kind
from plans.enums import Severity
from portal.identity.models import Membership
from tests.cast import House
from tests.isolation.scene import Scene
from tests.pages.served import faults_of

pytestmark = pytest.mark.browser


@pytest.fixture
def house(scene: Scene) -> House:
    return scene.cast.acme


@pytest.fixture
def answered(house: House, acting_as: Callable[[Membership], Any]) -> str:
    new = NewIncident(
        kind=Kind.DEFECT,
        severity=Severity.MINOR,
        product=house.store,
        title="Labels are blank",
        description="Since the **move**.",
    )
    with acting_as(house.small.contact) as contact:
        incident = log_incident(person=contact, incident=new)
    with acting_as(house.agent) as agent:
        reply(person=agent, incident=incident, body="Calibrate the printer.")
    return incident.reference


def test_what_solved_one_incident_helps_the_next_reader(
    arrive: Callable[..., Page], house: House, answered: str, complaints: list[str]
) -> None:
    page = arrive(house.agent)
    page.goto(f"/incidents/{answered}/")
    page.get_by_role("button", name="Make a solution").click()
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Labels are blank")
    expect(page.get_by_role("textbox", name="Resolution")).to_have_value("Calibrate the printer.")
    page.get_by_role("textbox", name="Resolution").fill("1. Clean it.\n2. Calibrate it.")
    page.get_by_role("tab", name="Preview").last.click()
    expect(page.locator("[data-editor-preview] li").last).to_have_text("Calibrate it.")
    assert faults_of(page, complaints) == []
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_role("button", name="Ask for a review").click()
    reference = page.locator(".breadcrumb .ref").inner_text()
    page.get_by_role("link", name="Readers and products").click()
    page.get_by_role("radio", name="Everybody").check()
    page.get_by_role("button", name="Save", exact=True).click()

    second = arrive(house.lead)
    second.goto(f"/solutions/{reference}/en/1/")
    second.get_by_role("checkbox", name="Critical").check()
    assert faults_of(second, complaints) == []
    second.get_by_role("button", name="Publish").click()
    expect(second.get_by_text("Readers see this text from now on")).to_be_visible()
    expect(second.get_by_role("link", name="Labels are blank")).to_be_visible()

    reader = arrive(house.big.contact)
    reader.goto("/solutions/?all=1")
    reader.get_by_role("link", name="Labels are blank").click()
    expect(reader.get_by_role("article")).to_contain_text("Calibrate it.")
    assert faults_of(reader, complaints) == []
    reader.get_by_text("No", exact=True).click()
    reader.get_by_role("button", name="Send").click()
    expect(reader.get_by_text("Say why it did not help").first).to_be_visible()
    assert faults_of(reader, complaints) == []
    reader.get_by_role("radio", name="It is hard to understand").check()
    reader.get_by_role("textbox", name="In your words").fill("Which button?")
    reader.get_by_role("button", name="Send").click()
    expect(reader.get_by_text("You said that it did not help")).to_be_visible()

    page.goto(f"/solutions/{reference}/")
    expect(page.get_by_text("Which button?")).to_be_visible()
    nobody = arrive(None, at=house.tenant)
    nobody.goto(f"/solutions/{reference}/")
    expect(nobody.get_by_role("heading", name="Labels are blank")).to_be_visible()
    assert faults_of(nobody, complaints) == []
