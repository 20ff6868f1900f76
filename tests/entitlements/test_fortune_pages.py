"""The pages that say before an edition takes effect who gains, who loses and who is protected until when."""

import csv
import io
import re
from datetime import timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from entitlements import running
from entitlements.actions import (
    cancel_contract,
    extend_contract,
    renew_contract,
    sign_contract,
    upgrade_contract,
)
from entitlements.models import Contract
from entitlements.outlook import groups_of, outlook_of
from plans.actions import (
    add_product,
    choose_exceptions,
    publish_draft,
    publish_edition,
    remove_cell,
    rename_plan,
    revision_of,
    set_cell,
    start_draft,
)
from plans.difference_words import names_of
from plans.enums import FeatureCode
from plans.models import Edition, Feature, Plan
from portal.core import sheets
from portal.core.ui.formatting import formats_for
from portal.identity.models import Account
from tests.statements import statements_of

pytestmark = pytest.mark.django_db

PHONE, EVENT, CIS = (
    FeatureCode.PHONE_ACCESS,
    FeatureCode.SPECIAL_EVENT_SUPPORT,
    FeatureCode.CRITICAL_INCIDENT_SUPPORT,
)
GAINS_EVENTS = "Xtreme gains Special Event Support (2 times in a support period)."
LOSES_EVENTS = "Xtreme loses Special Event Support."
LOSES_PHONE = "Xtreme loses Phone Access."
ONE = "1 contract of 1 customer"


@pytest.fixture
def house(cast, acting_in):
    with acting_in(cast.acme.tenant):
        yield cast.acme


@pytest.fixture
def admin(house, client_of):
    return client_of(house.admin)


@pytest.fixture
def draft(house):
    return start_draft(tenant=house.tenant, actor=house.admin)


def plan(house, code="xtreme"):
    return Plan.objects.get(tenant=house.tenant, code=code)


def give(house, draft, code, plan_code="xtreme", **limits):
    feature = Feature.objects.get(tenant=house.tenant, code=code)
    set_cell(edition=draft, actor=house.admin, plan=plan(house, plan_code), feature=feature, **limits)


def take(house, draft, code, plan_code="xtreme"):
    feature = Feature.objects.get(tenant=house.tenant, code=code)
    remove_cell(edition=draft, actor=house.admin, plan=plan(house, plan_code), feature=feature)


def publish(house, draft, at=None):
    publish_draft(edition=draft, actor=house.admin, effective_at=at or timezone.now(), note="")


def today():
    return timezone.localdate(timezone=ZoneInfo("Europe/Berlin"))


def in_words(day):
    return formats_for("en", "Europe/Berlin").day(day)


def sign(house, account=None, *, begin=0, days=100, products=None, code="xtreme", **terms):
    """For another account, from so many days from today on."""
    starts_on = today() + timedelta(days=begin)
    return sign_contract(
        account=account or new_account(house),
        plan=plan(house, code),
        products=products or [house.ledger],
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=days),
        actor=house.admin,
        **terms,
    )


def new_account(house, **fields):
    count = Account.objects.filter(tenant=house.tenant).count()
    return Account.objects.create(
        **{
            "tenant": house.tenant,
            "name": f"Company {count}",
            "key": f"K{count}",
            "time_zone": "Europe/Berlin",
            "country": "DE",
            **fields,
        }
    )


def address(draft, more=""):
    return f"/settings/editions/{draft.number}/contracts/{more}"


def cards(client, draft):
    """By the title of each card what it says, as plain text."""
    html = client.get(address(draft)).content.decode()
    found = {}
    for part in html.split('<section class="card')[1:]:
        text = " ".join(unescape(re.sub(r"<[^>]+>", " ", part.partition("</section>")[0])).split())
        title = unescape(re.search(r"<h2>(.*?)</h2>", part, re.S)[1]).strip() if "<h2>" in part else ""
        found[title] = text.partition(">")[2].partition(title)[2].strip()
    return found


def sheet(client, draft):
    text = client.get(address(draft, "contracts.csv")).content.decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    return [dict(zip(head, row, strict=True)) for row in rows]


def numbers(client, draft, more):
    """The numbers of the contracts on a list."""
    html = client.get(address(draft, more)).content.decode()
    return [unescape(cell) for cell in re.findall(r'<td class="fit ref"[^>]*>(.*?)</td>', html)]


