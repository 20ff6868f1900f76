"""An administrator reads the targets of an edition, and edits those of a draft."""

import json
import re

import pytest
from django.utils import timezone

from plans.actions import publish_draft, set_target
from plans.enums import TargetKind, Unit
from plans.models import Cell, Plan, Target
from portal.identity.enums import Role
from portal.identity.models import Membership, User
from tests.statements import statements_of

PAGE = "/settings/editions/2/targets/"
GENERAL = f"{PAGE}first_response/2/xtreme/"
OF_LEDGER = f"{GENERAL}ledger/"


@pytest.fixture
def admin(acme, client_of, draft):
    return client_of(acme.admin)


@pytest.fixture
def second(acme):
    """Another administrator."""
    user = User.objects.create_user(email="ada@acme.example", password="x", name="Ada Second")
    return Membership.objects.create(tenant=acme.tenant, user=user, role=Role.ADMIN)


def saw(page):
    """What the form on the page remembers to have shown."""
    return re.search(r'name="seen" value="([^"]*)"', page.content.decode())[1].replace("&quot;", '"')


def send(client, url, **given):
    typed = {"hours": "1", "minutes": "30", "unit": Unit.COVERAGE_MINUTES, "calendar": ""}
    return client.post(url, {**typed, "seen": saw(client.get(url)), **given})


def promised(draft, product=None):
    found = Target.objects.filter(
        edition=draft, kind=TargetKind.FIRST_RESPONSE, severity=2, plan__code="xtreme", product=product
    )
    return list(found.values_list("minutes", "unit", "calendar__code"))


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()).replace("&#x27;", "'")


def test_only_administrators_open_them(acme, cast, client_of, admin):
    for url in (PAGE, "/settings/editions/1/targets/", GENERAL, OF_LEDGER):
        for person in (acme.lead, acme.agent, acme.csm, acme.big.admin, acme.big.contact):
            assert client_of(person).get(url).status_code == 404
            assert client_of(person).post(url).status_code in (404, 405)
        assert client_of().get(url).headers["Location"].startswith("/account/login/")
    for url in (PAGE, GENERAL, OF_LEDGER):
        assert client_of(cast.rival.admin).get(url).status_code == 404


def test_every_kind_has_its_grid_in_words(admin):
    words = text(admin.get(PAGE))
    for kind in TargetKind:
        assert str(kind.label) in words
    assert "4 h (First response, Major, Xtreme) Business hours" in words


def test_a_published_edition_is_read_only(admin):
    page = admin.get("/settings/editions/1/targets/").content.decode()
    assert "Published, so it can no longer be changed." in page
    assert "/targets/first_response/" not in page
    leads_back = admin.get("/settings/editions/1/targets/first_response/2/xtreme/")
    assert leads_back.headers["Location"] == "/settings/editions/1/targets/"


def test_a_target_is_changed_in_hours_and_minutes(admin, draft):
    page = admin.get(GENERAL).content.decode()
    assert 'name="hours" value="4"' in page
    assert 'name="minutes" value="0"' in page
    assert send(admin, GENERAL, calendar="24x5").headers["Location"] == PAGE
    assert promised(draft) == [(90, Unit.COVERAGE_MINUTES, "24x5")]
    assert send(admin, GENERAL, hours="", minutes="600", unit=Unit.ELAPSED_MINUTES).status_code == 302
    assert promised(draft) == [(600, Unit.ELAPSED_MINUTES, None)]


