"""Who is told of a feature at our discretion: when it is granted, revoked, and a week before it ends."""

from datetime import date, timedelta
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from entitlements.actions import grant_feature, revoke_grant
from entitlements.models import Grant
from incidents.grants import ENDS, GRANTED, REVOKED, reminded_from, tell_grant_endings
from incidents.tasks import tell_of_endings
from notifications.actions import choose
from notifications.enums import Channel, Choice
from notifications.kinds import kind_of
from notifications.letters import Writer
from notifications.models import Notification
from notifications.tasks import deliver_due
from plans.models import Feature
from plans.queries import feature_name
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.identity.enums import Role
from portal.identity.models import Account, Membership

pytestmark = pytest.mark.django_db

PAGE = Path(settings.BASE_DIR) / "docs" / "rules" / "notifications.md"
HEAD = "| granted on |"
EDUCATION = "education_incentives"


def in_days(days):
    return timezone.localdate(timezone=ZoneInfo("Europe/Berlin")) + timedelta(days=days)


@pytest.fixture(autouse=True)
def managed(cast, acting_in):
    """Small Company has a success manager."""
    with acting_in(cast.acme.tenant):
        Account.objects.filter(pk=cast.acme.small.account.pk).update(csm=cast.acme.csm)


@pytest.fixture
def give(cast, acting_in):
    def make(house=cast.acme, **changes):
        with acting_in(house.tenant):
            return grant_feature(
                **{
                    "account": house.small.account,
                    "feature": Feature.objects.get(tenant=house.tenant, code=EDUCATION),
                    "product": house.ledger,
                    "starts_on": in_days(0),
                    "ends_on": in_days(60),
                    "reason": "They teach\nothers",
                    "actor": house.admin,
                    **changes,
                }
            )

    return make


@pytest.fixture
def revoke(cast, acting_in):
    def act(grant, actor=cast.acme.admin):
        with acting_in(cast.acme.tenant):
            revoke_grant(grant=grant, actor=actor)

    return act


@pytest.fixture
def given(give, acting_in, cast):
    """A grant that ends in so many days, and began and was made when the test wants it."""

    def make(ends, *, starts=-50, granted=-50, **changes):
        grant = give(starts_on=in_days(starts), ends_on=in_days(max(ends, 0)), **changes)
        with acting_in(cast.acme.tenant):
            Grant.objects.filter(pk=grant.pk).update(
                ends_on=in_days(ends),
                granted_at=timezone.now() + timedelta(days=granted),
            )
        return grant

    return make


@pytest.fixture
def told(cast, acting_in):
    def read(kind, house=cast.acme):
        with acting_in(house.tenant):
            found = Notification.objects.filter(kind=kind).order_by("recipient_id")
            return [(one.recipient_id, one.url) for one in found]

    return read


def everybody(cast):
    return sorted([(cast.acme.small.admin.pk, "/plan/"), (cast.acme.csm.pk, "/customers/SMA/contracts/")])


class TestGranting:
    def test_the_accounts_admins_and_its_success_manager_are_told_and_nobody_else(self, cast, give, told):
        give()
        assert told(GRANTED) == everybody(cast)
        assert told(GRANTED, cast.rival) == []

    def test_an_account_without_a_success_manager_has_admins(self, cast, give, told, acting_in):
        give(account=cast.acme.big.account)
        assert told(GRANTED) == [(cast.acme.big.admin.pk, "/plan/")]

    def test_who_grants_is_not_told_in_none_of_their_roles(self, cast, give, told, acting_in):
        csm = cast.acme.csm
        with acting_in(cast.acme.tenant):
            Membership.objects.create(
                tenant=cast.acme.tenant,
                user=csm.user,
                account=cast.acme.small.account,
                role=Role.CUSTOMER_ADMIN,
            )
        give(actor=csm)
        assert told(GRANTED) == [(cast.acme.small.admin.pk, "/plan/")]

    def test_people_who_were_removed_are_not_told(self, cast, give, told, acting_in):
        with acting_in(cast.acme.tenant):
            Membership.objects.filter(pk=cast.acme.small.admin.pk).update(removed_at=timezone.now())
        give()
        assert told(GRANTED) == [(cast.acme.csm.pk, "/customers/SMA/contracts/")]

    def test_what_is_refused_is_told_to_nobody(self, cast, give, told):
        for error, changes in ((Refused, {"reason": " "}), (NotAllowed, {"actor": cast.acme.agent})):
            with pytest.raises(error):
                give(**changes)
        assert told(GRANTED) == []

    def test_it_is_told_in_the_transaction_of_the_grant(self, cast, give, told):
        with transaction.atomic():
            give()
            assert told(GRANTED) == everybody(cast)
            transaction.set_rollback(True)
        assert told(GRANTED) == []

    def test_what_was_granted_long_ago_is_history_and_leaves_no_mail(self, cast, give, acting_in):
        give(at=timezone.now() - timedelta(days=30))
        with acting_in(cast.acme.tenant):
            assert Notification.objects.filter(kind=GRANTED, read_at=None).count() == 0
            assert Notification.objects.filter(kind=GRANTED).count() == 2
        deliver_due()
        assert mail.outbox == []


