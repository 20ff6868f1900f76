"""“Within a support period nothing is materially reduced”: over any sequence of changes and editions."""

from contextlib import contextmanager
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entitlements.actions import (
    cancel_contract,
    extend_contract,
    renew_contract,
    sign_contract,
    upgrade_contract,
)
from entitlements.decide import decide
from entitlements.holdings import load_holdings
from entitlements.models import Contract
from entitlements.values import day_begins
from plans.actions import publish_draft, start_draft
from plans.enums import FeatureCode, Severity, TargetKind
from plans.models import Cell, Feature, Plan, ProductException, Target
from portal.core.errors import Refused

pytestmark = pytest.mark.django_db

DAYS = (0, 40, 90, 130, 190)
"""From today, on which the account is asked; a period lasts a hundred days."""
PLANS = st.sampled_from(["xtreme", "premium", "elite"])
ASKED = (FeatureCode.PHONE_ACCESS, FeatureCode.PLAN_PRIORITY_QUEUING, FeatureCode.SPECIAL_EVENT_SUPPORT)
EDITIONS = st.one_of(
    st.tuples(st.just("sweep"), st.booleans()),
    st.tuples(st.just("publish"), st.sampled_from(ASKED), PLANS, st.sampled_from(["add", "cut", "except"])),
    st.tuples(st.just("retarget"), st.integers(1, 4), PLANS, st.sampled_from([15, 60, 600])),
)
CHANGES = st.one_of(
    st.tuples(st.just("upgrade"), st.sampled_from(["premium", "elite"]), st.integers(0, 60)),
    st.tuples(st.just("extend"), st.integers(0, 120)),
    st.tuples(st.just("renew"), PLANS),
    st.tuples(st.just("sign"), PLANS),
    st.tuples(st.just("cancel")),
)


class World:
    """An account, the contract that is spoken of, and for each contract what was given with its parts."""

    def __init__(self, house):
        self.house, self.account, self.given = house, house.small.account, {}
        self.today = timezone.localdate(timezone=ZoneInfo(self.account.time_zone))
        Contract.objects.filter(account=self.account).update(cancelled_at=timezone.now())
        self.contract = None

    def plan(self, code):
        return Plan.objects.get(tenant=self.house.tenant, code=code)

    def edition(self, edit):
        draft = start_draft(tenant=self.house.tenant, actor=self.house.admin)
        edit(draft)
        publish_draft(edition=draft, actor=self.house.admin, effective_at=timezone.now(), note="")

    def publish(self, code, plan, how):
        feature = Feature.objects.get(tenant=self.house.tenant, code=code)

        def edit(draft):
            cells = Cell.objects.filter(edition=draft, plan=self.plan(plan), feature=feature)
            common = {"tenant": self.house.tenant, "edition": draft, "feature": feature}
            if how == "cut":
                cells.delete()
            elif how == "except":
                ProductException.objects.get_or_create(**common, product=self.house.ledger)
            elif not cells.exists():
                Cell.objects.create(**common, plan=self.plan(plan))

        self.edition(edit)

    def retarget(self, severity, plan, minutes):
        self.edition(
            lambda draft: Target.objects.filter(
                edition=draft, plan=self.plan(plan), severity=severity
            ).update(minutes=minutes)
        )

    def sweep(self, generous):
        """An edition with everything that is asked for everybody, or with none of it."""

        def edit(draft):
            Cell.objects.filter(edition=draft, feature__code__in=ASKED).delete()
            Target.objects.filter(edition=draft).update(minutes=20 if generous else 500)
            for plan in Plan.objects.all() if generous else ():
                for feature in Feature.objects.filter(code__in=ASKED):
                    Cell.objects.create(tenant=self.house.tenant, edition=draft, plan=plan, feature=feature)

        self.edition(edit)

    def sign(self, plan):
        self._signed(
            sign_contract(
                account=self.account,
                plan=self.plan(plan),
                products=[self.house.ledger],
                starts_on=self.today,
                ends_on=self.today + timedelta(days=99),
                grace_days=0,
                actor=self.house.admin,
            )
        )

    def renew(self, plan):
        if self.contract:
            self._signed(
                renew_contract(
                    contract=self.contract,
                    plan=self.plan(plan),
                    products=[self.house.ledger],
                    ends_on=self.contract.ends_on + timedelta(days=100),
                    actor=self.house.admin,
                )
            )

    def upgrade(self, plan, days):
        if self.contract:
            day = self.today + timedelta(days=days)
            upgrade_contract(
                contract=self.contract, plan=self.plan(plan), starts_on=day, actor=self.house.admin
            )
            self._note(day)

    def extend(self, days):
        if self.contract:
            day = self.today + timedelta(days=days)
            extend_contract(
                contract=self.contract, products=[self.house.store], starts_on=day, actor=self.house.admin
            )
            self._note(day, product_id=self.house.store.pk)

    def cancel(self):
        if self.contract:
            cancel_contract(contract=self.contract, actor=self.house.admin)
            del self.given[self.contract.pk]
            self.contract = None

    def _signed(self, contract):
        self.contract = contract
        self._note(contract.starts_on)

    def _note(self, since, product_id=None):
        """What the contract gives now on each day since then."""
        noted = self.given.setdefault(self.contract.pk, {})
        for asked, answer in self.answers().items():
            day, product, _what = asked
            contract, value = answer
            if contract == self.contract.pk and day >= since and product_id in (None, product):
                noted[asked] = value

    def answers(self):
        found, answers = load_holdings(self.account), {}
        for day in (self.today + timedelta(days=days) for days in DAYS):
            at = day_begins(day + timedelta(days=1), found.zone) - timedelta(minutes=1)
            for product in (self.house.ledger.pk, self.house.store.pk):
                for code in ASKED:
                    decision = decide(found, code, at=at, product_id=product)
                    if decision.allowed:
                        answers[day, product, code] = (decision.line.contract_id, True)
                cover = decide(found, FeatureCode.TARGETED_RESPONSE, at=at, product_id=product)
                for severity in Severity if cover.allowed else ():
                    promised = cover.line.matrix.promised(
                        TargetKind.FIRST_RESPONSE, severity, cover.line.plan.id, product
                    )
                    if promised:
                        answers[day, product, severity] = (cover.line.contract_id, promised.minutes)
        return answers

    def losses(self):
        now = self.answers()
        return [
            (asked, value, now.get(asked))
            for noted in self.given.values()
            for asked, value in noted.items()
            if asked not in now or now[asked][1] > value
        ]


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@given(st.lists(st.tuples(EDITIONS, CHANGES), min_size=1, max_size=5))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_given_stays_until_the_period_ends_or_the_contract_is_cancelled(cast, acting_in, pairs):
    """Editions and changes take turns; the last edition takes away whatever can be taken."""
    with undone(), acting_in(cast.acme.tenant):
        world = World(cast.acme)
        world.sign("xtreme")
        for verb, *facts in [*(step for pair in pairs for step in pair), ("sweep", False)]:
            try:
                with transaction.atomic():
                    getattr(world, verb)(*facts)
            except Refused:
                continue
            assert world.losses() == []
