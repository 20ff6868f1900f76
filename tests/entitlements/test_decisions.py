"""One function answers who may use what: its reasons, their order, and which contract decides."""

import pytest

from entitlements.decide import contract_state, decide
from entitlements.enums import ContractState, InstallationKind, Reason
from plans.matrix import CellValue
from tests.entitlements.values import (
    CELLS,
    ELITE,
    EVENT,
    EXTENDED,
    HOW_TO,
    KIOSK,
    LEDGER,
    PHONE,
    PREMIUM,
    SPECIAL_EVENT,
    STORE,
    XTREME,
    day,
    edition,
    holdings,
    line,
    utc,
)

NOW = utc("2026-06-01T12:00")
MODIFIED = InstallationKind.MODIFIED


def asked(held, feature=PHONE, *, at=NOW, product=LEDGER, **more):
    return decide(held, feature, at=at, product_id=product, **more)


def verdict(decision):
    return (
        decision.reason,
        decision.line.number if decision.line else None,
        decision.remedy.code if decision.remedy else None,
    )


def test_a_feature_of_the_plan_for_a_product_on_the_contract_is_allowed():
    held = line(ELITE)
    decision = asked(holdings(held))
    assert (decision.allowed, decision.reason, decision.line, decision.remedy) == (
        True,
        Reason.ALLOWED,
        held,
        None,
    )
    assert (decision.edition_id, decision.edition_number, decision.cell) == (101, 1, CellValue(calendar_id=1))


REFUSALS = {
    Reason.NO_CONTRACT: (holdings(), {}, (None, "xtreme")),
    Reason.CONTRACT_NOT_STARTED: (
        holdings(line(starts="2026-07-01", ends="2027-06-30")),
        {},
        ("C-1", None),
    ),
    Reason.CONTRACT_EXPIRED: (
        holdings(line(starts="2025-01-01", ends="2025-12-31")),
        {},
        ("C-1", "xtreme"),
    ),
    Reason.CONTRACT_CANCELLED: (holdings(line(cancelled_at=utc("2026-05-01"))), {}, ("C-1", "xtreme")),
    Reason.PRODUCT_NOT_COVERED: (holdings(line(product=STORE)), {}, ("C-1", "xtreme")),
    Reason.FEATURE_NOT_IN_PLAN: (holdings(line()), {"feature": EXTENDED}, ("C-1", "premium")),
    Reason.FEATURE_NOT_FOR_PRODUCT: (
        holdings(
            line(ELITE, matrix=edition(exceptions=[(EXTENDED, LEDGER)])),
            current=edition(exceptions=[(EXTENDED, LEDGER)]),
        ),
        {"feature": EXTENDED},
        ("C-1", None),
    ),
    Reason.ALLOWANCE_USED_UP: (
        holdings(line(ELITE, used={SPECIAL_EVENT: 1})),
        {"feature": SPECIAL_EVENT},
        ("C-1", None),
    ),
    Reason.NOTICE_TOO_SHORT: (
        holdings(line(ELITE)),
        {"feature": SPECIAL_EVENT, "event_on": day("2026-06-14")},
        ("C-1", None),
    ),
    Reason.INSTALLATION_MODIFIED: (
        holdings(line()),
        {"feature": HOW_TO, "installation_kind": MODIFIED},
        ("C-1", None),
    ),
}


@pytest.mark.parametrize("reason", REFUSALS)
def test_each_refusal_names_the_contract_and_the_lowest_plan_that_would_help(reason):
    held, question, (contract, remedy) = REFUSALS[reason]
    decision = asked(held, **question)
    assert not decision.allowed
    assert verdict(decision) == (reason, contract, remedy)


def test_every_reason_to_refuse_is_tried_above():
    assert [*REFUSALS] == [reason for reason in Reason if reason != Reason.ALLOWED]


