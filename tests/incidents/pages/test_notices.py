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


def test_who_lost_sight_is_not_told(house, incident, acting_in):
    with acting_in(house.tenant):
        follower = Follower.objects.create(
            tenant=house.tenant, account=house.big.account, incident=incident, person=house.big.colleague
        )
        told = Notification(
            tenant=house.tenant, recipient=house.big.colleague, data={"reference": incident.reference}
        )
        assert kinds.sees_incident(told)
        follower.delete()
        assert not kinds.sees_incident(told)
        assert not kinds.is_staff_still(
            Notification(
                tenant=house.tenant, recipient=house.big.contact, data={"reference": incident.reference}
            )
        )


def test_a_public_reply_tells_the_other_side_and_never_the_writer(house, incident, acting_as, acting_in):
    with acting_as(house.agent):
        actions.reply(person=house.agent, incident=incident, body="We look.")
    with acting_in(house.tenant):
        told = set(Notification.objects.filter(kind="incidents.reply").values_list("recipient_id", flat=True))
    assert house.big.contact.pk in told
    assert house.agent.pk not in told
