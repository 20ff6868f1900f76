"""Administrators edit the matrix: history, grid, cells, products, differences and publication."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from plans.actions import publish_edition, remove_cell, revision_of, set_cell, start_draft
from plans.comparison import compare_plans
from plans.drafting import says_the_same
from plans.editions import read_matrix
from plans.enums import EditionState, FeatureCode
from plans.models import (
    Calendar,
    Cell,
    Edition,
    Feature,
    Plan,
    ProductCalendar,
    ProductException,
    Target,
)
from portal.core.errors import Refused
from portal.core.history import history_of

EDITIONS, SECOND = "/settings/editions/", "/settings/editions/2/"
CELL = f"{SECOND}cells/xtreme/{FeatureCode.SPECIAL_EVENT_SUPPORT}/"
PHONE = f"{SECOND}cells/xtreme/{FeatureCode.PHONE_ACCESS}/"
PRODUCTS = f"{SECOND}products/{FeatureCode.CRITICAL_INCIDENT_SUPPORT}/"
GRID_QUERIES = 7
PAGES = [EDITIONS, SECOND, f"{SECOND}changes/", CELL, PHONE, PRODUCTS]


@pytest.fixture
def admin(cast, client_of):
    return client_of(cast.acme.admin)


@pytest.fixture
def draft(cast, acting_in):
    with acting_in(cast.acme.tenant):
        return start_draft(tenant=cast.acme.tenant, actor=cast.acme.admin)


@pytest.fixture
def event(cast, draft, acting_in):
    with acting_in(cast.acme.tenant):
        yield {
            "edition": draft,
            "actor": cast.acme.admin,
            "plan": Plan.objects.get(tenant=cast.acme.tenant, code="xtreme"),
            "feature": Feature.objects.get(tenant=cast.acme.tenant, code=FeatureCode.SPECIAL_EVENT_SUPPORT),
        }


def html(response):
    return response.content.decode()


def seen(page):
    return re.search(r'name="seen" value="([^"]*)"', html(page))[1].replace("&quot;", '"')


@pytest.mark.parametrize("url", PAGES)
def test_only_administrators_open_them(cast, client_of, admin, draft, url):
    assert admin.get(url).status_code == 200
    for person in (cast.acme.lead, cast.acme.csm, cast.acme.agent, cast.acme.big.admin, cast.rival.admin):
        answer = client_of(person).get(url)
        assert answer.status_code == (200 if (person, url) == (cast.rival.admin, EDITIONS) else 404)
    assert client_of().get(url).headers["Location"].startswith("/account/login/")


@pytest.mark.parametrize(
    "url", [f"{EDITIONS}start/", f"{SECOND}discard/", CELL, PRODUCTS, f"{SECOND}changes/"]
)
def test_only_administrators_change_anything(cast, client_of, draft, acting_in, url):
    for person in (cast.acme.lead, cast.acme.csm, cast.acme.agent, cast.acme.big.admin):
        assert client_of(person).post(url, {"given": "on", "seen": "null"}).status_code == 404
    with acting_in(cast.acme.tenant):
        assert [entry.verb for entry in history_of(draft)] == ["started"]


def test_a_draft_is_started_once_and_discarded(cast, admin, acting_in):
    assert admin.post(f"{EDITIONS}start/").headers["Location"] == SECOND
    again = admin.post(f"{EDITIONS}start/", {"number": "1"}, follow=True)
    assert "There is a draft of the next edition already." in html(again)
    page = html(admin.get(EDITIONS))
    assert "In force" in page
    assert f'action="{SECOND}discard/"' in page
    admin.post(f"{SECOND}discard/")
    with acting_in(cast.acme.tenant):
        assert not Edition.objects.filter(state=EditionState.DRAFT).exists()
    assert admin.get(SECOND).status_code == 404


@pytest.mark.parametrize("number", ["77", "x", "9" * 30, "9" * 5000])
def test_a_draft_is_not_started_from_an_edition_that_there_is_not(cast, admin, acting_in, number):
    assert admin.post(f"{EDITIONS}start/", {"number": number}).status_code == 404
    with acting_in(cast.acme.tenant):
        assert not Edition.objects.filter(state=EditionState.DRAFT).exists()


def test_a_published_edition_is_read_only(admin):
    page = html(admin.get(f"{EDITIONS}1/"))
    assert "Phone Access" in page
    assert "/cells/" not in page
    first = CELL.replace("/2/", "/1/")
    assert admin.get(first).status_code == 404
    assert "is published" in html(admin.post(first, {"given": "on", "seen": "null"}))


def test_the_grid_costs_the_same_however_much_is_in_it(admin, draft, django_assert_num_queries):
    admin.get(SECOND)
    with django_assert_num_queries(GRID_QUERIES):
        page = html(admin.get(SECOND))
    assert page.count(' class="matrix-cell" href="') == 23 * 3


def test_a_cell_is_edited_and_says_so_in_the_grid(cast, admin, draft, acting_in):
    page = admin.get(CELL)
    typed = {"given": "on", "calendar": "24x5", "allowance": "2", "notice_days": "7", "seen": seen(page)}
    answer = admin.post(CELL, typed)
    assert answer.headers["Location"] == f"{SECOND}#special_event_support"
    grid = html(admin.get(SECOND))
    assert ", 2 times in a support period, asked for 7 days ahead" in grid
    admin.post(CELL, {"seen": seen(admin.get(CELL))})
    with acting_in(cast.acme.tenant):
        assert not Cell.objects.filter(
            edition=draft, plan__code="xtreme", feature__code="special_event_support"
        )


def test_a_feature_without_hours_is_not_asked_for_any(admin, draft):
    assert 'name="calendar"' in html(admin.get(PHONE))
    assert 'name="calendar"' not in html(admin.get(f"{SECOND}cells/xtreme/remote_access/"))


@pytest.mark.parametrize("allowance", ["0", "-1", "many"])
def test_a_wrong_allowance_keeps_what_was_typed(cast, admin, draft, acting_in, allowance):
    answer = admin.post(CELL, {"given": "on", "allowance": allowance, "notice_days": "9", "seen": "null"})
    assert answer.status_code == 422
    assert 'value="9"' in html(answer)
    with acting_in(cast.acme.tenant):
        assert [entry.verb for entry in history_of(draft)] == ["started"]


def test_the_second_saver_sees_who_changed_what_and_keeps_what_they_typed(cast, admin, event):
    page = admin.get(CELL)
    set_cell(**event, allowance=3)
    answer = admin.post(CELL, {"given": "on", "allowance": "5", "notice_days": "9", "seen": seen(page)})
    told = html(answer)
    assert answer.status_code == 409
    assert f"{cast.acme.admin.name} has changed this meanwhile." in told
    assert "3 times in a support period" in told
    assert 'value="5"' in told
    admin.post(CELL, {"given": "on", "allowance": "5", "notice_days": "9", "seen": seen(answer)})
    assert read_matrix(event["edition"]).cell(event["plan"].pk, event["feature"].code).allowance == 5


def test_products_are_excepted_on_a_page_of_their_own(cast, admin, draft, acting_in):
    page = admin.get(PRODUCTS)
    admin.post(PRODUCTS, {"products": [cast.acme.store.pk], "seen": seen(page)})
    assert "Not for Store" in html(admin.get(SECOND))
    late = admin.post(PRODUCTS, {"products": [cast.acme.ledger.pk], "seen": seen(page)})
    assert late.status_code == 409
    assert f"{cast.acme.admin.name} has changed this meanwhile." in html(late)
    admin.post(PRODUCTS, {"products": [cast.acme.ledger.pk], "seen": seen(late)})
    assert "Not for Ledger" in html(admin.get(SECOND))
    assert admin.get(f"{SECOND}products/phone_access/").status_code == 404


@pytest.mark.parametrize("wrong", ["null", "3", '{"a": 1}', "[[1]]", "nonsense"])
def test_a_forged_seen_is_no_error_of_ours(cast, admin, draft, wrong):
    answers = [
        admin.post(url, {"seen": wrong, "when": "now"}) for url in (CELL, PRODUCTS, f"{SECOND}changes/")
    ]
    assert {answer.status_code for answer in answers} <= {302, 409, 422}


def test_an_editor_comes_into_the_page_as_a_dialog(admin, draft):
    part = html(admin.get(CELL, headers={"HX-Request": "true"}))
    assert part.lstrip().startswith("<dialog")


def test_the_difference_is_told_in_sentences(admin, draft, event):
    assert "Everything is promised as in edition 1." in html(admin.get(f"{SECOND}changes/"))
    set_cell(**event, allowance=2)
    page = html(admin.get(f"{SECOND}changes/"))
    assert "Xtreme gains Special Event Support (2 times in a support period)." in page
    assert "There is none before it" in html(admin.get(f"{EDITIONS}1/changes/"))


@pytest.mark.parametrize(
    ("url", "typed"),
    [
        (CELL, {"given": False, "calendar": "24x5", "allowance": "many"}),
        (CELL, {"given": True, "calendar": "", "allowance": "5"}),
        (PRODUCTS, {"products": ["ledger", "store"]}),
        (f"{SECOND}changes/", {"when": "later", "note": "Events."}),
    ],
)
def test_what_was_typed_comes_back_after_signing_in_as_by_who_saw_what_was_there_then(
    cast, admin, event, client_of, url, typed
):
    saw = seen(admin.get(url))
    if "products" in typed:
        typed = {"products": [str(getattr(cast.acme, code).pk) for code in typed["products"]]}
    browser = client_of(None, tenant=cast.acme.tenant)
    sent = {name: value for name, value in typed.items() if value is not False}
    assert browser.post(url, {**sent, "seen": saw}).headers["Location"].startswith("/account/login/")
    set_cell(**event, allowance=9)
    browser.force_login(cast.acme.admin.user)
    page = browser.get(url)
    assert seen(page) == saw
    assert {name: page.context["form"][name].value() for name in typed} == typed


def publish(client, **typed):
    page = client.get(f"{SECOND}changes/")
    return client.post(f"{SECOND}changes/", {"when": "now", "note": "Events.", "seen": seen(page), **typed})


def test_a_draft_is_published_and_the_comparison_follows(cast, admin, event, client_of):
    set_cell(**event, allowance=2)
    assert publish(admin).headers["Location"] == EDITIONS
    page = html(admin.get(EDITIONS))
    assert "Events." in page
    assert cast.acme.admin.name in page
    assert "2 times in a support period" in html(client_of().get("/plans/"))
    assert "Compared with edition 1" in html(admin.get(f"{SECOND}changes/"))


def test_it_takes_effect_at_the_time_that_was_chosen(cast, admin, event):
    zone = ZoneInfo(cast.acme.tenant.time_zone)
    set_cell(**event, allowance=2)
    later = (timezone.now() + timedelta(days=3)).astimezone(zone).replace(second=0, microsecond=0)
    publish(admin, when="later", effective_at=f"{later:%Y-%m-%dT%H:%M}")
    draft = Edition.objects.get(pk=event["edition"].pk)
    assert (draft.state, draft.effective_at) == (EditionState.PUBLISHED, later)
    assert "Scheduled" in html(admin.get(EDITIONS))
    moments = (later - timedelta(microseconds=1), later)
    told = ["2 times in a support period" in str(compare_plans(cast.acme.tenant, "en", at)) for at in moments]
    assert told == [False, True]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"note": " "}, "Say in a sentence what is new."),
        ({"when": "later", "effective_at": "2020-01-01T08:00"}, "This time is past."),
        ({"when": "later", "effective_at": "soon"}, "Choose the date and time"),
        ({"when": "later"}, "Choose the date and time"),
    ],
)
def test_a_publication_is_refused_with_a_sentence(admin, event, typed, sentence):
    set_cell(**event, allowance=2)
    answer = publish(admin, **typed)
    assert answer.status_code == 422
    assert sentence in html(answer)
    assert Edition.objects.get(pk=event["edition"].pk).state == EditionState.DRAFT


def test_a_draft_that_says_nothing_else_is_not_published(admin, event):
    set_cell(**event, allowance=2)
    remove_cell(**event)
    answer = publish(admin)
    assert answer.status_code == 422
    assert "says the same as edition 1" in html(answer)
    assert Edition.objects.get(pk=event["edition"].pk).state == EditionState.DRAFT


def renamed(calendar):
    calendar.names = {**calendar.names, "en": "Office time"}


def unused(calendar):
    calendar.pk, calendar.code, calendar.is_default = None, "night", False


@pytest.mark.parametrize("edit", [renamed, unused])
def test_a_draft_that_promises_the_same_in_other_words_is_published(cast, admin, event, edit):
    of_draft = Calendar.objects.filter(edition=event["edition"])
    calendar = of_draft.get(is_default=True)
    edit(calendar)
    calendar.save()
    page = html(admin.get(f"{SECOND}changes/"))
    assert "Everything is promised as in edition 1. Only how hours are called" in page
    assert publish(admin).headers["Location"] == EDITIONS
    assert Edition.objects.get(pk=event["edition"].pk).state == EditionState.PUBLISHED


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Calendar, {"is_default": False}),
        (Calendar, {"holidays": True}),
        (Cell, {"notice_days": 77}),
        (Target, {"minutes": 77}),
        (ProductCalendar, None),
        (ProductException, None),
    ],
)
def test_two_editions_say_the_same_only_if_every_part_does(cast, event, model, change):
    one, draft = Edition.objects.get(number=1, tenant=cast.acme.tenant), event["edition"]
    common = {"tenant": cast.acme.tenant, "edition": draft}
    assert says_the_same(one, draft)
    if change:
        rows = model.objects.filter(edition=draft).exclude(**change)
        rows.filter(pk=rows[0].pk).update(**change)
    elif model is ProductCalendar:
        hours = Calendar.objects.get(edition=draft, is_default=True)
        ProductCalendar.objects.create(**common, product=cast.acme.store, calendar=hours)
    else:
        ProductException.objects.create(**common, product=cast.acme.store, feature=event["feature"])
    assert not says_the_same(one, draft)


def test_nobody_publishes_what_they_have_not_seen(cast, admin, event):
    before = seen(admin.get(f"{SECOND}changes/"))
    set_cell(**event, allowance=2)
    answer = publish(admin, seen=before)
    assert answer.status_code == 409
    assert f"{cast.acme.admin.name} has edited the draft meanwhile." in html(answer)
    assert "Xtreme gains Special Event Support" in html(answer)


def test_the_next_edition_never_takes_effect_before_one_that_is_scheduled(event):
    by = {"actor": event["actor"], "note": "Events."}
    later = timezone.now() + timedelta(days=3)
    set_cell(**event, allowance=2)
    publish_edition(**by, edition=event["edition"], effective_at=later, seen=revision_of(event["edition"]))
    draft = start_draft(tenant=event["actor"].tenant, actor=event["actor"])
    set_cell(**{**event, "edition": draft}, allowance=4)
    for soon in (None, later - timedelta(minutes=1)):
        with pytest.raises(Refused, match="Edition 2 takes effect on") as refused:
            publish_edition(**by, edition=draft, effective_at=soon, seen=revision_of(draft))
        assert refused.value.field == "effective_at"
    publish_edition(**by, edition=draft, effective_at=later, seen=revision_of(draft))
    assert Edition.objects.get(pk=draft.pk).state == EditionState.PUBLISHED
