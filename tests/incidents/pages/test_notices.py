"""What people are told: each kind has a title and a text, and nobody is told what they may not see."""

import pytest
from django.template.loader import get_template

from incidents import actions, kinds
from incidents.models import Follower
from notifications.kinds import kind_of
from notifications.letters import Writer
from notifications.models import Notification

pytestmark = pytest.mark.django_db

CODES = [
    "logged", "critical", "coverage_check", "reply", "mention", "assigned", "severity", "severity_contested",
    "resolved", "reopened", "covered",
]  # fmt: skip
DATA = {
    "reference": "BIG-1",
    "title": "Posting & more",
    "severity": 2,
    "by": "The Agent",
    "before": 2,
    "after": 3,
    "reason": "A way\naround",
    "excerpt": "Here",
    "due_at": "2026-03-02T08:30:00+00:00",
    "coverage_check": False,
}


@pytest.mark.parametrize("code", CODES)
def test_every_kind_writes_a_letter(house, code):
    kind = kind_of(f"incidents.{code}")
    get_template(f"mail/{kind.template}.txt")
    letter = Writer(house.tenant).write(
        Notification(tenant=house.tenant, kind=kind.code, data=DATA, key="k"), house.agent.user
    )
    assert "BIG-1" in letter.subject
    assert "Posting & more" in letter.subject
    assert "Posting &amp; more" in letter.html


def test_the_mail_on_logging_names_the_promised_time_in_the_receivers_zone(house):
    user = house.big.contact.user
    user.time_zone = "Asia/Seoul"
    letter = Writer(house.tenant).write(
        Notification(tenant=house.tenant, kind="incidents.logged", data=DATA, key="k"), user
    )
    assert "2 Mar 2026 17:30 KST" in letter.text


def _told(incident, *people):
    return [
        Notification(tenant=person.tenant, recipient=person, data={"reference": incident.reference})
        for person in people
    ]


def test_who_lost_sight_is_not_told(house, incident, acting_in):
    with acting_in(house.tenant):
        follower = Follower.objects.create(
            tenant=house.tenant, account=house.big.account, incident=incident, person=house.big.colleague
        )
        [told] = _told(incident, house.big.colleague)
        assert kinds.seen_by_recipient([told]) == {told.pk}
        follower.delete()
        assert kinds.seen_by_recipient([told]) == set()


def test_a_batch_is_judged_person_by_person_in_one_statement(
    house, incident, acting_in, django_assert_num_queries
):
    big, small = house.big, house.small
    told = _told(incident, house.agent, big.contact, big.colleague, big.admin, small.contact, small.admin)
    for batch, seen in ((told[:1], told[:1]), (told, [told[0], told[1], told[3]])):
        with acting_in(house.tenant), django_assert_num_queries(1):
            assert kinds.seen_by_recipient(batch) == {one.pk for one in seen}


def test_what_is_for_staff_is_seen_by_staff_alone(house, incident, acting_in):
    agent, contact = _told(incident, house.agent, house.big.contact)
    with acting_in(house.tenant):
        assert kinds.seen_by_staff([agent, contact]) == {agent.pk}


def test_a_public_reply_tells_the_other_side_and_never_the_writer(house, incident, acting_as, acting_in):
    with acting_as(house.agent):
        actions.reply(person=house.agent, incident=incident, body="We look.")
    with acting_in(house.tenant):
        told = set(Notification.objects.filter(kind="incidents.reply").values_list("recipient_id", flat=True))
    assert house.big.contact.pk in told
    assert house.agent.pk not in told