def test_an_exception_for_a_product_stands_under_the_grid_and_is_removed(acme, admin, draft):
    send(admin, OF_LEDGER)
    assert promised(draft, acme.ledger) == [(90, Unit.COVERAGE_MINUTES, None)]
    assert "Only for Ledger" in text(admin.get(PAGE))
    assert OF_LEDGER in admin.get(PAGE).content.decode()
    assert send(admin, OF_LEDGER, remove="1").headers["Location"] == PAGE
    assert promised(draft, acme.ledger) == []
    assert promised(draft) != []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"hours": "0", "minutes": "0"}, "Give a target at least one minute."),
        ({"hours": "", "minutes": ""}, "Give a target at least one minute."),
        ({"hours": "-2", "minutes": "0"}, "Give a target at least one minute."),
        ({"hours": "2", "minutes": "-30"}, "without a minus sign"),
        ({"hours": "1", "unit": "elapsed", "calendar": "24x7"}, "Elapsed minutes count at any hour."),
        ({"hours": "99999"}, "less than or equal to"),
        ({"hours": "soon"}, "Enter a whole number."),
    ],
)
def test_a_refusal_says_what_to_do_and_loses_nothing(admin, draft, typed, sentence):
    before = promised(draft)
    answer = send(admin, GENERAL, **typed)
    assert answer.status_code == 200
    assert sentence in text(answer)
    for name, value in typed.items():
        if name in ("hours", "minutes") and value:
            assert f'name="{name}" value="{value}"' in answer.content.decode()
    assert promised(draft) == before


def test_who_saves_second_sees_what_changed_and_keeps_what_was_typed(acme, admin, draft, second):
    seen = saw(admin.get(GENERAL))
    plan = Plan.objects.get(tenant=acme.tenant, code="xtreme")
    place = {"kind": TargetKind.FIRST_RESPONSE, "severity": 2, "plan": plan}
    set_target(edition=draft, actor=second, **place, minutes=45, unit=Unit.COVERAGE_MINUTES)
    typed = {"hours": "3", "minutes": "7", "unit": Unit.COVERAGE_MINUTES, "calendar": "24x7"}
    answer = admin.post(GENERAL, {**typed, "seen": seen})
    assert answer.status_code == 409
    words = text(answer)
    assert "Ada Second has changed this meanwhile." in words
    assert "It says now: 45 min" in words
    page = answer.content.decode()
    assert 'name="hours" value="3"' in page
    assert 'name="minutes" value="7"' in page
    assert promised(draft) == [(45, Unit.COVERAGE_MINUTES, None)]
    assert admin.post(GENERAL, {**typed, "seen": saw(answer)}).status_code == 302
    assert promised(draft) == [(187, Unit.COVERAGE_MINUTES, "24x7")]


def test_what_was_removed_meanwhile_is_not_brought_back_unseen(acme, admin, draft, second, client_of):
    seen = saw(admin.get(GENERAL))
    send(client_of(second), GENERAL, remove="1")
    answer = admin.post(GENERAL, {"hours": "1", "unit": Unit.COVERAGE_MINUTES, "seen": seen})
    assert answer.status_code == 409
    assert "It says now: No such target" in text(answer)
    assert promised(draft) == []


def test_a_form_that_was_open_when_the_draft_was_published(acme, admin, draft):
    seen = saw(admin.get(GENERAL))
    publish_draft(edition=draft, actor=acme.admin, effective_at=timezone.now(), note="")
    answer = admin.post(GENERAL, {"hours": "1", "unit": Unit.COVERAGE_MINUTES, "seen": seen})
    assert answer.status_code == 409
    assert "Edition 2 is published and can no longer be changed." in text(answer)


def test_a_target_that_promises_nothing_says_so(acme, admin, draft):
    Cell.objects.filter(edition=draft, plan__code="xtreme", feature__code="targeted_response").delete()
    assert "Not promised: the plan has no Targeted Incident Response here." in text(admin.get(PAGE))


@pytest.mark.parametrize("url", [f"{PAGE}lunch/1/xtreme/", f"{PAGE}update/5/xtreme/", f"{PAGE}update/1/no/"])
def test_what_does_not_exist_is_not_found(admin, url):
    assert admin.get(url).status_code == 404


def test_what_was_seen_is_exactly_what_the_history_says(admin, draft):
    send(admin, GENERAL)
    assert json.loads(saw(admin.get(GENERAL))) == {
        "minutes": 90,
        "unit": Unit.COVERAGE_MINUTES,
        "calendar": None,
    }


def test_the_page_costs_the_same_with_more_exceptions(acme, admin, draft):
    for url in (PAGE, GENERAL):
        admin.get(url)
    first = len(statements_of(admin, PAGE))
    send(admin, OF_LEDGER)
    send(admin, f"{PAGE}update/1/elite/store/", calendar="24x7")
    assert (first, len(statements_of(admin, PAGE))) == (8, 8)
