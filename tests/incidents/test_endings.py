"""Who is told that a contract ends: 90, 60, 30 and 7 days before, once each, and not once it is renewed."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from entitlements.actions import cancel_contract, renew_contract, upgrade_contract
from entitlements.models import Contract
from incidents.endings import KIND, tell_endings
from notifications.kinds import kind_of
from notifications.letters import Writer
from notifications.models import Notification
from plans.models import Plan
from portal.identity.models import Account

pytestmark = pytest.mark.django_db


def today():
    return timezone.localdate(timezone=ZoneInfo("Europe/Berlin"))


@pytest.fixture(autouse=True)
def managed(cast, acting_in):
    """Small Company has a success manager; no contract but theirs ends soon."""
    with acting_in(cast.acme.tenant):
        Account.objects.filter(pk=cast.acme.small.account.pk).update(csm=cast.acme.csm)


@pytest.fixture
def ends_in(cast, acting_in):
    def set_days(days, signed=400):
        with acting_in(cast.acme.tenant):
            Contract.objects.filter(pk=cast.acme.small.contract.pk).update(
                starts_on=today() - timedelta(days=signed),
                ends_on=today() + timedelta(days=days),
                created_at=timezone.now() - timedelta(days=signed),
            )

    return set_days


@pytest.fixture
def told(cast, acting_in):
    def read():
        with acting_in(cast.acme.tenant):
            found = Notification.objects.filter(kind=KIND).order_by("created_at", "recipient_id")
            return [(one.recipient_id, one.data["step"], one.url) for one in found]

    return read


def people(cast, step):
    return sorted(
        [
            (cast.acme.small.admin.pk, step, "/plan/"),
            (cast.acme.csm.pk, step, "/customers/SMA/contracts/"),
        ]
    )


@pytest.mark.parametrize(
    ("days", "step"),
    [(91, None), (90, 90), (61, 90), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)],
)
def test_the_step_that_is_due_is_told_and_none_before_it(cast, ends_in, told, days, step):
    ends_in(days)
    assert tell_endings() == (2 if step else 0)
    assert sorted(told()) == (people(cast, step) if step else [])


def test_each_step_is_told_once(cast, ends_in, told):
    for days in (90, 89, 60, 45, 30, 7, 6):
        ends_in(days)
        tell_endings()
        assert tell_endings() == 0
    assert sorted({step for _who, step, _url in told()}, reverse=True) == [90, 60, 30, 7]
    assert len(told()) == 8


def test_the_plan_that_ends_is_the_one_that_it_was_upgraded_to(cast, acting_in, ends_in):
    ends_in(30)
    with acting_in(cast.acme.tenant):
        upgrade_contract(
            contract=Contract.objects.get(pk=cast.acme.small.contract.pk),
            plan=Plan.objects.get(tenant=cast.acme.tenant, code="premium"),
            starts_on=today(),
            actor=cast.acme.admin,
        )
    tell_endings()
    with acting_in(cast.acme.tenant):
        assert {one.data["plan"] for one in Notification.objects.filter(kind=KIND)} == {"Xtreme Premium"}


def test_a_step_that_lay_before_the_signing_is_not_told(ends_in, told):
    ends_in(45, signed=2)
    assert tell_endings() == 0
    ends_in(30, signed=17)
    assert tell_endings() == 2


def test_what_is_renewed_or_cancelled_is_not_told_and_mail_about_it_stays(cast, acting_in, ends_in, told):
    ends_in(30)
    tell_endings()
    with acting_in(cast.acme.tenant):
        notes = list(Notification.objects.filter(kind=KIND).select_related("recipient__user"))
        still_right = kind_of(KIND).still_right_many
        assert still_right(notes) == {note.pk for note in notes}
        contract = Contract.objects.get(pk=cast.acme.small.contract.pk)
        renewal = renew_contract(
            contract=contract,
            plan=contract.plan,
            products=[cast.acme.ledger],
            ends_on=contract.ends_on + timedelta(days=365),
            actor=cast.acme.admin,
        )
        assert still_right(notes) == set()
    ends_in(7)
    assert tell_endings() == 0
    with acting_in(cast.acme.tenant):
        cancel_contract(contract=renewal, actor=cast.acme.admin)
    assert tell_endings() == 2
    with acting_in(cast.acme.tenant):
        cancel_contract(contract=Contract.objects.get(pk=contract.pk), actor=cast.acme.admin)
    ends_in(90)
    assert tell_endings() == 0


def test_who_no_longer_manages_the_account_gets_no_mail(cast, acting_in, ends_in):
    ends_in(30)
    tell_endings()
    with acting_in(cast.acme.tenant):
        Account.objects.filter(pk=cast.acme.small.account.pk).update(csm=None)
        notes = Notification.objects.filter(kind=KIND).select_related("recipient__user")
        right = kind_of(KIND).still_right_many(list(notes))
        assert [note.recipient_id for note in notes if note.pk in right] == [cast.acme.small.admin.pk]


def test_it_is_said_in_the_readers_language_of_days(cast, acting_in, ends_in):
    ends_in(30)
    tell_endings()
    with acting_in(cast.acme.tenant), translation.override("en"):
        note = Notification.objects.filter(kind=KIND).first()
        title = kind_of(KIND).title({**note.data, "ends_on": "2026-12-31"})
        assert title == "Contract C-SMA of Small Company ends on 31 Dec 2026"
        note.data |= {"ends_on": "2026-12-31", "grace_days": 14}
        plain = Writer(cast.acme.tenant).write(note, cast.acme.csm.user).text
        assert "Contract C-SMA (Xtreme) of Small Company ends on 31 Dec 2026." in plain
        assert "After that, everything still works for 14 days." in plain
