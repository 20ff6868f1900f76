"""In which hours a target counts: its own, its plan's, its product's, the tenant's; severity 1 under CIS."""

from datetime import UTC, datetime

import pytest

from plans.actions import except_product, set_default_calendar, set_product_calendar, set_target, start_draft
from plans.calendars import calendar_in_region
from plans.coverage import due
from plans.editions import read_matrix
from plans.enums import FeatureCode, TargetKind, Unit
from plans.models import Calendar, Cell, Feature, Plan

FIRST = TargetKind.FIRST_RESPONSE
TARGETED = FeatureCode.TARGETED_RESPONSE
CIS, EXTENDED = FeatureCode.CRITICAL_INCIDENT_SUPPORT, FeatureCode.EXTENDED_CRITICAL_INCIDENT_SUPPORT
XTREME, PREMIUM = "xtreme", "premium"


class Draft:
    """The draft of the next edition, with a calendar for each thing that may name one."""

    def __init__(self, house):
        self.house = house
        self.edition = start_draft(tenant=house.tenant, actor=house.admin)
        for code, opens in (("cell", "06:00"), ("plan", "05:00"), ("product", "04:00"), ("tenant", "03:00")):
            Calendar.objects.create(
                tenant=house.tenant,
                edition=self.edition,
                code=code,
                week=[[day, opens, "16:00"] for day in range(5)],
            )
        self.by = {"edition": self.edition, "actor": house.admin}
        set_default_calendar(**self.by, calendar=self.calendar("tenant"))

    def calendar(self, code):
        return Calendar.objects.get(edition=self.edition, code=code)

    def plan(self, code):
        return Plan.objects.get(tenant=self.house.tenant, code=code)

    def of_plan(self, code, calendar, feature=TARGETED):
        cells = Cell.objects.filter(edition=self.edition, plan__code=code, feature__code=feature)
        assert cells.update(calendar=self.calendar(calendar)) == 1

    def of_product(self, calendar):
        set_product_calendar(**self.by, product=self.house.ledger, calendar=self.calendar(calendar))

    def of_target(self, calendar, *, severity=2, plan=XTREME, product=None, minutes=240):
        set_target(
            **self.by,
            kind=FIRST,
            severity=severity,
            plan=self.plan(plan),
            product=product,
            minutes=minutes,
            unit=Unit.COVERAGE_MINUTES,
            calendar=calendar and self.calendar(calendar),
        )

    def without(self, product, *codes):
        for code in codes:
            feature = Feature.objects.get(tenant=self.house.tenant, code=code)
            except_product(**self.by, feature=feature, product=product)

    def promised(self, product, *, severity=2, plan=XTREME, kind=FIRST):
        product_id = product and product.pk
        return read_matrix(self.edition).promised(kind, severity, self.plan(plan).pk, product_id)

    def hours(self, product, **asked):
        promise = self.promised(product, **asked)
        return promise.calendar.code, promise.feature


@pytest.fixture
def draft(acme):
    return Draft(acme)


def test_the_tenants_hours_count_where_nothing_names_others(acme, draft):
    assert draft.hours(acme.ledger) == ("tenant", TARGETED)


def test_the_products_hours_come_before_the_tenants(acme, draft):
    draft.of_product("product")
    assert [draft.hours(product) for product in (acme.ledger, acme.store, None)] == [
        ("product", TARGETED),
        ("tenant", TARGETED),
        ("tenant", TARGETED),
    ]


def test_the_plans_hours_come_before_the_products(acme, draft):
    draft.of_product("product")
    draft.of_plan(XTREME, "plan")
    assert draft.hours(acme.ledger) == ("plan", TARGETED)
    assert draft.hours(acme.ledger, plan=PREMIUM) == ("product", TARGETED)


def test_the_targets_own_hours_come_first(acme, draft):
    draft.of_product("product")
    draft.of_plan(XTREME, "plan")
    draft.of_target("cell")
    assert draft.hours(acme.ledger) == ("cell", TARGETED)
    assert draft.hours(acme.ledger, severity=3) == ("plan", TARGETED)


def test_a_target_of_the_product_stands_in_the_place_of_the_general_one_with_its_hours(acme, draft):
    draft.of_product("product")
    draft.of_target("cell")
    draft.of_target(None, product=acme.ledger, minutes=90)
    promise = draft.promised(acme.ledger)
    assert (promise.minutes, promise.calendar.code) == (90, "product")
    assert draft.hours(acme.store) == ("cell", TARGETED)


def test_elapsed_minutes_have_no_hours(acme, draft):
    set_target(
        **draft.by,
        kind=FIRST,
        severity=1,
        plan=draft.plan(XTREME),
        minutes=45,
        unit=Unit.ELAPSED_MINUTES,
    )
    assert draft.promised(acme.ledger, severity=1) == (45, Unit.ELAPSED_MINUTES, None, TARGETED)