def test_who_gains_gains_at_once(house, admin, draft):
    give(house, draft, EVENT, allowance=2)
    found = cards(admin, draft)
    assert found == {
        "In all": f"Gains at once {ONE} Loses at once Nobody Changes at once Nobody Protected Nobody",
        "Xtreme, pinned to edition 1": f"Gains at once {ONE} {GAINS_EVENTS} Show the contract",
    }
    assert numbers(admin, draft, "xtreme/1/") == ["C-SMA"]


def test_who_has_what_is_cut_is_protected_until_the_period_ends(house, admin, draft):
    take(house, draft, PHONE)
    later = sign(house, days=300)
    first, last = house.small.contract.ends_on, later.ends_on
    words = f"2 contracts of 2 customers, the first until {in_words(first)}, the last until {in_words(last)}"
    assert cards(admin, draft)["Xtreme, pinned to edition 1"] == (
        f"Protected {words} {LOSES_PHONE} Show the 2 contracts"
    )
    assert numbers(admin, draft, "xtreme/1/") == ["C-SMA", later.number]
    rows = {row["Contract"]: (row["Protected from"], row["Protected until"]) for row in sheet(admin, draft)}
    assert rows == {"C-SMA": (LOSES_PHONE, str(first)), later.number: (LOSES_PHONE, str(last))}


def test_what_only_a_later_edition_gave_is_lost_at_once(house, admin, draft):
    give(house, draft, EVENT, allowance=2)
    publish(house, draft)
    bought_since = sign(house)
    third = start_draft(tenant=house.tenant, actor=house.admin)
    take(house, third, EVENT)
    found = cards(admin, third)
    until = in_words(bought_since.ends_on)
    assert found["Xtreme, pinned to edition 1"] == f"Loses at once {ONE} {LOSES_EVENTS} Show the contract"
    assert found["Xtreme, pinned to edition 2"] == (
        f"Protected {ONE}, until {until} {LOSES_EVENTS} Show the contract"
    )
    assert found["In all"] == (
        f"Gains at once Nobody Loses at once {ONE} Changes at once Nobody Protected {ONE}, until {until}"
    )


def test_an_upgrade_ends_one_term_and_begins_another(house, admin, draft):
    """Until the upgrade the old plan counts, from then on the new one with both editions."""
    give(house, draft, EVENT, "premium", allowance=2)
    publish(house, draft)
    day = today() + timedelta(days=30)
    held = house.small.contract
    upgrade_contract(contract=held, plan=plan(house, "premium"), starts_on=day, actor=house.admin)
    third = start_draft(tenant=house.tenant, actor=house.admin)
    take(house, third, PHONE)
    take(house, third, EVENT, "premium")
    found = cards(admin, third)
    before, end = in_words(day - timedelta(days=1)), in_words(held.ends_on)
    assert found["Xtreme, pinned to edition 1"] == (
        f"Protected {ONE}, until {before} {LOSES_PHONE} Show the contract"
    )
    assert found["Xtreme Premium, pinned to editions 1, 2"] == (
        f"Protected {ONE}, until {end} Xtreme Premium loses Special Event Support. Show the contract"
    )
    assert numbers(admin, third, "premium/1-2/") == ["C-SMA"]


def test_an_upgrade_under_the_same_edition_is_no_other_pin(house, admin, draft):
    upgrade_contract(
        contract=house.small.contract, plan=plan(house, "premium"), starts_on=today(), actor=house.admin
    )
    signed = sign(house, code="premium")
    take(house, draft, PHONE, "premium")
    assert numbers(admin, draft, "premium/1/") == [signed.number, "C-SMA"]
    assert list(cards(admin, draft)) == ["In all", "Xtreme Premium, pinned to edition 1"]


def test_a_product_that_was_added_is_pinned_to_an_edition_of_its_own(house, admin, draft):
    give(house, draft, EVENT, allowance=2)
    publish(house, draft)
    kiosk = add_product(tenant=house.tenant, code="kiosk", name="Kiosk", actor=house.admin)
    held = house.small.contract
    extend_contract(contract=held, products=[kiosk], starts_on=today(), actor=house.admin)
    third = start_draft(tenant=house.tenant, actor=house.admin)
    take(house, third, EVENT)
    end = str(held.ends_on)
    rows = [
        (row["Products"], row["Pinned to editions"], row["Loses at once"], row["Protected until"])
        for row in sheet(admin, third)
    ]
    assert rows == [("Ledger, Store", "1", LOSES_EVENTS, ""), ("Kiosk", "2", "", end)]


