"""The page on which a draft is rehearsed: how far it is, what came of it, and the incidents behind."""

import re

import pytest
from django.utils import timezone

from incidents.actions import start_rehearsal
from incidents.tasks import rehearse
from plans.actions import publish_draft, remove_target
from plans.enums import TargetKind
from plans.models import Plan
from tests.statements import statements_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(draft):
    return f"/settings/editions/{draft.number}/rehearsal/"


def numbers(html):
    """The figures of the last line: all plans and severities."""
    foot = html[html.index("rehearsed-in-all") :].partition("</tbody>")[0]
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", foot, re.S)]


def test_it_is_started_watched_and_read(client_of, house, score, page, acting_in):
    kept = score(house.big.contact)
    client = client_of(house.admin)
    assert "Not rehearsed yet" in client.get(page).content.decode()
    assert client.post(f"{page}start/").headers["Location"] == page
    waiting = client.get(page).content.decode()
    assert "Waiting for a worker" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    rehearse()
    done = client.get(page).content.decode()
    assert 'hx-trigger="every 1s"' not in done
    assert numbers(done) == ["1", "1", "0", "1", "0", "0", "1", "0"]
    behind = client.get(f"{page}worse/").content.decode()
    with acting_in(house.tenant):
        assert f'href="/incidents/{kept.incident.reference}/"' in behind
    assert "No promise would have ended so" in client.get(f"{page}better/").content.decode()


def test_what_asks_for_itself_anew_is_a_part_of_the_page(client_of, house, page):
    client = client_of(house.admin)
    client.post(f"{page}start/")
    part = client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith("<div")
    assert "<html" not in part


def test_it_can_be_stopped_and_says_so(client_of, house, page):
    client = client_of(house.admin)
    client.post(f"{page}start/")
    client.post(f"{page}cancel/")
    assert "Stopped before its end" in client.get(page).content.decode()
    client.post(f"{page}cancel/")
    assert "This rehearsal has ended already." in client.get(page).content.decode()


def test_an_edit_afterwards_is_told(client_of, house, score, page, draft, acting_in):
    score(house.big.contact)
    client = client_of(house.admin)
    client.post(f"{page}start/")
    rehearse()
    assert "The draft has changed since" not in client.get(page).content.decode()
    with acting_in(house.tenant):
        plan = Plan.objects.filter(tenant=house.tenant)[0]
        kind = TargetKind.FIRST_RESPONSE
        remove_target(edition=draft, actor=house.admin, kind=kind, severity=2, plan=plan)
    assert "The draft has changed since" in client.get(page).content.decode()


def test_what_was_rehearsed_stays_to_be_read_after_publication(
    client_of, house, score, page, draft, acting_in
):
    score(house.big.contact)
    client = client_of(house.admin)
    client.post(f"{page}start/")
    rehearse()
    with acting_in(house.tenant):
        publish_draft(edition=draft, actor=house.admin, effective_at=timezone.now(), note="Faster.")
    html = client.get(page).content.decode()
    assert numbers(html)[0] == "1"
    assert "Rehearse again" not in html
    client.post(f"{page}start/")
    assert "is published and can no longer be changed" in client.get(page).content.decode()


@pytest.mark.parametrize("path", ["start/", "cancel/", "worse/", ""])
def test_only_administrators_of_the_tenant_reach_it(client_of, house, cast, page, path, acting_in, draft):
    with acting_in(house.tenant):
        start_rehearsal(edition=draft, actor=house.admin)
    method = "post" if path in ("start/", "cancel/") else "get"
    for person in (house.lead, house.agent, house.csm, house.big.admin):
        assert getattr(client_of(person), method)(page + path).status_code in (403, 404)
    assert getattr(client_of(cast.rival.admin), method)(page + path).status_code == 404


def test_an_outcome_that_has_no_list_is_unknown(client_of, house, page):
    client = client_of(house.admin)
    client.post(f"{page}start/")
    assert client.get(f"{page}same/").status_code == 404


def test_it_costs_the_same_for_one_promise_and_for_three(client_of, house, score, page):
    client = client_of(house.admin)
    costs = []
    for more in (1, 2):
        for _ in range(more):
            score(house.big.contact)
        client.post(f"{page}start/")
        rehearse()
        client.get(page)
        costs.append([len(statements_of(client, path)) for path in (page, f"{page}worse/")])
    assert costs[0] == costs[1]
