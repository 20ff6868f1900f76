"""A feature at the tenant's discretion is given by somebody, for a time, with a reason."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from entitlements.actions import grant_feature, revoke_grant
from entitlements.decide import decide
from entitlements.enums import InstallationKind, Reason
from entitlements.holdings import load_holdings
from entitlements.models import Contract, ContractLine, Grant
from entitlements.sentences import remedy_sentence, sentence
from plans.actions import add_feature, retire_feature
from plans.enums import FeatureCode
from plans.models import Feature
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.history import history_of
from tests.entitlements.values import (
    ELITE,
    EXTENDED,
    HOW_TO,
    KIOSK,
    LEDGER,
    PHONE,
    PLANS,
    SPECIAL_EVENT,
    STORE,
    day,
    edition,
    grant,
    holdings,
    line,
    utc,
)

NOW = utc("2026-06-01T12:00")
EDUCATION = FeatureCode.EDUCATION_INCENTIVES


class TestDeciding:
    def test_what_the_plan_has_not_is_allowed_and_names_the_grant(self):
        given = grant(EXTENDED)
        decision = decide(holdings(line(), grants=[given]), EXTENDED, at=NOW, product_id=LEDGER)
        assert (decision.allowed, decision.reason, decision.grant) == (True, Reason.ALLOWED, given)
        assert (decision.line.number, decision.cell, decision.remedy) == ("C-1", None, None)

    def test_what_the_plan_has_comes_from_the_plan(self):
        decision = decide(holdings(line(), grants=[grant(PHONE)]), PHONE, at=NOW, product_id=LEDGER)
        assert (decision.allowed, decision.grant) == (True, None)

    @pytest.mark.parametrize(
        ("held", "feature", "more", "reason"),
        [
            (
                line(ELITE, matrix=edition(exceptions=[(EXTENDED, LEDGER)])),
                EXTENDED,
                {},
                Reason.FEATURE_NOT_FOR_PRODUCT,
            ),
            (
                line(ELITE, used={SPECIAL_EVENT: 1}),
                SPECIAL_EVENT,
                {"event_on": day("2026-07-01")},
                Reason.ALLOWANCE_USED_UP,
            ),
            (line(ELITE), SPECIAL_EVENT, {"event_on": day("2026-06-02")}, Reason.NOTICE_TOO_SHORT),
            (line(), HOW_TO, {"installation_kind": InstallationKind.MODIFIED}, Reason.INSTALLATION_MODIFIED),
        ],
    )
    def test_it_lifts_every_reason_that_is_about_the_plan(self, held, feature, more, reason):
        asked = {"at": NOW, "product_id": LEDGER, **more}
        assert decide(holdings(held), feature, **asked).reason is reason
        assert decide(holdings(held, grants=[grant(feature)]), feature, **asked).allowed

    @pytest.mark.parametrize(
        ("lines", "reason"),
        [
            ([], Reason.NO_CONTRACT),
            ([line(starts="2026-07-01")], Reason.CONTRACT_NOT_STARTED),
            ([line(starts="2025-01-01", ends="2025-12-31")], Reason.CONTRACT_EXPIRED),
            ([line(cancelled_at=utc("2026-05-01"))], Reason.CONTRACT_CANCELLED),
            ([line(product=STORE)], Reason.PRODUCT_NOT_COVERED),
        ],
    )
    def test_it_stands_on_a_contract(self, lines, reason):
        decision = decide(holdings(*lines, grants=[grant(EXTENDED)]), EXTENDED, at=NOW, product_id=LEDGER)
        assert (decision.allowed, decision.reason, decision.grant) == (False, reason, None)

    @pytest.mark.parametrize(("product", "allowed"), [(LEDGER, True), (STORE, False), (None, False)])
    def test_one_for_a_product_answers_for_that_product_only(self, product, allowed):
        held = holdings(line(), line(product=STORE), grants=[grant(EXTENDED, product=LEDGER)])
        assert decide(held, EXTENDED, at=NOW, product_id=product).allowed is allowed

    @pytest.mark.parametrize(("event_on", "allowed"), [("2026-06-30", True), ("2026-07-01", False)])
    def test_it_must_run_on_the_day_of_use(self, event_on, allowed):
        held = holdings(line(), grants=[grant(EXTENDED, ends="2026-06-30")])
        found = decide(held, EXTENDED, at=NOW, product_id=LEDGER, event_on=day(event_on))
        assert found.allowed is allowed


FEATURES = st.sampled_from([PHONE, EXTENDED, HOW_TO, SPECIAL_EVENT])
INSTANTS = st.datetimes(
    *(utc(text).replace(tzinfo=None) for text in ("2025-06-01", "2027-06-01")), timezones=st.just(UTC)
)
DAYS = st.dates(day("2025-06-01"), day("2027-06-01"))
PRODUCTS = st.sampled_from([LEDGER, STORE, KIOSK])


@st.composite
def lines(draw):
    starts, ends = sorted([draw(DAYS), draw(DAYS)])
    return line(
        draw(st.sampled_from(PLANS)),
        product=draw(PRODUCTS),
        starts=starts.isoformat(),
        ends=ends.isoformat(),
        contract=draw(st.integers(1, 9)),
        cancelled_at=draw(st.none() | INSTANTS),
        used=draw(st.sampled_from([{}, {SPECIAL_EVENT: 1}])),
        matrix=edition(exceptions=draw(st.lists(st.tuples(FEATURES, PRODUCTS), max_size=2))),
    )


@st.composite
def some_grants(draw):
    starts, ends = sorted([draw(DAYS), draw(DAYS)])
    return grant(
        draw(FEATURES),
        product=draw(st.none() | PRODUCTS),
        starts=starts.isoformat(),
        ends=ends.isoformat(),
        revoked_at=draw(st.none() | INSTANTS),
    )


@settings(max_examples=400)
@given(
    held=st.lists(lines(), max_size=3),
    grants=st.lists(some_grants(), min_size=1, max_size=4),
    feature=FEATURES,
    at=INSTANTS,
    product=st.none() | PRODUCTS,
    event_on=st.none() | DAYS,
    kind=st.sampled_from(InstallationKind) | st.none(),
)
def test_grants_only_turn_some_noes_into_yeses(held, grants, feature, at, product, event_on, kind):
    asked = {"at": at, "product_id": product, "event_on": event_on, "installation_kind": kind}
    without = decide(holdings(*held), feature, **asked)
    granted = decide(holdings(*held, grants=grants), feature, **asked)
    if without.allowed or granted.grant is None:
        assert granted[:-2] == without[:-2]
        assert granted.grant is None
        return
    assert granted.allowed
    assert granted.line == without.line
    on = event_on or at.astimezone(ZoneInfo("Europe/Berlin")).date()
    assert granted.grant.feature_code == feature
    assert granted.grant.product_id in (None, product)
    assert granted.grant.starts_on <= on <= granted.grant.ends_on
    assert granted.grant.revoked_at is None or at < granted.grant.revoked_at


@pytest.fixture
def acme(cast, acting_in):
    with acting_in(cast.acme.tenant):
        yield cast.acme


def in_days(days):
    return timezone.localdate(timezone=ZoneInfo("Europe/Berlin")) + timedelta(days=days)


def give(house, **changes):
    code = changes.pop("feature", EDUCATION)
    return grant_feature(
        **{
            "account": house.small.account,
            "feature": Feature.objects.get(tenant=house.tenant, code=code),
            "product": house.ledger,
            "starts_on": in_days(0),
            "ends_on": in_days(30),
            "reason": "They teach others",
            "actor": house.csm,
            **changes,
        }
    )


def may(house, product=None):
    held = load_holdings(house.small.account)
    return decide(held, EDUCATION, at=timezone.now(), product_id=(product or house.ledger).pk)


class TestGranting:
    def test_it_is_allowed_at_once_and_written_down(self, acme):
        assert not may(acme).allowed
        made = give(acme)
        decision = may(acme)
        assert decision.allowed
        found = decision.grant
        assert (found.id, found.granted_by, found.reason) == (made.pk, acme.csm.name, "They teach others")
        assert (found.starts_on, found.ends_on, found.product_id) == (in_days(0), in_days(30), acme.ledger.pk)
        assert not may(acme, acme.store).allowed
        entry = history_of(made).get()
        assert (entry.verb, entry.actor_id, entry.account_id) == (
            "granted",
            acme.csm.pk,
            acme.small.account.pk,
        )
        assert entry.data["reason"] == "They teach others"

    def test_the_sentence_says_who_until_when_and_why(self, acme):
        give(acme)
        decision = may(acme)
        said = sentence(decision)
        assert f"is granted to Small Company by {acme.csm.name} until" in said
        assert "“They teach others”" in said
        assert remedy_sentence(decision) == ""

    def test_without_a_product_it_is_for_every_one(self, acme):
        give(acme, product=None)
        assert may(acme).allowed
        assert may(acme, acme.store).allowed

    def test_holdings_still_take_one_statement(self, acme, django_assert_num_queries):
        give(acme)
        give(acme, product=acme.store)
        load_holdings(acme.small.account)
        with django_assert_num_queries(1):
            held = load_holdings(acme.small.account)
        assert len(held.grants) == 2

    @pytest.mark.parametrize(
        ("changes", "words", "field"),
        [
            (
                {"feature": FeatureCode.PHONE_ACCESS},
                "isn’t at your discretion: only plans give it",
                "feature",
            ),
            ({"ends_on": -1, "starts_on": 0}, "can’t end before it starts", "ends_on"),
            ({"starts_on": -9, "ends_on": -1}, "is over already", "ends_on"),
            ({"reason": "  "}, "Say why", "reason"),
        ],
    )
    def test_it_is_refused_with_a_sentence_at_its_field(self, acme, changes, words, field):
        days = {name: in_days(value) for name, value in changes.items() if isinstance(value, int)}
        with pytest.raises(Refused, match=words) as refused:
            give(acme, **{**changes, **days})
        assert refused.value.field == field
        assert not Grant.objects.exists()

    def test_one_that_overlaps_is_refused(self, acme):
        give(acme)
        with pytest.raises(Refused, match="is granted already from"):
            give(acme, starts_on=in_days(30), ends_on=in_days(40))
        give(acme, starts_on=in_days(31), ends_on=in_days(40))
        give(acme, product=acme.store)
        assert Grant.objects.count() == 3

    def test_one_for_every_product_widens_but_leaves_nothing_to_narrow(self, acme):
        give(acme)
        give(acme, product=None)
        with pytest.raises(Refused, match="is granted already from"):
            give(acme, product=acme.store)
        with pytest.raises(Refused, match="is granted already from"):
            give(acme, product=None, starts_on=in_days(5))

    def test_a_revoked_one_leaves_room(self, acme):
        revoke_grant(grant=give(acme), actor=acme.csm)
        give(acme)
        assert may(acme).allowed

    def test_an_account_without_a_contract_is_granted_nothing(self, acme):
        ContractLine.objects.filter(account=acme.small.account).delete()
        Contract.objects.filter(account=acme.small.account).delete()
        with pytest.raises(Refused, match="has no contract"):
            give(acme)

    def test_a_retired_feature_is_not_granted(self, acme):
        feature = add_feature(
            tenant=acme.tenant,
            actor=acme.admin,
            category="support",
            language="en",
            name="Visits",
            discretionary=True,
        )
        give(acme, feature=feature.code, ends_on=in_days(3))
        retire_feature(feature=feature, actor=acme.admin)
        with pytest.raises(Refused, match="“Visits” is retired"):
            give(acme, feature=feature.code, starts_on=in_days(9))

    @pytest.mark.parametrize("role", ["agent", "lead"])
    def test_agents_and_leads_grant_and_revoke_nothing(self, acme, role):
        with pytest.raises(NotAllowed):
            give(acme, actor=getattr(acme, role))
        made = give(acme, actor=acme.admin)
        with pytest.raises(NotAllowed):
            revoke_grant(grant=made, actor=getattr(acme, role))
        assert may(acme).allowed

    def test_customers_neither(self, acme):
        for person in (acme.small.admin, acme.small.contact):
            with pytest.raises(NotAllowed):
                give(acme, actor=person)
        assert not Grant.objects.exists()


class TestRevoking:
    def test_it_ends_at_once_and_stays_true_for_the_time_before(self, acme):
        made = give(acme)
        before = timezone.now()
        revoke_grant(grant=made, actor=acme.admin)
        assert not may(acme).allowed
        held = load_holdings(acme.small.account)
        assert decide(held, EDUCATION, at=before, product_id=acme.ledger.pk).allowed
        made.refresh_from_db()
        assert made.revoked_by_id == acme.admin.pk
        assert [entry.verb for entry in history_of(made)] == ["granted", "revoked"]

    def test_twice_is_a_conflict(self, acme):
        made = give(acme)
        revoke_grant(grant=made, actor=acme.csm)
        with pytest.raises(Conflict, match="revoked already"):
            revoke_grant(grant=made, actor=acme.csm)

    def test_one_that_has_run_out_cannot_be_revoked(self, acme):
        made = give(acme)
        Grant.objects.filter(pk=made.pk).update(starts_on=in_days(-9), ends_on=in_days(-1))
        with pytest.raises(Refused, match="ended on"):
            revoke_grant(grant=made, actor=acme.csm)
        made.refresh_from_db()
        assert made.revoked_at is None


class TestWalls:
    def test_only_the_account_and_staff_see_it(self, cast, acting_as, acting_in):
        with acting_in(cast.acme.tenant):
            give(cast.acme)
        for person, seen in (
            (cast.acme.small.contact, 1),
            (cast.acme.agent, 1),
            (cast.acme.big.admin, 0),
            (cast.rival.admin, 0),
        ):
            with acting_as(person):
                assert Grant.objects.count() == seen

    def test_a_contact_decides_with_it_in_their_own_scope(self, cast, acting_as, acting_in):
        with acting_in(cast.acme.tenant):
            give(cast.acme)
        with acting_as(cast.acme.small.contact):
            assert may(cast.acme).grant.granted_by == cast.acme.csm.name

    def test_the_database_lets_no_customer_write_one(self, cast, acting_as):
        with (
            acting_as(cast.acme.small.admin),
            pytest.raises(ProgrammingError, match="row-level security"),
            transaction.atomic(),
        ):
            Grant.objects.create(
                tenant=cast.acme.tenant,
                account=cast.acme.small.account,
                feature=Feature.objects.get(code=EDUCATION),
                starts_on=in_days(0),
                ends_on=in_days(1),
                reason="We want it",
                granted_by=cast.acme.csm,
            )