# Each step repairs what the step before was refused for, and nothing else.
BROKEN = edition(
    cells={**CELLS, (ELITE.id, SPECIAL_EVENT): CellValue(allowance=1, notice_days=14)},
    exceptions=[(SPECIAL_EVENT, LEDGER)],
)
STEPS = [
    ([], {}, Reason.NO_CONTRACT),
    ([line(XTREME, product=STORE, starts="2027-01-01", ends="2027-12-31")], {}, Reason.CONTRACT_NOT_STARTED),
    ([line(XTREME, product=STORE, ends="2026-01-31")], {}, Reason.CONTRACT_EXPIRED),
    ([line(XTREME, product=STORE, cancelled_at=utc("2026-05-01"))], {}, Reason.CONTRACT_CANCELLED),
    ([line(XTREME, product=STORE)], {}, Reason.PRODUCT_NOT_COVERED),
    ([line(XTREME, matrix=BROKEN, used={SPECIAL_EVENT: 1})], {}, Reason.FEATURE_NOT_IN_PLAN),
    ([line(ELITE, matrix=BROKEN, used={SPECIAL_EVENT: 1})], {}, Reason.FEATURE_NOT_FOR_PRODUCT),
    ([line(ELITE, used={SPECIAL_EVENT: 1})], {}, Reason.ALLOWANCE_USED_UP),
    ([line(ELITE)], {}, Reason.NOTICE_TOO_SHORT),
    ([line(ELITE)], {"event_on": day("2026-06-15")}, Reason.INSTALLATION_MODIFIED),
    ([line(ELITE)], {"event_on": day("2026-06-15"), "installation_kind": None}, Reason.ALLOWED),
]


@pytest.mark.parametrize(("lines", "repair", "expected"), STEPS)
def test_reasons_are_checked_in_the_promised_order(lines, repair, expected):
    question = {"event_on": day("2026-06-02"), "installation_kind": MODIFIED, **repair}
    if expected in (Reason.CONTRACT_NOT_STARTED, Reason.CONTRACT_EXPIRED, Reason.CONTRACT_CANCELLED):
        del question["event_on"]
    assert asked(holdings(*lines), SPECIAL_EVENT, **question).reason == expected


class TestSeveralContracts:
    def test_the_one_that_names_the_product_decides_before_a_higher_plan(self):
        held = holdings(line(ELITE, product=STORE, contract=1), line(XTREME, product=LEDGER, contract=2))
        assert verdict(asked(held, EXTENDED)) == (Reason.FEATURE_NOT_IN_PLAN, "C-2", "premium")

    def test_among_those_that_name_it_the_highest_plan_decides(self):
        held = holdings(line(XTREME, contract=1), line(ELITE, contract=2), line(PREMIUM, contract=3))
        assert verdict(asked(held)) == (Reason.ALLOWED, "C-2", None)

    def test_one_in_force_decides_before_a_higher_plan_that_has_ended(self):
        held = holdings(
            line(ELITE, starts="2025-01-01", ends="2025-12-31", contract=1), line(XTREME, contract=2)
        )
        assert verdict(asked(held)) == (Reason.ALLOWED, "C-2", None)

    def test_without_a_product_the_highest_plan_decides(self):
        held = holdings(line(XTREME, contract=1), line(ELITE, product=STORE, contract=2))
        assert verdict(asked(held, EXTENDED, product=None)) == (Reason.ALLOWED, "C-2", None)

    def test_of_equal_plans_the_latest_contract_decides(self):
        held = holdings(
            line(starts="2026-03-01", contract=1),
            line(starts="2026-01-01", contract=2),
        )
        assert verdict(asked(held)) == (Reason.ALLOWED, "C-1", None)

    def test_an_ended_contract_for_the_product_is_named_rather_than_another_products(self):
        held = holdings(
            line(XTREME, starts="2025-01-01", ends="2025-12-31", contract=1),
            line(ELITE, product=STORE, contract=2),
        )
        assert verdict(asked(held)) == (Reason.CONTRACT_EXPIRED, "C-1", "xtreme")

    def test_a_product_on_none_names_the_highest_plan_in_force(self):
        held = holdings(
            line(ELITE, starts="2025-01-01", ends="2025-12-31", contract=1),
            line(XTREME, contract=2),
            line(PREMIUM, product=STORE, contract=3),
        )
        assert verdict(asked(held, product=KIOSK)) == (Reason.PRODUCT_NOT_COVERED, "C-3", "xtreme")

    def test_a_product_on_none_that_is_in_force_is_refused_for_the_contract_first(self):
        held = holdings(line(starts="2025-01-01", ends="2025-12-31"))
        assert verdict(asked(held, product=KIOSK)) == (Reason.CONTRACT_EXPIRED, "C-1", "xtreme")

    def test_of_contracts_out_of_force_the_next_to_start_is_named_first(self):
        held = holdings(
            line(contract=1, starts="2025-01-01", ends="2025-12-31"),
            line(contract=2, starts="2027-06-01", ends="2028-05-31"),
            line(contract=3, starts="2027-01-01", ends="2027-05-31"),
        )
        assert verdict(asked(held)) == (Reason.CONTRACT_NOT_STARTED, "C-3", None)

    def test_otherwise_the_one_that_ended_last(self):
        held = holdings(
            line(contract=1, starts="2024-01-01", ends="2024-12-31"),
            line(contract=2, starts="2025-01-01", ends="2025-12-31"),
            line(contract=3, cancelled_at=utc("2026-02-01")),
        )
        assert verdict(asked(held)) == (Reason.CONTRACT_EXPIRED, "C-2", "xtreme")


