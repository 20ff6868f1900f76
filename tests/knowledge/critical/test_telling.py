"""Telling of a critical solution reaches whoever registered and is covered, once, and nobody else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from entitlements.models import Contract
from knowledge.critical import actions as critical
from knowledge.critical.enums import Affected, NoticeKind, NoticeState, Standing
from knowledge.critical.fanout import tell_due
from knowledge.critical.models import Exposure, Loop, Notice, Recipient
from knowledge.critical.queries import published_text
from knowledge.search.enums import Audience
from knowledge.solutions.actions import Range
from notifications.models import Delivery, Notification
from notifications.webhooks.models import Call, Webhook
from plans.models import ProductVersion
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership, User
from tests.knowledge.critical.conftest import (
    install,
    make_solution,
    publish_text,
    recipients,
    version,
    write_text,
)

pytestmark = pytest.mark.django_db


def told(notice):
    return sorted(one.person.name for one in Recipient.objects.filter(notice=notice))


def test_a_registered_contact_is_told_once_in_the_portal_and_by_mail(house, solution, register, tell, here):
    register(house.big.contact, house.ledger)
    notice = tell(solution)
    assert (notice.kind, notice.state, notice.told) == (NoticeKind.FIRST, NoticeState.TOLD, 1)
    [one] = Recipient.objects.filter(notice=notice)
    assert (one.person, one.affected, one.read_at) == (house.big.contact, Affected.YES, None)
    [notification] = Notification.objects.filter(kind="critical.solution")
    assert (notification.recipient, notification.read_at) == (house.big.contact, None)
    assert notification.url == "/critical/S-1/"
    assert notification.data["own"] == {"installations": "Main (1.0)"}
    assert Delivery.objects.filter(notification=notification).count() == 1


def test_whoever_did_not_register_or_for_another_product_is_not_told(house, solution, register, tell, here):
    register(house.big.contact, house.store)
    notice = tell(solution)
    assert told(notice) == []
    assert not Notification.objects.filter(kind="critical.solution").exists()
    assert [loop.account_id for loop in Loop.objects.filter(notice=notice)] == [
        house.big.account.pk,
        house.small.account.pk,
    ]


def test_an_account_whose_contract_has_ended_is_left_out(house, solution, register, tell, here):
    register(house.big.contact, house.ledger)
    register(house.small.contact, house.ledger)
    Contract.objects.filter(pk=house.small.contract.pk).update(
        cancelled_at=timezone.now() - timedelta(days=1)
    )
    notice = tell(solution)
    assert told(notice) == ["Big Contact"]
    assert [loop.account_id for loop in Loop.objects.filter(notice=notice)] == [house.big.account.pk]


def test_a_removed_contact_is_not_told(house, solution, register, tell, here):
    register(house.big.contact, house.ledger)
    Membership.objects.filter(pk=house.big.contact.pk).update(removed_at=timezone.now())
    notice = tell(solution)
    assert (told(notice), notice.told) == ([], 0)
    assert Loop.objects.get(notice=notice, account=house.big.account).told == 0


@pytest.fixture
def newer(house, here):
    return version(house, "2.0", 1)


def only_old(house):
    old = ProductVersion.objects.get(product=house.ledger, name="1.0")
    return make_solution(house, ranges=[Range(product=house.ledger.pk, until=old.pk)])


def test_only_affected_installations_are_named(house, newer, register, tell, here):
    install(house, house.big, "Test", newer)
    install(house, house.big, "Somewhere", None)
    register(house.big.contact, house.ledger)
    notice = tell(only_old(house))
    [notification] = Notification.objects.filter(kind="critical.solution")
    assert notification.data["own"] == {"installations": "Main (1.0), Somewhere"}
    exposed = Exposure.objects.filter(notice=notice, account=house.big.account)
    assert sorted(exposed.values_list("installation__name", "affected")) == [
        ("Main", Affected.YES),
        ("Somewhere", Affected.UNKNOWN),
    ]


@pytest.mark.parametrize(("wants", "names"), [(True, ["Big Contact"]), (False, [])])
def test_the_unaffected_are_told_so_or_nothing_as_they_chose(
    house, newer, register, tell, here, wants, names
):
    installation = house.big.installation
    installation.version = newer
    installation.save(update_fields=["version"])
    register(house.big.contact, house.ledger, tell_unaffected=wants)
    notice = tell(only_old(house))
    assert told(notice) == names
    loop = Loop.objects.get(notice=notice, account=house.big.account)
    assert (loop.affected, loop.standing) == (Affected.NO, Standing.NOT_AFFECTED)
    assert {one.affected for one in Recipient.objects.filter(notice=notice)} <= {Affected.NO}


def test_without_a_recorded_installation_they_may_be_affected(house, solution, register, tell, here):
    type(house.big.installation).objects.filter(pk=house.big.installation.pk).update(
        retired_at=timezone.now()
    )
    register(house.big.contact, house.ledger)
    notice = tell(solution)
    [one] = recipients(notice).values()
    assert one.affected == Affected.UNKNOWN
    [exposure] = Exposure.objects.filter(notice=notice, account=house.big.account)
    assert (exposure.installation_id, exposure.product_id) == (None, house.ledger.pk)


def test_who_wants_mail_only_finds_it_read_and_who_wants_none_gets_none(
    house, solution, register, tell, here
):
    register(house.big.contact, house.ledger, in_portal=False)
    register(house.big.admin, house.ledger, by_mail=False)
    tell(solution)
    found = {one.recipient_id: one for one in Notification.objects.filter(kind="critical.solution")}
    assert found[house.big.contact.pk].read_at is not None
    assert found[house.big.admin.pk].read_at is None
    mailed = Delivery.objects.filter(notification__kind="critical.solution")
    assert list(mailed.values_list("notification__recipient", flat=True)) == [house.big.contact.pk]


def test_the_webhook_of_a_covered_account_is_called_without_any_registration(house, solution, tell, here):
    for owner in (house.big, house.small):
        Webhook.objects.create(
            tenant=house.tenant,
            account=owner.account,
            name="Desk",
            url=f"https://{owner.account.key.lower()}.example/",
            events=["critical.published"],
            secret="x",
        )
    Contract.objects.filter(pk=house.small.contract.pk).update(
        cancelled_at=timezone.now() - timedelta(days=1)
    )
    tell(solution)
    [call] = Call.objects.all()
    assert (call.account_id, call.event) == (house.big.account.pk, "critical.published")
    assert {key: call.data[key] for key in ("reference", "title", "correction", "affected", "url")} == {
        "reference": "S-1",
        "title": "Ledger loses postings",
        "correction": False,
        "affected": "yes",
        "url": "/critical/S-1/",
    }
    assert call.data["installations"] == [{"name": "Main", "version": "1.0", "affected": "yes"}]


def test_the_same_text_again_tells_nobody(house, solution, register, tell, here):
    register(house.big.contact, house.ledger)
    first = tell(solution)
    assert tell(solution) == first
    assert tell(solution, correction=True) == first
    assert Notification.objects.filter(kind="critical.solution").count() == 1


def test_a_correction_tells_once_more_and_says_so(house, solution, register, tell, here):
    register(house.big.contact, house.ledger)
    first = tell(solution, remind_after_hours=1)
    write_text(house, solution, "en", "Ledger loses postings of March")
    publish_text(house, solution)
    with pytest.raises(Refused) as refused:
        tell(solution)
    assert refused.value.field == "correction"
    second = tell(solution, correction=True)
    assert second.kind == NoticeKind.CORRECTION
    found = Notification.objects.filter(kind="critical.solution").order_by("created_at")
    assert [one.data["correction"] for one in found] == [False, True]
    first.refresh_from_db()
    assert first.corrected_at is not None
    assert Recipient.objects.filter(person=house.big.contact).count() == 2


def test_titles_are_told_in_the_readers_language(house, solution, register, tell, here):
    write_text(house, solution, "fr", "Ledger perd des écritures")
    publish_text(house, solution, "fr")
    register(house.big.contact, house.ledger)
    notice = tell(solution)
    assert notice.titles == {"en": "Ledger loses postings", "fr": "Ledger perd des écritures"}


def refused_code(house, solution, **given):
    with pytest.raises(Refused) as refused:
        critical.tell_customers(
            person=given.pop("person", house.lead),
            solution=solution,
            seen=given.pop("seen", None) or published_text(solution).pk,
            **given,
        )
    assert not Notice.objects.exists()
    return refused.value


def test_what_customers_do_not_find_is_not_told(house, here):
    assert refused_code(house, make_solution(house, audience=Audience.INTERNAL)).code == "refused"
    assert refused_code(house, make_solution(house, critical=False)).code == "refused"
    assert refused_code(house, make_solution(house, ranges=[])).code == "refused"


def test_nothing_is_corrected_before_it_was_told(house, solution, here):
    assert refused_code(house, solution, correction=True).field == "correction"


def test_another_text_than_was_looked_at_is_not_told(house, solution, here):
    seen = published_text(solution).pk
    write_text(house, solution, "en", "Another")
    publish_text(house, solution)
    assert isinstance(refused_code(house, solution, seen=seen), Conflict)


@pytest.mark.parametrize("who", ["agent", "csm"])
def test_only_leads_and_administrators_tell(house, solution, here, who):
    assert isinstance(refused_code(house, solution, person=getattr(house, who)), NotAllowed)


def test_a_second_notice_waits_for_the_first(house, solution, tell, here):
    tell(solution, fan_out=False)
    write_text(house, solution, "en", "Another")
    publish_text(house, solution)
    with pytest.raises(Conflict):
        tell(solution, correction=True)


@pytest.mark.parametrize(("people", "accounts"), [(2, 1), (3, 1), (3, 10), (100, 1), (100, 10)])
def test_batches_of_any_size_reach_the_same_people(house, solution, register, tell, here, people, accounts):
    for number in range(7):
        user = User.objects.create_user(email=f"p{number}@big.example", name=f"Person {number}")
        person = Membership.objects.create(
            tenant=house.tenant, user=user, account=house.big.account, role="customer"
        )
        person.account = house.big.account
        register(person, house.ledger)
    register(house.small.contact, house.ledger)
    notice = tell(solution, fan_out=False)
    while tell_due(people=people, accounts=accounts):
        pass
    notice.refresh_from_db()
    assert (notice.state, notice.told) == (NoticeState.TOLD, 8)
    assert told(notice) == sorted([f"Person {number}" for number in range(7)] + ["Sma Contact"])
    assert Notification.objects.filter(kind="critical.solution").count() == 8
    assert {loop.account.key: loop.told for loop in Loop.objects.filter(notice=notice)} == {
        "BIG": 7,
        "SMA": 1,
    }


def test_a_batch_costs_the_same_for_one_person_and_for_three(house, solution, register, tell, here):
    def next_text(number):
        write_text(house, solution, "en", f"Text {number}")
        publish_text(house, solution)

    register(house.big.contact, house.ledger)
    tell(solution)  # what is sold is remembered from here on
    counts = []
    for number in range(2):
        next_text(number)
        tell(solution, fan_out=False, correction=True)
        with CaptureQueriesContext(connection) as captured:
            tell_due()
        counts.append(len(captured))
        for person in (house.big.admin, house.small.contact):
            register(person, house.ledger)
    assert counts[0] == counts[1]


def test_another_tenant_is_untouched(cast, solution, register, tell):
    rival = cast.rival
    with acting(tenant_id=rival.tenant.pk, account_id=EVERY_ACCOUNT):
        register(rival.big.contact, rival.ledger)
    tell(solution)
    with acting(tenant_id=rival.tenant.pk, account_id=EVERY_ACCOUNT):
        assert not Recipient.objects.exists()
        assert not Notification.objects.filter(kind="critical.solution").exists()