class TestRevoking:
    def test_the_same_people_are_told_once(self, cast, give, revoke, told):
        grant = give()
        revoke(grant)
        with pytest.raises(Conflict):
            revoke(grant)
        assert told(REVOKED) == everybody(cast)

    def test_who_revokes_is_not_told(self, cast, give, revoke, told):
        revoke(give(), cast.acme.csm)
        assert told(REVOKED) == [(cast.acme.small.admin.pk, "/plan/")]

    def test_who_may_not_revoke_tells_nobody(self, cast, give, revoke, told):
        with pytest.raises(NotAllowed):
            revoke(give(), cast.acme.agent)
        assert told(REVOKED) == []


def _rows():
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(HEAD))
    rows = takewhile(lambda line: line.startswith("|"), lines[start + 2 :])
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


@pytest.mark.parametrize("row", _rows(), ids=lambda row: f"{row[0]} {row[2]}")
def test_each_row_of_the_rules(row):
    days = [date.fromisoformat(cell) for cell in row if cell != "–"]
    assert reminded_from(*days[:3]) == (days[3] if len(days) == 4 else None)


class TestEnding:
    def test_the_table_was_found(self):
        assert len(_rows()) == 5

    @pytest.mark.parametrize(("days", "number"), [(8, 0), (7, 2), (3, 2), (0, 2), (-1, 0)])
    def test_it_is_told_a_week_before_or_later_and_not_when_it_is_over(self, cast, given, told, days, number):
        given(days)
        assert tell_grant_endings() == number
        assert told(ENDS) == (everybody(cast) if number else [])

    def test_it_is_told_once(self, cast, given, told):
        given(7)
        tell_of_endings()
        tell_of_endings()
        assert told(ENDS) == everybody(cast)
        assert tell_grant_endings() == 0

    def test_of_a_short_one_and_of_one_that_was_granted_lately_nobody_is_told(self, cast, given):
        given(5, starts=-8)
        given(5, granted=-8, product=cast.acme.store)
        assert tell_grant_endings() == 0
        given(5, starts=-9, account=cast.acme.big.account)
        assert tell_grant_endings() == 1

    def test_one_that_is_revoked_is_not_told(self, given, revoke):
        revoke(given(7))
        assert tell_grant_endings() == 0

    def test_days_are_counted_where_the_account_is(self, cast, given, acting_in):
        """Somewhere it is tomorrow, or still yesterday."""
        given(7)
        with acting_in(cast.acme.tenant):
            for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
                Account.objects.filter(pk=cast.acme.small.account.pk).update(time_zone=zone)
                today = timezone.localdate(timezone=ZoneInfo(zone))
                Grant.objects.update(ends_on=today + timedelta(days=8))
                assert tell_grant_endings() == 0
                Grant.objects.update(ends_on=today + timedelta(days=7))
                assert tell_grant_endings() == 2
                Notification.objects.filter(kind=ENDS).delete()

    def test_what_another_grant_goes_on_giving_does_not_end(self, cast, given, revoke):
        given(7)
        later = given(40, starts=8, granted=-1, product=None)
        assert tell_grant_endings() == 0
        revoke(later)
        assert tell_grant_endings() == 2

    @pytest.mark.parametrize(
        "other",
        [
            lambda house: {"starts": 9},
            lambda house: {"product": house.store, "starts": 8},
            lambda house: {"account": house.big.account, "starts": 8},
        ],
        ids=["after a gap", "for another product", "to another account"],
    )
    def test_what_goes_on_otherwise_is_not_the_same(self, cast, given, other):
        given(7)
        given(40, granted=-1, **other(cast.acme))
        assert tell_grant_endings() == 2

    def test_one_for_every_product_ends_though_one_goes_on(self, cast, given):
        given(7, product=None)
        given(40, starts=8, granted=-1)
        assert tell_grant_endings() == 2

    def test_three_cost_no_statement_more_than_one(self, cast, given):
        given(7)
        tell_grant_endings()
        with CaptureQueriesContext(connection) as one:
            assert tell_grant_endings() == 0
        given(6, product=cast.acme.store)
        given(5, account=cast.acme.big.account)
        with CaptureQueriesContext(connection) as three:
            assert tell_grant_endings() == 3
        assert len(three) == len(one)