class TestDayBorders:
    """Days are the account's: in Berlin, 2026 begins at 23:00 UTC on the last of December."""

    @pytest.mark.parametrize(
        ("at", "reason"),
        [
            ("2025-12-31T22:59:59", Reason.CONTRACT_NOT_STARTED),
            ("2025-12-31T23:00", Reason.ALLOWED),
            ("2026-12-31T22:59:59", Reason.ALLOWED),
            ("2026-12-31T23:00", Reason.CONTRACT_EXPIRED),
        ],
    )
    def test_the_period_lasts_from_the_first_to_the_last_local_midnight(self, at, reason):
        assert asked(holdings(line(grace=0)), at=utc(at)).reason == reason

    @pytest.mark.parametrize(
        ("zone", "begins"),
        [
            ("America/New_York", "2026-01-01T05:00"),
            ("Asia/Seoul", "2025-12-31T15:00"),
            ("Pacific/Kiritimati", "2025-12-31T10:00"),
        ],
    )
    def test_the_border_moves_with_the_accounts_zone(self, zone, begins):
        assert line(zone=zone).begins == utc(begins)

    def test_where_a_day_has_no_midnight_it_begins_with_its_first_instant(self):
        # Cairo goes from 23:59:59 on 23 April 2026 straight to 01:00.
        assert line(zone="Africa/Cairo", starts="2026-04-24").begins == utc("2026-04-23T22:00")

    def test_where_a_day_has_two_midnights_it_begins_with_the_earlier_one(self):
        # Havana goes from 01:00 back to 00:00 on 1 November 2026.
        assert line(zone="America/Havana", starts="2026-11-01").begins == utc("2026-11-01T04:00")


class TestStates:
    @pytest.mark.parametrize(
        ("at", "state"),
        [
            ("2025-12-31T22:59:59", ContractState.SCHEDULED),
            ("2025-12-31T23:00", ContractState.ACTIVE),
            ("2026-10-01T21:59:59", ContractState.ACTIVE),
            ("2026-10-01T22:00", ContractState.EXPIRING),
            ("2026-12-31T22:59:59", ContractState.EXPIRING),
            ("2026-12-31T23:00", ContractState.GRACE),
            ("2027-01-14T22:59:59", ContractState.GRACE),
            ("2027-01-14T23:00", ContractState.EXPIRED),
        ],
    )
    def test_a_contract_goes_through_its_states(self, at, state):
        assert contract_state(line(grace=14), utc(at)) == state

    def test_without_days_of_grace_it_expires_at_its_end(self):
        assert contract_state(line(grace=0), utc("2026-12-31T23:00")) == ContractState.EXPIRED

    def test_from_its_cancellation_on_it_is_cancelled(self):
        cancelled = line(cancelled_at=utc("2026-05-01T10:00"))
        assert contract_state(cancelled, utc("2026-05-01T09:59:59")) == ContractState.ACTIVE
        assert contract_state(cancelled, utc("2026-05-01T10:00")) == ContractState.CANCELLED

    def test_in_grace_everything_works(self):
        held = holdings(line(ELITE))
        assert asked(held, EXTENDED, at=utc("2027-01-10T12:00")).allowed


