"""What readers say, and what staff flag: counted once, changeable, resolved by somebody."""

import pytest

from knowledge.solutions import actions
from knowledge.solutions.enums import Reason
from knowledge.solutions.models import Flag, Verdict
from portal.core.errors import Conflict, NotAllowed, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def say(acting_as):
    def make(person, solution, helped, language="en", **more):
        with acting_as(person):
            return actions.say_verdict(
                person=person, solution=solution, language=language, helped=helped, **more
            )

    return make


@pytest.fixture
def counted(house, acting_as):
    def read(solution):
        with acting_as(house.agent):
            solution.refresh_from_db()
        return solution.helped, solution.not_helped

    return read


def test_each_reader_counts_once_and_may_change_their_mind(published, house, say, counted):
    solution = published(audience="customers")
    say(house.big.contact, solution, True)
    say(house.big.contact, solution, True)
    say(house.small.contact, solution, False, reason=Reason.UNCLEAR, text="Which lock?")
    assert counted(solution) == (1, 1)
    say(house.small.contact, solution, True)
    assert counted(solution) == (2, 0)
    say(house.big.contact, solution, False, reason=Reason.OTHER)
    assert counted(solution) == (1, 1)


def test_the_next_text_is_judged_anew(published, write, publish, house, say, counted):
    solution = published(audience="customers")
    say(house.big.contact, solution, False, reason=Reason.DOES_NOT_WORK)
    write(solution, title="Better")
    publish(solution)
    say(house.big.contact, solution, True)
    assert counted(solution) == (1, 1)


def test_why_not_is_asked(published, house, say, counted):
    solution = published(audience="customers")
    with pytest.raises(Refused) as refused:
        say(house.big.contact, solution, False)
    assert refused.value.field == "reason"
    assert counted(solution) == (0, 0)


def test_a_draft_is_not_judged(draft, house, say, counted):
    solution = draft(audience="public")
    for person in (house.agent, house.big.contact):
        with pytest.raises(NotAllowed):
            say(person, solution, True)
    assert counted(solution) == (0, 0)


def test_a_contact_does_not_judge_what_is_for_staff(published, house, say, acting_as, counted):
    solution = published()
    with pytest.raises(NotAllowed):
        say(house.big.contact, solution, True)
    with acting_as(house.agent):
        assert not Verdict.objects.exists()


def test_a_flag_stands_until_somebody_resolves_it(here, published, house):
    solution = published()
    flag = actions.raise_flag(person=house.csm, solution=solution, text="Step 2 is wrong")
    solution.refresh_from_db()
    assert solution.flags_open == 1
    with pytest.raises(Refused):
        actions.resolve_flag(person=house.agent, flag=flag, answer=" ")
    actions.resolve_flag(person=house.agent, flag=flag, answer="Corrected in text 2")
    with pytest.raises(Conflict):
        actions.resolve_flag(person=house.lead, flag=flag, answer="Again")
    solution.refresh_from_db()
    assert solution.flags_open == 0


def test_a_contact_flags_nothing(published, house, acting_as):
    solution = published(audience="public")
    with acting_as(house.big.contact) as contact, pytest.raises(NotAllowed):
        actions.raise_flag(person=contact, solution=solution, text="Wrong")
    with acting_as(house.agent):
        assert not Flag.objects.exists()
