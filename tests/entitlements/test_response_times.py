"""By when an account is answered: the times of its plan, each with the hours that really count."""

import pytest
from django.utils import timezone, translation

from entitlements.holdings import load_holdings
from entitlements.models import Contract
from entitlements.responses import response_tables
from plans.actions import except_product, publish_draft, set_product_calendar, set_target, start_draft
from plans.enums import FeatureCode, TargetKind, Unit
from plans.models import Calendar, Edition, Feature, Plan

CIS, EXTENDED = FeatureCode.CRITICAL_INCIDENT_SUPPORT, FeatureCode.EXTENDED_CRITICAL_INCIDENT_SUPPORT
OFFICE, FIVE_DAYS, ALWAYS = "Mon–Fri 08:00–18:00", "Mon–Fri 00:00–24:00", "Mon–Sun 00:00–24:00"


@pytest.fixture
def acme(cast, acting_in):
    with acting_in(cast.acme.tenant), translation.override("en"):
        yield cast.acme


def next_edition(house, change):
    """In force now, and the big account is pinned to it."""
    by = {"actor": house.admin, "edition": start_draft(tenant=house.tenant, actor=house.admin)}
    change(by)
    publish_draft(**by, effective_at=timezone.now(), note="")
    Contract.objects.filter(account=house.big.account).update(edition=Edition.objects.get(number=2))


def tables(house):
    return response_tables(load_holdings(house.big.account), house.tenant, timezone.now())


def without_cis(house):
    def change(by):
        for code in (CIS, EXTENDED):
            feature = Feature.objects.get(tenant=house.tenant, code=code)
            except_product(**by, feature=feature, product=house.store)

    return change


def test_products_with_the_same_times_stand_together(acme):
    (table,) = tables(acme)
    assert (table.products, table.labels) == ("Ledger, Store", ("First response", "Next response"))
    assert [([time.words for time in row.times], row.hours) for row in table.rows] == [
        (["30 min", "1 h"], ALWAYS),
        (["1 h", "4 h"], OFFICE),
        (["4 h", "12 h"], OFFICE),
        (["8 h", ""], OFFICE),
    ]
    assert {time.hours for row in table.rows for time in row.times} == {""}


def test_products_with_different_hours_have_their_own_table(acme):
    next_edition(acme, without_cis(acme))
    assert [(table.products, table.rows[0].hours, table.rows[1].hours) for table in tables(acme)] == [
        ("Ledger", ALWAYS, OFFICE),
        ("Store", OFFICE, OFFICE),
    ]


def test_a_product_with_hours_of_its_own(acme):
    def change(by):
        hours = Calendar.objects.get(edition=by["edition"], code="24x5")
        set_product_calendar(**by, product=acme.store, calendar=hours)

    next_edition(acme, change)
    assert [(table.products, [row.hours for row in table.rows]) for table in tables(acme)] == [
        ("Ledger", [ALWAYS, OFFICE, OFFICE, OFFICE]),
        ("Store", [ALWAYS, FIVE_DAYS, FIVE_DAYS, FIVE_DAYS]),
    ]


def updates_and_resolutions(house):
    def change(by):
        plan = Plan.objects.get(tenant=house.tenant, code="elite")
        of_plan = {**by, "plan": plan, "severity": 2}
        always = Calendar.objects.get(edition=by["edition"], code="24x7")
        set_target(**of_plan, kind=TargetKind.UPDATE, minutes=90, unit=Unit.ELAPSED_MINUTES)
        set_target(
            **of_plan,
            kind=TargetKind.RESOLUTION,
            minutes=2880,
            unit=Unit.COVERAGE_MINUTES,
            calendar=always,
        )

    return change


def test_updates_and_resolutions_are_shown_with_their_own_hours(acme):
    next_edition(acme, updates_and_resolutions(acme))
    (table,) = tables(acme)
    assert table.labels == ("First response", "Next response", "Regular update", "Resolution")
    major = table.rows[1]
    assert [(time.words, time.hours) for time in major.times] == [
        ("1 h", ""),
        ("4 h", ""),
        ("1 h 30 min by the clock", "Every hour counts"),
        ("48 h", ALWAYS),
    ]
    assert [time.words for time in table.rows[0].times] == ["30 min", "1 h", "", ""]


def test_a_contact_reads_them(acme, client_of):
    next_edition(acme, updates_and_resolutions(acme))
    page = client_of(acme.big.contact).get("/plan/").content.decode()
    assert page.count('<th scope="col">Resolution</th>') == 1
    assert '<td data-label="Resolution"><span><span class="nowrap">48 h</span>' in page
    assert f'<span class="sub">{ALWAYS}</span>' in page


def test_without_cover_nothing_is_promised(acme):
    Contract.objects.filter(account=acme.big.account).update(cancelled_at=timezone.now())
    assert tables(acme) == ()