def test_what_is_about_one_product_counts_who_has_it(house, admin, draft):
    sign(house, products=[house.ledger])
    has_store = sign(house, products=[house.ledger, house.store])
    feature = Feature.objects.get(tenant=house.tenant, code=CIS)
    choose_exceptions(edition=draft, actor=house.admin, feature=feature, products=[house.store])
    assert numbers(admin, draft, "xtreme/1/") == [has_store.number, "C-SMA"]
    assert {row["Products"] for row in sheet(admin, draft)} == {"Store"}
    assert cards(admin, draft)["Xtreme, pinned to edition 1"].startswith(
        "Protected 2 contracts of 2 customers"
    )


def test_a_contract_that_is_to_begin_counts(house, admin, draft):
    coming = sign(house, begin=50)
    renewal = renew_contract(
        contract=house.small.contract,
        plan=plan(house),
        products=[house.ledger],
        ends_on=house.small.contract.ends_on + timedelta(days=365),
        actor=house.admin,
    )
    take(house, draft, PHONE)
    assert numbers(admin, draft, "xtreme/1/") == [coming.number, "C-SMA", renewal.number]
    assert "3 contracts of 2 customers" in cards(admin, draft)["In all"]


def test_contracts_that_are_cancelled_over_or_in_grace_are_out(house, admin, draft):
    sign(house, begin=-100, days=99, grace_days=0)
    sign(house, begin=-100, days=99, grace_days=60)
    cancel_contract(contract=house.small.contract, actor=house.admin)
    last_day = sign(house, begin=-100, days=100)
    take(house, draft, PHONE)
    assert numbers(admin, draft, "xtreme/1/") == [last_day.number]
    cancel_contract(contract=last_day, actor=house.admin)
    assert "Nobody is affected" in admin.get(address(draft)).content.decode()


def test_a_day_ends_when_it_ends_at_the_customer(house, admin, draft):
    """Kiritimati is a day ahead of Pago Pago, or two."""
    ends = timezone.localdate(timezone=ZoneInfo("Pacific/Pago_Pago"))
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        contract = sign(house, new_account(house, time_zone=zone), begin=-100, number=zone.partition("/")[2])
        Contract.objects.filter(pk=contract.pk).update(ends_on=ends)
    take(house, draft, PHONE)
    assert numbers(admin, draft, "xtreme/1/") == ["Pago_Pago", "C-SMA"]


def test_a_draft_takes_effect_after_the_edition_that_it_follows(house, admin, draft):
    """What is over until then doesn't count."""
    give(house, draft, EVENT, allowance=2)
    publish(house, draft, at=timezone.now() + timedelta(days=20))
    over, lasting = sign(house, days=10), sign(house, days=30)
    third = start_draft(tenant=house.tenant, actor=house.admin)
    take(house, third, PHONE)
    assert numbers(admin, third, "xtreme/1/") == [lasting.number, "C-SMA"]
    assert over.number not in {row["Contract"] for row in sheet(admin, third)}


def test_an_edition_that_is_scheduled_is_seen_on_its_day_and_one_in_force_no_more(house, admin, draft):
    give(house, draft, EVENT, allowance=2)
    over = sign(house, days=2)
    by = {"actor": house.admin, "note": "Events.", "seen": revision_of(draft)}
    publish_edition(edition=draft, effective_at=timezone.now() + timedelta(days=5), **by)
    assert GAINS_EVENTS in cards(admin, draft)["Xtreme, pinned to edition 1"]
    assert numbers(admin, draft, "xtreme/1/") == ["C-SMA"]
    assert over.number not in {row["Contract"] for row in sheet(admin, draft)}
    first = Edition.objects.get(tenant=house.tenant, number=1)
    assert "This edition has taken effect" in admin.get(address(first)).content.decode()
    assert admin.get(address(first, "contracts.csv")).status_code == 404
    assert admin.get(address(first, "xtreme/1/")).status_code == 404


def test_a_plan_that_was_renamed_is_called_by_its_name(house, admin, draft):
    take(house, draft, PHONE)
    rename_plan(plan=plan(house), name="Basic", actor=house.admin)
    assert "Basic loses Phone Access." in cards(admin, draft)["Basic, pinned to edition 1"]
    assert [row["Plan"] for row in sheet(admin, draft)] == ["Basic"]


