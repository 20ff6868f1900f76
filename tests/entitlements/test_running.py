"""What SQL says of contracts that run is what ``holdings`` say, account by account."""

from datetime import timedelta
from itertools import groupby

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entitlements.enums import Part
from entitlements.fortunes import Fortune
from entitlements.holdings import load_holdings, upgraded_editions
from entitlements.models import Contract, ContractLine, Upgrade
from entitlements.running import Running, pinned_at
from plans.actions import publish_draft, start_draft
from plans.differences import NoticeChange, Reach, Verdict
from plans.models import Edition, Plan
from portal.identity.models import Account
from tests.entitlements.test_nothing_is_lost import undone

pytestmark = pytest.mark.django_db

DAYS = st.integers(-12, 12)
"""From today on; a period begins and ends within them, and is often about to."""
CONTRACTS = st.fixed_dictionaries(
    {
        "zone": st.sampled_from(["Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago"]),
        "begin": DAYS,
        "days": st.integers(0, 12),
        "plan": st.integers(0, 2),
        "edition": st.integers(0, 2),
        "cancelled": st.sampled_from([False, False, False, True]),
        "grace": st.sampled_from([0, 30]),
        "added": st.none() | st.tuples(st.integers(0, 12), st.integers(0, 2)),
        "upgrades": st.lists(
            st.tuples(st.integers(0, 12), st.integers(0, 2), st.integers(0, 2)),
            max_size=3,
            unique_by=lambda one: one[0],
        ),
    }
)


def hold(house, number, drawn, editions, plans):
    """Straight into the tables: more than the actions would let happen."""
    account = Account.objects.create(
        tenant=house.tenant, name=f"N {number}", key=f"N{number}", time_zone=drawn["zone"], country="DE"
    )
    begin = timezone.localdate() + timedelta(days=drawn["begin"])
    common = {"tenant": house.tenant, "account": account}
    contract = Contract.objects.create(
        **common,
        number=f"N-{number}",
        plan=plans[drawn["plan"]],
        edition=editions[drawn["edition"]],
        starts_on=begin,
        ends_on=begin + timedelta(days=drawn["days"]),
        grace_days=drawn["grace"],
        cancelled_at=timezone.now() if drawn["cancelled"] else None,
    )
    ContractLine.objects.create(**common, contract=contract, product=house.ledger)
    if drawn["added"]:
        day, edition = drawn["added"]
        if day <= drawn["days"]:
            ContractLine.objects.create(
                **common,
                contract=contract,
                product=house.store,
                starts_on=begin + timedelta(days=day),
                edition=editions[edition],
            )
    for day, plan, edition in drawn["upgrades"]:
        if day <= drawn["days"]:
            Upgrade.objects.create(
                **common,
                contract=contract,
                plan=plans[plan],
                edition=editions[edition],
                starts_on=begin + timedelta(days=day),
            )


def as_holdings_say(house, at):
    for account in Account.objects.filter(tenant=house.tenant):
        for line in load_holdings(account, at=at).lines:
            if line.cancelled_at is None and at < line.ends:
                upgraded = upgraded_editions(house.tenant.pk, line.upgrade_id) if line.upgrade_id else ()
                pins = tuple(edition for edition, _same in groupby([line.edition_id, *upgraded]))
                yield line.plan, pins, line.contract_id, line.ends_on, line.product_id


def everything(house, at):
    """As if a draft reached them all."""
    found = pinned_at(house.tenant.pk, at)
    change = NoticeChange(verdict=Verdict.BETTER, plan=found[0][0].plan, feature="", before=1, after=0)
    fortunes = [Fortune(pinned, {Part.GAINS: (Reach(change, frozenset(all)),)}) for pinned, all in found]
    return Running(house.tenant.pk, at, fortunes)


def as_sql_says(running):
    for held, *_names in running.exported(most=1000):
        for product_id in held.products:
            yield *held.pinned, held.contract_id, held.until, product_id


def counted(rows):
    """How many contracts, and when the first and the last of their terms ends, for each who are pinned so."""
    ends = {}
    for plan, pins, contract, until, _product in rows:
        for pinned in ((plan, pins), None):
            ends.setdefault(pinned, {}).setdefault(contract, set()).add(until)
    return {
        pinned: (len(found), min(map(min, found.values())), max(map(max, found.values())))
        for pinned, found in ends.items()
    }


@given(st.lists(CONTRACTS, max_size=4), st.integers(0, 30))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_terms_are_taken_apart_as_holdings_take_them(cast, acting_in, drawn, hours):
    house = cast.acme
    with undone(), acting_in(house.tenant):
        for _ in range(2):
            draft = start_draft(tenant=house.tenant, actor=house.admin)
            publish_draft(edition=draft, actor=house.admin, effective_at=timezone.now(), note="")
        editions = list(Edition.objects.filter(tenant=house.tenant).order_by("number"))
        plans = list(Plan.objects.filter(tenant=house.tenant).order_by("rank"))
        for number, one in enumerate(drawn):
            hold(house, number, one, editions, plans)
        at = timezone.now() + timedelta(hours=hours)
        expected = sorted(as_holdings_say(house, at), key=str)
        running = everything(house, at)
        assert sorted(as_sql_says(running), key=str) == expected
        tally = {
            pinned: (count.contracts, count.first, count.last)
            for (pinned, part), count in running.tally().items()
            if part == Part.GAINS
        }
        assert tally == counted(expected)
