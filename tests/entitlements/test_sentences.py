"""Every decision can be said in words that name the feature, the contract, the plan and what would help."""

from dataclasses import replace

import pytest
from django.utils import translation

from entitlements.decide import decide
from entitlements.enums import Reason
from entitlements.sentences import remedy_sentence, sentence
from plans.matrix import CellValue
from tests.entitlements.test_decisions import NOW, REFUSALS
from tests.entitlements.values import (
    CELLS,
    ELITE,
    LEDGER,
    PHONE,
    PREMIUM,
    SPECIAL_EVENT,
    day,
    edition,
    holdings,
    line,
)

SAID = {
    Reason.NO_CONTRACT: (
        "“Phone Access” needs a support contract, and Meridian Foods has none.",
        "A contract with Xtreme or a higher plan would give it.",
    ),
    Reason.CONTRACT_NOT_STARTED: (
        "“Phone Access” can’t be used yet: contract C-1 (Xtreme) starts on 1 Jul 2026.",
        "It can be used from 1 Jul 2026 on.",
    ),
    Reason.CONTRACT_EXPIRED: (
        "“Phone Access” can’t be used any more: contract C-1 (Xtreme) ended on 31 Dec 2025.",
        "A new contract with Xtreme or a higher plan would give it again.",
    ),
    Reason.CONTRACT_CANCELLED: (
        "“Phone Access” can’t be used any more: contract C-1 (Xtreme) was cancelled on 1 May 2026.",
        "A new contract with Xtreme or a higher plan would give it again.",
    ),
    Reason.PRODUCT_NOT_COVERED: (
        "“Phone Access” can’t be used for Ledger: contract C-1 (Xtreme) doesn’t cover it.",
        "A contract for Ledger with Xtreme or a higher plan would give it.",
    ),
    Reason.FEATURE_NOT_IN_PLAN: (
        "“Extended Critical Incident Support (24x7)” isn’t part of Xtreme, the plan of contract C-1.",
        "Xtreme Premium would give it.",
    ),
    Reason.FEATURE_NOT_FOR_PRODUCT: (
        "“Extended Critical Incident Support (24x7)” is part of Xtreme Elite, the plan of contract C-1,"
        " but isn’t available for Ledger.",
        "No plan makes it available for Ledger; ask us what we can offer instead.",
    ),
    Reason.ALLOWANCE_USED_UP: (
        "“Special Event Support” has been used up: contract C-1 (Xtreme Elite) gives it 1 time"
        " until 31 Dec 2026.",
        "It can be used again in the next support period.",
    ),
    Reason.NOTICE_TOO_SHORT: (
        "“Special Event Support” under contract C-1 (Xtreme Elite) needs 14 days of notice.",
        "It can be used on 15 Jun 2026 or later.",
    ),
    Reason.INSTALLATION_MODIFIED: (
        "“How-to Assistance” under contract C-1 (Xtreme) is for standard installations,"
        " and this one is modified.",
        "A standard installation would do; for modified ones, ask our consulting services.",
    ),
}


@pytest.fixture
def at_acme(cast, acting_in):
    """Decides on plain holdings of the cast's tenant, so that the features have its names."""

    def ask(held, feature=PHONE, product=LEDGER, at=NOW, **question):
        ours = replace(held, tenant_id=cast.acme.tenant.pk)
        return decide(ours, feature, at=at, product_id=product, **question)

    with acting_in(cast.acme.tenant), translation.override("en"):
        yield ask


@pytest.mark.parametrize("reason", REFUSALS)
def test_every_refusal_is_a_sentence_and_says_what_would_help(at_acme, reason):
    held, question, _named = REFUSALS[reason]
    decision = at_acme(held, **question)
    assert (sentence(decision), remedy_sentence(decision)) == SAID[reason]


def test_a_yes_names_the_plan_and_the_contract_and_needs_no_remedy(at_acme):
    decision = at_acme(holdings(line()))
    assert sentence(decision) == "“Phone Access” is part of Xtreme, the plan of contract C-1."
    assert remedy_sentence(decision) == ""


def test_a_day_outside_the_period_is_named(at_acme):
    held = holdings(line())
    late = at_acme(held, event_on=day("2027-01-02"))
    early = at_acme(held, event_on=day("2025-12-31"))
    assert sentence(late) == (
        "“Phone Access” can’t be used on 2 Jan 2027: the support period of contract C-1 (Xtreme)"
        " ends on 31 Dec 2026."
    )
    assert sentence(early) == (
        "“Phone Access” can’t be used on 31 Dec 2025: contract C-1 (Xtreme) starts on 1 Jan 2026."
    )


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (holdings(current=edition(cells={})), "No plan that is sold today gives it."),
        (
            holdings(line(starts="2025-01-01", ends="2025-12-31"), current=edition(cells={})),
            "No plan that is sold today gives it.",
        ),
        (
            holdings(line(product=2), current=edition(cells={})),
            "No plan that is sold today gives it for Ledger.",
        ),
        (
            holdings(line(matrix=edition(cells={})), current=edition(cells={})),
            "No plan that is sold today gives it.",
        ),
        (
            holdings(
                line(matrix=edition(exceptions=[(PHONE, LEDGER)])),
                current=edition(cells=CELLS),
            ),
            "Xtreme would give it.",
        ),
    ],
)
def test_the_remedy_says_so_when_no_plan_of_today_would_do(at_acme, held, said):
    assert remedy_sentence(at_acme(held)) == said


def test_a_larger_allowance_is_named(at_acme):
    larger = edition(
        cells={(PREMIUM.id, SPECIAL_EVENT): CellValue(allowance=2), (ELITE.id, SPECIAL_EVENT): CellValue()}
    )
    held = holdings(line(PREMIUM, matrix=larger, used={SPECIAL_EVENT: 2}), current=larger)
    decision = at_acme(held, SPECIAL_EVENT)
    assert sentence(decision).endswith("gives it 2 times until 31 Dec 2026.")
    assert remedy_sentence(decision) == (
        "Xtreme Elite gives it more often; otherwise it can be used again in the next support period."
    )


def test_the_feature_is_named_in_the_readers_language(at_acme):
    decision = at_acme(holdings(line()))
    with translation.override("ko"):
        assert "전화 문의" in sentence(decision)
