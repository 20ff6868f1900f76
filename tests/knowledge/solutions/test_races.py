"""Two at once, in real transactions: no number twice, no text past somebody who was faster."""

import pytest

from knowledge.solutions import actions
from knowledge.solutions.enums import Reason, Stage
from knowledge.solutions.models import Revision, Solution
from knowledge.solutions.reminding import tell_due
from knowledge.solutions.telling import DUE
from notifications.models import Notification
from portal.core.errors import Conflict
from portal.core.tenancy import EVERY_ACCOUNT, acting
from tests.cast import find_cast, make_cast
from tests.incidents.actions.test_races import at_once
from tests.knowledge.solutions import making

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast():
    return find_cast() or make_cast()


def staff(house):
    return acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT)


def test_six_at_once_get_six_numbers_in_a_row(house):
    assert sorted(at_once(6, lambda _number: making.draft(house.agent).number)) == list(range(1, 7))


def test_of_two_who_save_the_same_draft_one_is_told(house):
    solution = making.draft(house.agent)
    with staff(house):
        seen = f"{Revision.objects.get().pk}.1"
    writers = [house.agent, house.lead]

    def save(number):
        words = making.words(title=f"From {number}")
        with staff(house):
            return actions.save_draft(
                person=writers[number], solution=solution, language="en", words=words, seen=seen
            ).title

    results = at_once(2, save)
    assert [type(one) for one in results].count(Conflict) == 1
    with staff(house):
        text = Revision.objects.get()
        assert (text.title in results, text.saves) == (True, 2)


def test_a_text_is_not_published_while_somebody_saves_it(house):
    solution = making.draft(house.agent)
    with staff(house):
        seen = f"{Revision.objects.get().pk}.1"
        actions.ask_review(person=house.agent, solution=solution, language="en", seen=seen)
    named = {"solution": solution, "language": "en", "seen": seen}

    def act(number):
        with staff(house):
            if number:
                return actions.publish(person=house.lead, **named, critical=False)
            return actions.save_draft(person=house.agent, **named, words=making.words(title="Other"))

    results = at_once(2, act)
    assert [type(one) for one in results].count(Conflict) == 1
    with staff(house):
        text = Revision.objects.get()
        published = text.stage == Stage.PUBLISHED
        assert (text.title == "Other") is not published


def test_six_readers_at_once_are_all_counted(house):
    solution = making.draft(house.agent, audience="customers")
    making.publish(house.agent, house.lead, solution)
    readers = [
        person for one in (house.big, house.small) for person in (one.admin, one.contact, one.colleague)
    ]

    def say(number):
        reader = readers[number]
        with acting(tenant_id=reader.tenant_id, account_id=reader.account_id, user_id=reader.user_id):
            return actions.say_verdict(
                person=reader, solution=solution, language="en", helped=number > 0, reason=Reason.UNCLEAR
            ).helped

    at_once(len(readers), say)
    with staff(house):
        counted = Solution.objects.get()
        assert (counted.helped, counted.not_helped) == (5, 1)


def test_of_two_who_tell_what_is_due_one_tells_each(house):
    for writer in (house.agent, house.lead, house.csm):
        making.publish(writer, house.other_agent, making.draft(writer))
    with staff(house):
        Solution.objects.update(review_by="2026-01-31")
    assert sum(at_once(2, lambda _number: tell_due())) == 3
    with staff(house):
        assert Notification.objects.filter(kind=DUE).count() == 3
