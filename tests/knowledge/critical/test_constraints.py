"""What the database itself refuses of critical solutions, tried for each named constraint."""

import pytest
from django.utils import timezone

from knowledge.critical import actions as critical
from knowledge.critical.enums import Affected, NoticeKind, NoticeState, Standing
from knowledge.critical.models import Notice
from knowledge.solutions.models import Revision
from tests.constraints import Constraints, models_of
from tests.knowledge.critical.conftest import make_solution

pytestmark = pytest.mark.django_db

CONSTRAINTS = Constraints(
    models_of("critical"),
    {
        "registered_once": {},
        "registration_has_a_channel": {"by_mail": False, "in_portal": False},
        "answered_once": {},
        "text_told_once": {"kind": NoticeKind.CORRECTION},
        "one_first_notice": {"revision_id": lambda: _another_text()},
        "one_notice_at_a_time": {"kind": NoticeKind.CORRECTION, "revision_id": lambda: _another_text()},
        "told_notice_has_its_time": [
            {"state": NoticeState.TOLD},
            {"told_at": timezone.now()},
        ],
        "notice_names_products": {"products": []},
        "reminder_comes_later": {"remind_after_hours": 0},
        "loop_once": {},
        "settled_loop_has_its_time": [
            {"standing": Standing.FIXED},
            {"settled_at": timezone.now()},
        ],
        "loop_counts_its_people": [
            {"read": 9},
            {"told": 9, "acknowledged": 9},
            {"downloaded": 9},
        ],
        "exposed_once": {},
        "statement_has_its_time": {"standing": Standing.FIXED},
        "statement_has_its_speaker": [
            {"said_at": timezone.now()},
            {"note": "By phone."},
            {"said_by": lambda: Notice.objects.latest("pk").published_by},
        ],
        "critical_exposure_said_by_in_tenant": {"said_at": timezone.now()},
        "exposure_may_be_affected": {"affected": Affected.NO},
        "told_of_text_once": {},
        "acknowledged_is_read": {"acknowledged_at": timezone.now()},
        "reminded_once_unread": [
            {"read_at": timezone.now()},
            {"reminded_at": timezone.now()},
        ],
    },
)


def _another_text():
    """Of another solution; its language and number tell nothing of a notice."""
    told = Notice.objects.latest("pk").revision_id
    return Revision.objects.exclude(pk=told).latest("pk").pk


@pytest.fixture
def scene(cast, house, solution, register, tell, acting_in):
    with acting_in(cast.rival.tenant):
        rival = cast.rival
        register(rival.big.contact, rival.ledger)
        other = make_solution(rival)
        text = Revision.objects.get(solution=other)
        critical.tell_customers(person=rival.lead, solution=other, seen=text.pk)
    for company in (house.big, house.small):
        register(company.contact, house.ledger)
    notice = tell(solution, remind_after_hours=5)
    with acting_in(house.tenant):
        make_solution(house, title="Another")
        Notice.objects.filter(pk=notice.pk).update(state=NoticeState.TELLING, told_at=None)
        yield


def test_each_constraint_is_tried():
    assert CONSTRAINTS.without_a_try() == set()


@pytest.mark.parametrize("name", CONSTRAINTS.names)
def test_it_refuses(scene, cast, name):
    CONSTRAINTS.refuses(name, cast)
