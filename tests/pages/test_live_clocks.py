"""Clocks count on between loads, and the queue puts its latest rows in place without disturbing anybody."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from incidents.actions import NewIncident, log_incident
from incidents.enums import Kind
from incidents.models import Clock, Incident
from plans.enums import Severity
from portal.identity.models import Membership
from tests.cast import House
from tests.isolation.scene import Scene

pytestmark = pytest.mark.browser


@pytest.fixture
def house(scene: Scene) -> House:
    return scene.cast.acme


@pytest.fixture
def logged(house: House, acting_as: Callable[[Membership], Any]) -> Callable[..., Incident]:
    """An incident whose first response is due in half an hour by the clock, whenever this runs."""

    def log(title: str) -> Incident:
        with acting_as(house.small.contact) as contact:
            new = NewIncident(
                kind=Kind.DEFECT,
                severity=Severity.CRITICAL,
                product=house.ledger,
                title=title,
                description="Since this morning.",
            )
            incident = log_incident(person=contact, incident=new)
        with acting_as(house.agent):
            due_at = timezone.now() + timedelta(minutes=30, seconds=30)
            Clock.objects.filter(incident=incident).update(
                unit="elapsed", calendar=None, minutes=60, due_at=due_at
            )
            # Somebody has it, so that whoever takes the next one in another test gets their own.
            Incident.objects.filter(pk=incident.pk).update(due_at=due_at, assignee=house.lead)
        return incident

    return log


def _row(page: Page, incident: Incident) -> Any:
    return page.get_by_role("row").filter(has_text=incident.reference)


def test_a_clock_counts_down_turns_at_risk_and_overdue(
    arrive: Callable[..., Page], house: House, logged: Callable[..., Incident]
) -> None:
    incident, page = logged("Counting"), arrive(house.small.contact)
    page.clock.install()
    page.goto("/incidents/")
    clock = _row(page, incident).locator(".clock")
    expect(clock).to_have_text("30 min left")
    for minutes, words, state in ((2, "28 min left", "ok"), (15, "13 min left", "at-risk")):
        page.clock.run_for(timedelta(minutes=minutes) // timedelta(milliseconds=1))
        expect(clock).to_have_text(words)
        expect(clock).to_have_attribute("data-clock", state)
    page.clock.run_for(timedelta(minutes=15) // timedelta(milliseconds=1))
    expect(clock).to_have_text("1 min overdue")
    expect(clock).to_have_attribute("data-clock", "overdue")


def test_a_clock_stands_still_outside_coverage_and_goes_on_when_it_opens(
    arrive: Callable[..., Page], house: House, logged: Callable[..., Incident]
) -> None:
    incident, page = logged("Standing still"), arrive(house.small.contact)
    page.clock.install()
    page.goto(f"/incidents/{incident.reference}/")
    clock = page.locator(".incident-head .clock")
    clock.evaluate("""clock => {
      Object.assign(clock.dataset, { left: "630", dueIn: "1800", counts: "0", turnsIn: "1200" });
      const note = clock.parentElement.querySelector("[data-clock-note]");
      Object.assign(note, { hidden: false, textContent: "counts again 10:00" });
    }""")
    note = page.locator(".incident-head [data-clock-note]")
    page.clock.run_for(10 * 60_000)
    expect(clock).to_have_text("10 min left")
    expect(note).to_be_visible()
    page.clock.run_for(15 * 60_000)
    expect(clock).to_have_text("5 min left")
    expect(note).to_be_hidden()


def test_the_queue_refreshes_itself_and_leaves_focus_and_scroll_alone(
    arrive: Callable[..., Page], house: House, logged: Callable[..., Incident]
) -> None:
    kept, page = logged("Kept in focus"), arrive(house.agent)
    page.clock.install()
    page.set_viewport_size({"width": 1280, "height": 260})
    page.goto("/queue/")
    link = _row(page, kept).locator("a[data-item]")
    link.focus()
    page.evaluate("scrollTo({ top: 120, behavior: 'instant' })")
    before = page.evaluate("scrollY")
    new = logged("Came meanwhile")
    page.clock.run_for(61_000)
    expect(_row(page, new)).to_be_visible()
    expect(link).to_be_focused()
    assert page.evaluate("scrollY") == before > 0
    _row(page, new).locator("[data-dialog-open]").click()
    expect(page.locator("#why-reasons")).to_contain_text("Severity 1")


def test_nothing_is_refreshed_under_an_open_dialog(
    arrive: Callable[..., Page], house: House, logged: Callable[..., Incident]
) -> None:
    incident, page = logged("Looked into"), arrive(house.agent)
    page.clock.install()
    page.goto("/queue/")
    _row(page, incident).locator("[data-dialog-open]").click()
    expect(page.locator("#why-reasons")).to_contain_text("Severity 1")
    new = logged("Not yet")
    page.clock.run_for(61_000)
    page.wait_for_load_state("networkidle")
    assert _row(page, new).count() == 0
    page.keyboard.press("Escape")
    page.clock.run_for(61_000)
    expect(_row(page, new)).to_be_visible()
