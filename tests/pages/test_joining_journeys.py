"""How people come in: by an invitation, or with a portal of their own; and who lost the way."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Page, expect

from portal.identity.tasks import mail_invitations
from tests.isolation.scene import Scene
from tests.pages.served import Served, faults_of

pytestmark = pytest.mark.browser
NEW_PASSWORD = "en ganska lång mening"


def link_to(email: str) -> str:
    letter = next(letter for letter in reversed(mail.outbox) if email in letter.to[0])
    found = re.search(r"http://\S+", letter.body)
    assert found
    return found[0]


def test_a_colleague_joins_by_the_mailed_link(
    arrive: Callable[..., Page], scene: Scene, complaints: list[str]
) -> None:
    admin = arrive(scene.cast.acme.small.admin)
    admin.goto("/people/")
    admin.get_by_label("E-mail address").fill("nina@small.example")
    admin.get_by_role("button", name="Send the invitation").click()
    expect(admin.get_by_role("main")).to_contain_text("nina@small.example")
    mail_invitations()

    colleague = arrive(at=scene.cast.acme.tenant)
    colleague.goto(link_to("nina@small.example"))
    assert faults_of(colleague, complaints) == []
    colleague.get_by_role("textbox", name="Name").fill("Nina Lind")
    colleague.get_by_label("Password").fill(NEW_PASSWORD)
    colleague.get_by_role("button", name="Accept the invitation").click()
    expect(colleague.get_by_text("Welcome, Nina Lind.")).to_be_visible()
    colleague.goto("/incidents/new/")
    expect(colleague.get_by_label("Product", exact=True)).to_contain_text("Ledger")
    colleague.goto(reverse("mfa_activate_totp"))
    colleague.get_by_label("Password").fill(NEW_PASSWORD)
    colleague.get_by_role("button", name="Confirm").click()
    for name in ("mfa_activate_totp", "mfa_add_webauthn"):  # only for an address that was proved
        colleague.goto(reverse(name))
        expect(colleague).to_have_url(re.compile(f"{reverse(name)}$"))
        assert faults_of(colleague, complaints) == []
    admin.reload()
    expect(admin.get_by_role("row", name="Nina Lind")).to_be_visible()


def test_a_vendor_opens_a_portal_and_its_plans_stand(
    arrive: Callable[..., Page], served: Served, complaints: list[str]
) -> None:
    page = arrive()
    page.goto("/")
    page.get_by_role("link", name="Open a portal").first.click()
    page.get_by_label("Name of your company").fill("Nord Wind")
    page.get_by_role("textbox", name="Your name").fill("Ida Strand")
    page.get_by_label("Your e-mail address").fill("ida@nordwind.example")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("main")).to_contain_text("ida@nordwind.example")
    page.goto(link_to("ida@nordwind.example"))
    assert faults_of(page, complaints) == []
    page.get_by_label("Password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Open the portal").click()
    expect(page).to_have_url(f"http://nord-wind.localhost:{served.port}/")
    page.goto(f"http://nord-wind.localhost:{served.port}/plans/")
    table = page.locator(".compare-table").first
    expect(table.locator("thead th")).to_contain_text(["Xtreme", "Xtreme Premium", "Xtreme Elite"])
    assert table.locator("tbody").count() == 5
    assert table.locator("tbody th[scope=row]").count() == 23


def test_what_is_not_there_is_said_in_the_portals_frame(
    arrive: Callable[..., Page], scene: Scene, complaints: list[str]
) -> None:
    page = arrive(scene.cast.acme.small.contact)
    for path in ("/nothing/is/here/", f"/incidents/{scene.incident.reference}/"):
        page.goto(path)
        expect(page.get_by_text("There is nothing here")).to_be_visible()
        assert faults_of(page, complaints) == []