def test_minutes_of_coverage_without_hours_are_no_promise(acme, draft):
    set_default_calendar(**draft.by, calendar=None)
    assert draft.promised(acme.ledger) is None
    assert draft.hours(acme.ledger, severity=1) == ("24x5", CIS)


def test_without_a_target_nothing_is_promised(acme, draft):
    assert draft.promised(acme.ledger, severity=4, kind=TargetKind.NEXT_RESPONSE) is None
    assert draft.promised(acme.ledger, kind=TargetKind.RESOLUTION) is None


def test_without_targeted_incident_response_nothing_is_promised(acme, draft):
    Feature.objects.filter(code=TARGETED).update(product_limited=True)
    draft.without(acme.ledger, TARGETED)
    assert draft.promised(acme.ledger) is None
    assert draft.hours(acme.store) == ("tenant", TARGETED)
    Cell.objects.filter(edition=draft.edition, plan__code=XTREME, feature__code=TARGETED).delete()
    assert draft.promised(acme.store, severity=1) is None


class TestSeverity1:
    def test_runs_24x5_under_cis_and_24x7_under_extended_cis(self, acme, draft):
        assert draft.hours(acme.ledger, severity=1) == ("24x5", CIS)
        assert draft.hours(acme.ledger, severity=1, plan=PREMIUM) == ("24x7", EXTENDED)
        assert draft.hours(acme.ledger, severity=2, plan=PREMIUM) == ("tenant", TARGETED)

    def test_runs_in_the_products_hours_where_the_product_has_no_cis(self, acme, draft):
        draft.of_product("product")
        draft.without(acme.ledger, CIS, EXTENDED)
        assert draft.hours(acme.ledger, severity=1) == ("product", TARGETED)
        assert draft.hours(acme.ledger, severity=1, plan=PREMIUM) == ("product", TARGETED)
        assert draft.hours(acme.store, severity=1, plan=PREMIUM) == ("24x7", EXTENDED)

    def test_runs_under_cis_where_only_the_extension_is_excepted(self, acme, draft):
        draft.without(acme.ledger, EXTENDED)
        assert draft.hours(acme.ledger, severity=1, plan=PREMIUM) == ("24x5", CIS)

    def test_hours_of_its_own_never_narrow_what_cis_gives(self, acme, draft):
        draft.of_target("cell", severity=1)
        assert draft.hours(acme.ledger, severity=1) == ("24x5", CIS)

    def test_wider_hours_of_its_own_count(self, acme, draft):
        draft.of_target("24x7", severity=1)
        assert draft.hours(acme.ledger, severity=1) == ("24x7", TARGETED)

    def test_hours_of_its_own_that_cis_does_not_cover_come_before_it(self, acme, draft):
        Calendar.objects.filter(edition=draft.edition, code="cell").update(
            week=[[day, "06:00", "22:00"] for day in range(7)]
        )
        draft.of_target("cell", severity=1)
        assert draft.hours(acme.ledger, severity=1) == ("cell", TARGETED)

    def test_other_hours_than_its_own_give_way_to_cis_unless_they_cover_it(self, acme, draft):
        Calendar.objects.filter(edition=draft.edition, code="plan").update(
            week=[[day, "06:00", "22:00"] for day in range(7)]
        )
        draft.of_plan(XTREME, "plan")
        assert draft.hours(acme.ledger, severity=1) == ("24x5", CIS)
        draft.of_plan(XTREME, "24x7")
        assert draft.hours(acme.ledger, severity=1) == ("24x7", TARGETED)

    @pytest.mark.parametrize(
        ("plan", "excepted", "due_at"),
        [
            # Friday 30 October 2026, 23:00 in Berlin; clocks went back the Sunday before.
            (XTREME, False, "2026-11-02 00:00"),
            (PREMIUM, False, "2026-10-30 23:00"),
            (XTREME, True, "2026-11-02 04:00"),
        ],
    )
    def test_is_due_in_those_hours(self, acme, draft, plan, excepted, due_at):
        """Two hours under CIS: one on Friday, one on Monday; one hour under Extended CIS; and without CIS
        two hours from three on Monday morning."""
        if excepted:
            draft.without(acme.ledger, CIS, EXTENDED)
        promise = draft.promised(acme.ledger, severity=1, plan=plan)
        calendar = calendar_in_region(promise.calendar, "Europe/Berlin", "DE", 2026)
        logged = datetime(2026, 10, 30, 22, 0, tzinfo=UTC)
        found = due(calendar, logged, promise.minutes)
        assert found == datetime.fromisoformat(due_at).replace(tzinfo=UTC)
