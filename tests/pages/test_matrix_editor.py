"""An administrator edits the matrix with the keyboard, and without JavaScript."""

import pytest

from plans.actions import remove_cell
from plans.models import Feature, Plan
from portal.core.tenancy import EVERY_ACCOUNT, acting

pytestmark = pytest.mark.browser


@pytest.fixture
def emptied(scene):
    """The first plan has no Phone Access in the draft."""
    house = scene.cast.acme
    with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT, user_id=house.admin.user_id):
        remove_cell(
            edition=scene.draft,
            actor=house.admin,
            plan=Plan.objects.get(tenant=house.tenant, code="xtreme"),
            feature=Feature.objects.get(tenant=house.tenant, code="phone_access"),
        )


def focused(page):
    return page.evaluate("document.activeElement.getAttribute('href')")


def test_arrow_keys_lead_to_a_cell_and_its_editor_is_a_dialog(scene, arrive, emptied):
    page = arrive(scene.cast.acme.admin)
    grid = f"/settings/editions/{scene.draft.number}/"
    page.goto(grid)
    row = page.locator("#phone_access")
    row.get_by_role("link", name="Phone Access, Xtreme Premium").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert focused(page) == f"{grid}cells/xtreme/phone_access/"
    page.keyboard.press("ArrowLeft")
    assert focused(page) == f"{grid}cells/xtreme/phone_access/"
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Phone Access, Xtreme")
    dialog.get_by_label("The plan has this feature").check()
    dialog.get_by_label("Uses in a support period").fill("4")
    dialog.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**{grid}#phone_access")
    assert "4 times in a support period" in row.inner_text()


def test_a_cell_is_edited_without_javascript(scene, served, new_context, emptied, complaints):
    def without(**options):
        return new_context(**options, java_script_enabled=False)

    page = served.window(without, scene.cast.acme.admin, None, complaints)
    page.goto(f"/settings/editions/{scene.draft.number}/")
    page.locator("#phone_access").get_by_role("link", name="Phone Access, Xtreme", exact=False).nth(0).click()
    page.get_by_label("The plan has this feature").check()
    page.get_by_label("Days of notice").fill("6")
    page.get_by_role("button", name="Save").click()
    assert "asked for 6 days ahead" in page.locator("#phone_access").inner_text()