@pytest.fixture
def right(cast, acting_in):
    """The recipients of a kind whom it may still be mailed to."""

    def read(kind):
        with acting_in(cast.acme.tenant):
            notes = list(Notification.objects.filter(kind=kind).select_related("recipient__user"))
            still = kind_of(kind).still_right_many(notes)
            return sorted(note.recipient_id for note in notes if note.pk in still)

    return read


class TestLeaving:
    def test_a_grant_that_was_revoked_is_announced_to_nobody_and_its_end_neither(
        self, cast, given, revoke, right
    ):
        both = sorted([cast.acme.small.admin.pk, cast.acme.csm.pk])
        grant = given(7)
        tell_grant_endings()
        assert (right(GRANTED), right(ENDS)) == (both, both)
        revoke(grant)
        assert (right(GRANTED), right(ENDS), right(REVOKED)) == ([], [], both)

    def test_one_that_goes_on_meanwhile_is_not_said_to_end(self, given, right):
        given(7)
        tell_grant_endings()
        given(40, starts=8, granted=-1)
        assert right(ENDS) == []
        assert len(right(GRANTED)) == 4

    def test_who_has_left_or_no_longer_manages_the_account_gets_no_mail(self, cast, give, right, acting_in):
        give()
        with acting_in(cast.acme.tenant):
            Account.objects.filter(pk=cast.acme.small.account.pk).update(csm=None)
        assert right(GRANTED) == [cast.acme.small.admin.pk]
        with acting_in(cast.acme.tenant):
            Membership.objects.filter(pk=cast.acme.small.admin.pk).update(role=Role.CUSTOMER)
        assert right(GRANTED) == []

    def test_it_leaves_as_mail_unless_contracts_are_off(self, cast, give, acting_in):
        give()
        deliver_due()
        assert sorted(one.to for one in mail.outbox) == [
            ["Sma Admin <sma.admin@acme.example>"],
            ["The Csm <the.csm@acme.example>"],
        ]
        mail.outbox.clear()
        with acting_in(cast.acme.tenant):
            choose(person=cast.acme.csm, choices={("contracts", Channel.MAIL): Choice.OFF})
        give(product=cast.acme.store)
        deliver_due()
        assert [one.to for one in mail.outbox] == [["Sma Admin <sma.admin@acme.example>"]]


class TestWords:
    def write(self, cast, acting_in, kind, language="en"):
        with acting_in(cast.acme.tenant):
            user = cast.acme.small.admin.user
            user.language = language
            note = Notification.objects.filter(kind=kind).order_by("-created_at").first()
            note.data |= {"starts_on": "2026-12-01", "ends_on": "2026-12-31"}
            return Writer(cast.acme.tenant).write(note, user)

    def test_the_grant(self, cast, give, acting_in):
        give()
        letter = self.write(cast, acting_in, GRANTED)
        assert letter.subject == "“Education Incentives” is granted to Small Company until 31 Dec 2026"
        said = f"{cast.acme.admin.name} has granted Small Company “Education Incentives” for Ledger, from"
        assert f"{said} 1 Dec 2026 to 31 Dec 2026:\n\n> They teach\n> others\n" in letter.text

    def test_the_revocation(self, cast, give, revoke, acting_in):
        revoke(give(product=None))
        letter = self.write(cast, acting_in, REVOKED)
        assert letter.subject == "The grant of “Education Incentives” to Small Company is revoked"
        assert "“Education Incentives” for every product to Small Company, which was to run" in letter.text
        assert "> They teach\n> others" in letter.text

    def test_the_end(self, cast, given, acting_in):
        given(7)
        tell_grant_endings()
        letter = self.write(cast, acting_in, ENDS)
        assert letter.subject == "The grant of “Education Incentives” to Small Company ends on 31 Dec 2026"
        assert f"{cast.acme.admin.name} granted it with this reason:\n\n> They teach" in letter.text

    def test_the_feature_has_its_name_in_the_readers_language(self, cast, give, acting_in):
        give()
        with acting_in(cast.acme.tenant):
            french = feature_name(cast.acme.tenant.pk, EDUCATION, "fr")
        assert french != "Education Incentives"
        letter = self.write(cast, acting_in, GRANTED, "fr")
        assert french in letter.subject
        assert french in letter.text

    def test_it_stands_in_the_portal_for_whom_it_concerns(self, cast, give, client_of):
        give()
        said = "“Education Incentives” is granted to Small Company until"
        for person, sees in (
            (cast.acme.small.admin, True),
            (cast.acme.csm, True),
            (cast.acme.small.contact, False),
            (cast.acme.big.admin, False),
            (cast.rival.small.admin, False),
        ):
            with translation.override("en"):
                page = client_of(person).get("/notifications/")
            assert page.status_code == 200
            assert (said in page.content.decode()) is sees, person