def test_a_draft_that_changes_nothing_affects_nobody(house, admin, draft):
    page = admin.get(address(draft)).content.decode()
    assert "Nobody is affected" in page
    assert "contracts.csv" not in page
    assert sheet(admin, draft) == []
    assert admin.get(address(draft, "xtreme/1/")).status_code == 404


def test_a_group_whose_last_contract_is_cancelled_meanwhile_is_left_out(house, draft):
    """Pages are read in several statements, and somebody may cancel between two of them."""
    take(house, draft, PHONE)
    outlook, names = outlook_of(draft, timezone.now()), names_of(house.tenant, "en")
    counted = outlook.running.tally()
    assert [group.pinned.plan.code for group in groups_of(outlook, counted, names)] == ["xtreme"]
    cancel_contract(contract=house.small.contract, actor=house.admin)
    assert groups_of(outlook, outlook.running.tally(), names) == []


def test_a_sheet_is_bounded_and_says_so(house, admin, draft, monkeypatch):
    monkeypatch.setattr(sheets, "LARGEST", 1)
    take(house, draft, PHONE)
    assert [row["Contract"] for row in sheet(admin, draft)] == ["C-SMA"]
    sign(house, days=300)
    text = admin.get(address(draft, "contracts.csv")).content.decode()
    assert text.splitlines()[2:] == ["Cut after 1 rows: the lists on the page have them all."]


def test_it_stands_between_what_changes_and_the_rehearsal(admin, draft):
    page = admin.get(address(draft)).content.decode()
    places = [page.index(f'/settings/editions/2/{part}/"') for part in ("changes", "contracts", "rehearsal")]
    assert places == sorted(places)


@pytest.mark.parametrize("more", ["", "contracts.csv", "xtreme/1/"])
def test_only_administrators_of_the_tenant_see_it(cast, house, admin, client_of, draft, more):
    take(house, draft, PHONE)
    assert admin.get(address(draft, more)).status_code == 200
    for person in (house.lead, house.agent, house.csm, house.small.admin, cast.rival.admin):
        assert client_of(person).get(address(draft, more)).status_code == 404
    assert admin.post(address(draft, more)).status_code == 405


def test_contracts_of_another_tenant_never_count(cast, house, client_of, acting_in):
    """Both have a Small Company with contract C-SMA, and the same plans."""
    rival = cast.rival
    with acting_in(rival.tenant):
        draft = start_draft(tenant=rival.tenant, actor=rival.admin)
        take(rival, draft, PHONE)
        signed = sign(rival)
    sign(house)
    client = client_of(rival.admin)
    assert numbers(client, draft, "xtreme/1/") == [signed.number, "C-SMA"]
    assert {row["Customer’s key"] for row in sheet(client, draft)} == {"SMA", signed.account.key}


@pytest.mark.parametrize("address", ["xtreme/2/", "elite/1/", "nothing/1/", "xtreme/1-1/", "xtreme/x/"])
def test_an_address_of_nobody_is_unknown(house, admin, draft, address):
    take(house, draft, PHONE)
    assert admin.get(f"/settings/editions/{draft.number}/contracts/{address}").status_code == 404


def test_a_long_list_comes_in_pages(house, admin, draft, monkeypatch):
    monkeypatch.setattr(running, "SIZE", 2)
    take(house, draft, PHONE)
    signed = [sign(house, days=200 - number).number for number in range(4)]
    url, found = "xtreme/1/", []
    while url:
        shown = numbers(admin, draft, url)
        found += shown
        page = admin.get(address(draft, url)).content.decode()
        link = re.search(r'href="(\?after=[^"]+)" rel="next"', page)
        url = link and f"xtreme/1/{link[1]}"
        assert len(shown) <= 2
    assert found == [*reversed(signed), "C-SMA"]
    assert admin.get(address(draft, "xtreme/1/?after=nonsense")).status_code == 400


@pytest.mark.parametrize("more", ["", "contracts.csv", "xtreme/1/"])
def test_it_costs_the_same_for_one_group_and_for_three(house, admin, draft, more):
    take(house, draft, PHONE)
    admin.get(address(draft, more))
    once = len(statements_of(admin, address(draft, more)))
    for code in ("premium", "elite"):
        sign(house, code=code)
        take(house, draft, PHONE, code)
    for _ in range(3):
        sign(house)
    admin.get(address(draft, more))
    assert len(statements_of(admin, address(draft, more))) == once