class TestUseAskedForAhead:
    def test_two_weeks_notice_are_enough_and_a_day_less_is_not(self):
        held = holdings(line(ELITE))
        assert asked(held, SPECIAL_EVENT, event_on=day("2026-06-15")).allowed
        decision = asked(held, SPECIAL_EVENT, event_on=day("2026-06-14"))
        assert (decision.reason, decision.earliest) == (Reason.NOTICE_TOO_SHORT, day("2026-06-15"))

    def test_notice_counts_from_the_accounts_own_day(self):
        seoul = holdings(line(ELITE, zone="Asia/Seoul"), zone="Asia/Seoul")
        late = utc("2026-06-01T16:00")  # 2 June, 01:00 in Seoul
        decision = asked(seoul, SPECIAL_EVENT, at=late, event_on=day("2026-06-15"))
        assert decision.reason == Reason.NOTICE_TOO_SHORT

    def test_the_day_has_to_lie_in_the_support_period(self):
        held = holdings(line(ELITE))
        assert asked(held, SPECIAL_EVENT, event_on=day("2026-12-31")).allowed
        assert asked(held, SPECIAL_EVENT, event_on=day("2027-01-01")).reason == Reason.CONTRACT_EXPIRED

    def test_the_contract_of_that_day_decides(self):
        held = holdings(
            line(ELITE, contract=1, used={SPECIAL_EVENT: 1}),
            line(ELITE, contract=2, starts="2027-01-01", ends="2027-12-31"),
        )
        assert verdict(asked(held, SPECIAL_EVENT, event_on=day("2026-12-05"))) == (
            Reason.ALLOWANCE_USED_UP,
            "C-1",
            None,
        )
        assert verdict(asked(held, SPECIAL_EVENT, event_on=day("2027-02-06"))) == (
            Reason.ALLOWED,
            "C-2",
            None,
        )


class TestRemedies:
    def test_whoever_changes_plans_buys_under_the_current_edition(self):
        now_for_all = edition(2, cells={**CELLS, (XTREME.id, SPECIAL_EVENT): EVENT})
        held = holdings(current=now_for_all)
        assert asked(held, SPECIAL_EVENT).remedy == XTREME
        assert asked(held, SPECIAL_EVENT).edition_number == 2

    def test_no_plan_helps_with_a_feature_that_no_plan_has(self):
        assert asked(holdings(line()), "taken_away").remedy is None

    def test_no_plan_helps_where_the_product_is_excepted(self):
        excepted = edition(exceptions=[(EXTENDED, LEDGER)])
        held = holdings(line(matrix=excepted), current=excepted)
        assert verdict(asked(held, EXTENDED)) == (Reason.FEATURE_NOT_IN_PLAN, "C-1", None)

    def test_a_plan_with_a_larger_allowance_helps_when_it_is_used_up(self):
        cells = {
            **CELLS,
            (PREMIUM.id, SPECIAL_EVENT): EVENT,
            (ELITE.id, SPECIAL_EVENT): CellValue(allowance=2),
        }
        larger = edition(cells=cells)
        held = holdings(line(PREMIUM, matrix=larger, used={SPECIAL_EVENT: 1}), current=larger)
        assert verdict(asked(held, SPECIAL_EVENT)) == (Reason.ALLOWANCE_USED_UP, "C-1", "elite")


def test_modified_installations_lose_only_what_is_for_standard_ones():
    held = holdings(line(ELITE))
    refused = [
        code
        for code in (PHONE, HOW_TO, EXTENDED, SPECIAL_EVENT)
        if not asked(held, code, installation_kind=MODIFIED).allowed
    ]
    assert refused == [HOW_TO, SPECIAL_EVENT]


def test_a_decision_is_a_value_that_can_be_compared():
    held = holdings(line())
    assert asked(held) == asked(held)
    assert asked(held) != asked(held, EXTENDED)
