"""An administrator reads the hours of an edition, and edits those of a draft."""

import re

import pytest
from django.utils import timezone

from plans.actions import publish_draft
from plans.models import Calendar, Cell, Plan, ProductCalendar
from portal.identity.enums import Role
from portal.identity.models import Membership, User
from tests.statements import statements_of

PAGE = "/settings/editions/2/hours/"
NEW = "/settings/editions/2/new-hours/"
BUSINESS = f"{PAGE}business/"
NIGHT = {
    "code": "night",
    "name_en": "Night desk",
    "day_0": "8-12, 13:00–18:15",
    "day_4": "22:00–06:00",
    "time_zone": "Europe/Amsterdam",
    "dates": "2026-12-24 08:00–12:00\n2026-12-31",
}


@pytest.fixture
def admin(acme, client_of, draft):
    return client_of(acme.admin)


@pytest.fixture
def second(acme, client_of, draft):
    """The browser of another administrator."""
    user = User.objects.create_user(email="ada@acme.example", password="x", name="Ada Second")
    return client_of(Membership.objects.create(tenant=acme.tenant, user=user, role=Role.ADMIN))


def text(answer):
    words = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(words.replace("&#x27;", "'").replace("&quot;", '"').split())


def typed(page):
    """What the form on the page would send as it stands."""
    content = page.content.decode().partition("<main")[2]
    fields = dict(re.findall(r'<input[^>]* name="([a-z_0-9]+)" value="([^"]*)"', content))
    fields |= dict(re.findall(r'<textarea[^>]*name="([a-z_]+)"[^>]*>\s*([^<]*)</textarea>', content))
    for name, options in re.findall(
        r'<select[^>]*name="([a-z_0-9]+)"[^>]*>(.*?)</select>', content, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)"\s+selected', options)
        fields[name] = chosen[1] if chosen else ""
    if re.search(r'<input type="checkbox" name="holidays"[^>]* checked', content):
        fields["holidays"] = "on"
    return {name: value.replace("&quot;", '"') for name, value in fields.items()}


def codes(draft):
    return list(Calendar.objects.filter(edition=draft).order_by("id").values_list("code", flat=True))


def test_only_administrators_open_them(acme, cast, client_of, admin):
    pages = [PAGE, "/settings/editions/1/hours/", NEW, BUSINESS, f"{BUSINESS}edit/", f"{BUSINESS}remove/"]
    for url in pages:
        for person in (acme.lead, acme.agent, acme.csm, acme.big.admin, acme.big.contact):
            assert client_of(person).get(url).status_code == 404
            assert client_of(person).post(url).status_code in (404, 405)
        assert client_of().get(url).headers["Location"].startswith("/account/login/")
        if "/2/" in url:
            assert client_of(cast.rival.admin).get(url).status_code == 404
        assert admin.get(url).status_code == 200


def test_the_page_says_where_each_is_used(admin):
    words = text(admin.get(PAGE))
    assert "Business hours business Mon–Fri 08:00–18:00" in words
    assert "the portal’s own hours" in words
    assert "Critical Incident Support (24x5) of Xtreme Premium" in words


def test_hours_are_added_and_shown_as_they_were_typed(admin, draft):
    answer = admin.post(NEW, NIGHT)
    assert answer.headers["Location"] == f"{PAGE}night/"
    night = Calendar.objects.get(edition=draft, code="night")
    assert night.week == [[0, "08:00", "12:00"], [0, "13:00", "18:15"], [4, "22:00", "06:00"]]
    assert night.dates == {"2026-12-24": [["08:00", "12:00"]], "2026-12-31": []}
    assert (night.names, night.time_zone, night.holidays) == ({"en": "Night desk"}, "Europe/Amsterdam", False)
    page = admin.get(f"{PAGE}night/edit/")
    assert {name: typed(page)[name] for name in ("day_0", "day_4", "dates")} == {
        "day_0": "08:00–12:00, 13:00–18:15",
        "day_4": "22:00–06:00",
        "dates": "2026-12-24 08:00–12:00\n2026-12-31",
    }
    assert admin.post(f"{PAGE}night/edit/", typed(page)).status_code == 302
    night.refresh_from_db()
    assert night.week == [[0, "08:00", "12:00"], [0, "13:00", "18:15"], [4, "22:00", "06:00"]]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"code": "business"}, "Other hours of this draft have this code."),
        ({"code": "Night Desk"}, "Use small letters, digits, hyphens and underscores."),
        ({"name_en": ""}, "Give the hours a name in at least one language."),
        ({"day_0": "8 bis 12"}, "“8 bis 12” can’t be read."),
        ({"day_0": "08:00–12:00, 11:00–14:00"}, "The hours of Monday overlap"),
        ({"day_0": "08:00–08:00"}, "Monday has hours without length"),
        ({"dates": "2026-02-30 8-12"}, "2026-02-30 is no date"),
        ({"dates": "2026-12-24\n2026-12-24 8-12"}, "2026-12-24 stands on two lines."),
        ({"time_zone": "Europe/Bonn"}, "Select a valid choice."),
    ],
)
def test_a_refusal_says_what_to_do_and_loses_nothing(admin, draft, given, sentence):
    before = codes(draft)
    answer = admin.post(NEW, {**NIGHT, **given})
    assert answer.status_code == 200
    assert sentence in text(answer)
    kept = {**NIGHT, **given, "time_zone": given and typed(answer)["time_zone"]}
    assert {name: typed(answer).get(name, "") for name in kept} == kept
    assert codes(draft) == before


