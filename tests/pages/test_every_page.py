"""Every page of the portal: axe in light and dark, a narrow phone, and a silent console.

The pages come from the URL map, as they are for whoever may open them: a new one is in by itself.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from portal.identity.models import Membership, Tenant
from tests.isolation.addresses import NAMED, addresses, without_objects
from tests.isolation.scene import Scene
from tests.pages.served import Served, client_of, faults_of

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Visitor:
    person: Callable[[Scene], Membership | None]
    on_base_host: bool = False

    def tenant(self, scene: Scene) -> Tenant | None:
        return None if self.on_base_host else scene.cast.acme.tenant


VISITORS: Mapping[str, Visitor] = {
    "nobody": Visitor(lambda scene: None),
    "nobody, on the base host": Visitor(lambda scene: None, on_base_host=True),
    "admin": Visitor(lambda scene: scene.cast.acme.admin),
    "customer admin": Visitor(lambda scene: scene.company.admin),
    "agent": Visitor(lambda scene: scene.cast.acme.agent),
    "customer": Visitor(lambda scene: scene.company.contact),
}
LOOK_DIFFERENT = {
    "critical:list",
    "critical:notice",
    "identity:home",
    "incidents:incident",
    "incidents:list",
    "incidents:new",
    "incidents:promise",
    "incidents:reports",
    "webhooks:list",
    "webhooks:new",
    "solutions:list",
}
"""Pages that each sees otherwise. Any other is looked at as the first sees it who may open it."""
NO_PAGE = {
    "account_confirm_login_code": "nobody signs in by a code",
    "account_set_password": "only for a sign-in without a password",
    "critical:export": "a download",
    "dev_mail": "only with a MAILBOX_DIR",
    "healthz": "text",
    "readyz": "JSON",
    "identity:arrive": "a hand-off",
    "entitlements:export": "a download",
    "entitlements:fortunes_csv": "a download",
    "entitlements:template": "a download",
    "identity:audit_csv": "a download",
    "identity:find_portal": "a redirect",
    "identity:opening_mailed": "in the journey of a vendor",
    "identity:suggest_label": "a fragment",
    "incidents:attachment": "a download",
    "notifications:open": "a redirect",
    "releases:link": "a download",
    "releases:log_csv": "a download",
    "releases:name_fixes": "a redirect",
    "releases:upload": "JSON",
    "incidents:report_csv": "a download",
    "incidents:report_all_csv": "a download",
    "incidents:report_broken_csv": "a download",
    "incidents:report_kept_csv": "a download",
    "incidents:note": "a redirect",
    "incidents:reply": "a redirect",
    "mfa_activate_totp": "in the journey of a colleague",
    "mfa_add_webauthn": "in the journey of a colleague",
    "mfa_authenticate": "only while a second factor is asked for",
    "mfa_deactivate_totp": "only with a second factor",
    "mfa_download_recovery_codes": "only with a second factor",
    "mfa_generate_recovery_codes": "only with a second factor",
    "mfa_login_webauthn": "JSON",
    "mfa_reauthenticate": "only with a second factor",
    "mfa_reauthenticate_webauthn": "only with a second factor",
    "mfa_view_recovery_codes": "only with a second factor",
    "notifications:unread": "a fragment",
    "solutions:verdict": "a redirect",
}
"""What answers a GET, but with no page of its own that could be looked at here."""


def visits(scene: Scene, name: str) -> Iterator[tuple[str, Visitor]]:
    """The addresses of the pattern that are a page, each with somebody who opens it."""
    if name in NAMED:
        for url, named in addresses(scene, name):
            everybody = VISITORS.values() if name in LOOK_DIFFERENT else [Visitor(named.rightful)]
            yield from ((url, visitor) for visitor in everybody if is_page(scene, url, visitor))
        return
    url = reverse(name)
    found = ((url, visitor) for visitor in VISITORS.values() if is_page(scene, url, visitor))
    yield from found if name in LOOK_DIFFERENT else islice(found, 1)


def is_page(scene: Scene, url: str, visitor: Visitor) -> bool:
    answer = client_of(visitor.person(scene), visitor.tenant(scene)).get(url)
    return answer.status_code == 200 and not answer.streaming and b"<html" in answer.content


def takes_posts_only(scene: Scene, name: str) -> bool:
    urls = [url for url, _named in addresses(scene, name)] if name in NAMED else [reverse(name)]
    return {client_of(scene.cast.acme.admin).get(url).status_code for url in urls} == {405}


@pytest.fixture(scope="module")
def said() -> list[str]:
    return []


@pytest.fixture
def complaints(said: list[str]) -> list[str]:
    """Those of this test alone, though the windows stay open from one to the next."""
    said.clear()
    return said


@pytest.fixture(scope="module")
def window_of(browser: Browser, served: Served, said: list[str]) -> Iterator[Callable[[Visitor], Page]]:
    """One window for each who visits: opening one costs more than looking at a page."""
    windows: dict[object, Page] = {}

    def window_of(visitor: Visitor) -> Page:
        person, tenant = visitor.person(served.scene), visitor.tenant(served.scene)
        key = (person and person.pk, tenant and tenant.pk)
        if key not in windows:
            windows[key] = served.window(browser.new_context, person, tenant, said)
        return windows[key]

    yield window_of
    for window in windows.values():
        window.context.close()


@pytest.mark.parametrize("name", sorted({*NAMED, *without_objects()} - {"gallery"} - NO_PAGE.keys()))
def test_a_page_is_for_everybody_on_every_screen(
    served: Served, window_of: Callable[[Visitor], Page], complaints: list[str], name: str
) -> None:
    scene = served.scene
    seen, faults = 0, []
    for url, visitor in visits(scene, name):
        page = window_of(visitor)
        page.goto(url)
        seen += 1
        faults += faults_of(page, complaints)
    assert (faults, complaints) == ([], [])
    assert seen or takes_posts_only(scene, name)