def test_who_saves_second_sees_what_changed_and_keeps_what_was_typed(admin, draft, second):
    url = f"{BUSINESS}edit/"
    mine = {**typed(admin.get(url)), "day_5": "10:00–14:00"}
    second.post(url, {**typed(second.get(url)), "day_6": "09:00–11:00"})
    answer = admin.post(url, mine)
    assert answer.status_code == 409
    assert "Ada Second has changed this meanwhile." in text(answer)
    assert "Mon–Fri 08:00–18:00 · Sun 09:00–11:00" in text(answer)
    assert typed(answer)["day_5"] == "10:00–14:00"
    assert admin.post(url, typed(answer)).status_code == 302
    week = Calendar.objects.get(edition=draft, code="business").week
    assert week[-1] == [5, "10:00", "14:00"]


def test_hours_in_use_stay_and_others_go(admin, draft):
    admin.post(NEW, NIGHT)
    answer = admin.post(f"{BUSINESS}remove/", typed(admin.get(f"{BUSINESS}remove/")))
    assert answer.status_code == 422
    assert "These hours are in use: the portal’s own hours" in text(answer)
    assert "Choose other hours there first, then remove these." in text(answer)
    url = f"{PAGE}night/remove/"
    assert admin.post(url, typed(admin.get(url))).headers["Location"] == PAGE
    assert "night" not in codes(draft)
    assert "business" in codes(draft)


def test_hours_that_somebody_has_just_changed_are_not_removed_unseen(admin, draft, second):
    admin.post(NEW, NIGHT)
    url = f"{PAGE}night/remove/"
    saw = typed(admin.get(url))
    second.post(f"{PAGE}night/edit/", {**typed(second.get(f"{PAGE}night/edit/")), "holidays": "on"})
    answer = admin.post(url, saw)
    assert (answer.status_code, "Ada Second has changed this" in text(answer)) == (409, True)
    assert "night" in codes(draft)


def test_the_hours_of_portal_plans_and_products_are_set_together(acme, admin, draft):
    plan = Plan.objects.get(tenant=acme.tenant, code="xtreme")
    form = typed(admin.get(PAGE))
    assert form["default"] == "business"
    wanted = {f"plan_{plan.pk}": "24x5", f"product_{acme.ledger.pk}": "24x7", "default": ""}
    assert admin.post(PAGE, {**form, **wanted}).headers["Location"] == PAGE
    cell = Cell.objects.get(edition=draft, plan=plan, feature__code="targeted_response")
    assert cell.calendar.code == "24x5"
    assert ProductCalendar.objects.get(edition=draft).calendar.code == "24x7"
    assert not Calendar.objects.filter(edition=draft, is_default=True).exists()
    shown = typed(admin.get(PAGE))
    assert {name: shown[name] for name in wanted} == wanted


def test_of_two_who_choose_hours_the_second_sees_the_first_and_nothing_is_half_done(
    acme, admin, draft, second
):
    ledger = f"product_{acme.ledger.pk}"
    mine = {**typed(admin.get(PAGE)), ledger: "24x7", "default": "24x5"}
    second.post(PAGE, {**typed(second.get(PAGE)), "default": "24x7"})
    answer = admin.post(PAGE, mine)
    assert answer.status_code == 409
    assert "Ada Second has changed this meanwhile." in text(answer)
    assert "The portal’s own hours , it says now: 24 hours, every day" in text(answer)
    assert (typed(answer)["default"], typed(answer)[ledger]) == ("24x5", "24x7")
    assert not ProductCalendar.objects.filter(edition=draft).exists()
    assert admin.post(PAGE, typed(answer)).status_code == 302
    assert Calendar.objects.get(edition=draft, is_default=True).code == "24x5"


def test_two_who_choose_different_hours_do_not_meet(acme, admin, draft, second):
    mine = {**typed(admin.get(PAGE)), f"product_{acme.ledger.pk}": "24x7"}
    second.post(PAGE, {**typed(second.get(PAGE)), "default": "24x7"})
    assert admin.post(PAGE, mine).status_code == 302
    assert Calendar.objects.get(edition=draft, is_default=True).code == "24x7"


def test_a_published_edition_is_read_only(acme, admin, draft):
    form = typed(admin.get(PAGE))
    publish_draft(edition=draft, actor=acme.admin, effective_at=timezone.now(), note="")
    page = admin.get(PAGE).content.decode()
    assert NEW not in page
    assert "disabled" in page
    answer = admin.post(PAGE, {**form, "default": "24x7"})
    assert answer.status_code == 409
    assert "Edition 2 is published and can no longer be changed." in text(answer)
    for url in (NEW, f"{BUSINESS}edit/", f"{BUSINESS}remove/"):
        assert admin.get(url).status_code == 302
    assert "edit/" not in admin.get(BUSINESS).content.decode()


def test_the_pages_cost_the_same_with_more_hours(admin, draft):
    for url in (PAGE, BUSINESS, NEW):
        admin.get(url)
    few = [len(statements_of(admin, url)) for url in (PAGE, BUSINESS, f"{BUSINESS}edit/")]
    for code in ("night", "late"):
        admin.post(NEW, {**NIGHT, "code": code})
    more = [len(statements_of(admin, url)) for url in (PAGE, BUSINESS, f"{BUSINESS}edit/")]
    assert (few, more) == ([12, 7, 3], [12, 7, 3])
