"""Who is told of what happens to a solution, how, and what is no longer told when mail leaves."""

import pytest
from django.utils import timezone, translation

from knowledge.solutions import actions, telling
from knowledge.solutions.actions.changes import open_revision
from knowledge.solutions.actions.writing import mark_of
from knowledge.solutions.models import Revision
from knowledge.solutions.telling import ASKED, FLAGGED, PUBLISHED, SENT_BACK
from knowledge.solutions.topics import SOLUTIONS
from notifications.actions import choose
from notifications.delivery import deliver_batch
from notifications.enums import Channel, Choice
from notifications.kinds import kind_of, topics_of
from notifications.letters import Writer
from notifications.models import Delivery, Notification
from portal.core.errors import NotAllowed
from portal.identity.actions import remove_person
from portal.identity.models import Membership
from tests.knowledge.solutions import making

pytestmark = pytest.mark.django_db


def ask(person, solution, language="en", **more):
    seen = mark_of(open_revision(solution, language))
    return actions.ask_review(person=person, solution=solution, language=language, seen=seen, **more)


def send_back(person, solution, reason="Which log?", language="en"):
    seen = mark_of(open_revision(solution, language))
    return actions.send_back(person=person, solution=solution, language=language, seen=seen, reason=reason)


def told(kind):
    found = Notification.objects.filter(kind=kind).select_related("recipient__user").order_by("created_at")
    return [one.recipient.name for one in found.order_by("created_at", "recipient__user__name")]


def right(kind):
    """The names of those whose mail would leave now."""
    found = list(Notification.objects.filter(kind=kind).select_related("recipient__user"))
    pks = kind_of(kind).still_right_many(found)
    return sorted(one.recipient.name for one in found if one.pk in pks)


def leave(*people):
    Membership.objects.filter(pk__in=[person.pk for person in people]).update(removed_at=timezone.now())


class TestAText:
    def test_handed_in_is_told_to_those_who_decide_and_can_be_the_second_person(self, here, house, draft):
        ask(house.agent, draft())
        assert told(ASKED) == ["The Admin", "The Lead"]
        assert {one.url for one in Notification.objects.all()} == {"/solutions/S-1/en/1/"}

    def test_is_not_told_to_whoever_wrote_on_it_or_handed_it_in(self, here, house, draft, write):
        solution = draft()
        write(solution, by=house.lead)
        ask(house.agent, solution)
        assert told(ASKED) == ["The Admin"]
        ask(house.lead, draft())
        assert told(ASKED) == ["The Admin", "The Admin"]

    def test_that_nobody_who_decides_can_read_is_told_to_colleagues_who_can(self, here, house, draft, write):
        solution = draft()
        write(solution, by=house.lead)
        write(solution, by=house.admin)
        leave(house.csm)
        ask(house.agent, solution)
        assert told(ASKED) == ["Other Agent"]

    def test_is_told_to_so_many_colleagues_at_most(self, here, house, draft, write, monkeypatch):
        monkeypatch.setattr(telling, "COLLEAGUES", 1)
        solution = draft()
        for person in (house.lead, house.admin):
            write(solution, by=person)
        ask(house.agent, solution)
        assert len(told(ASKED)) == 1

    def test_handed_in_again_is_told_again_and_the_same_step_once(self, here, house, draft):
        solution = draft()
        ask(house.agent, solution)
        send_back(house.lead, solution)
        ask(house.agent, solution)
        assert told(ASKED) == ["The Admin", "The Lead", "The Admin", "The Lead"]
        assert len(set(Notification.objects.filter(kind=ASKED).values_list("recipient_id", "key"))) == 4

    def test_refused_is_told_to_nobody(self, here, house, draft):
        solution = draft()
        seen = mark_of(open_revision(solution, "en"))
        with pytest.raises(NotAllowed):
            actions.ask_review(person=house.big.admin, solution=solution, language="en", seen=seen)
        assert not Notification.objects.exists()

    def test_published_is_told_to_all_who_wrote_it_and_still_work_here(
        self, here, house, draft, write, publish
    ):
        solution = draft()
        write(solution, by=house.csm)
        write(solution, by=house.lead)
        leave(house.csm)
        publish(solution)
        assert told(PUBLISHED) == ["The Agent", "The Lead"]
        note = Notification.objects.filter(kind=PUBLISHED).first()
        assert (note.url, note.data["by"]) == ("/solutions/S-1/?language=en", "Other Agent")

    def test_sent_back_is_told_to_its_writers_with_the_reason(self, here, house, draft):
        solution = draft()
        ask(house.agent, solution)
        send_back(house.lead, solution, "Which log?")
        assert told(SENT_BACK) == ["The Agent"]
        assert Notification.objects.get(kind=SENT_BACK).data["words"] == "Which log?"

    def test_that_its_writer_takes_back_is_not_told_to_them(self, here, house, draft):
        solution = draft()
        ask(house.agent, solution)
        send_back(house.agent, solution)
        assert told(SENT_BACK) == []

    def test_of_long_ago_is_in_the_list_as_read_and_leaves_by_no_mail(self, here, house, draft):
        ask(house.agent, draft(), at=timezone.now() - timezone.timedelta(days=3))
        assert {one.read_at is None for one in Notification.objects.all()} == {False}
        assert not Delivery.objects.exists()

    def test_costs_the_same_however_many_are_told(self, here, house, draft, django_assert_num_queries):
        for people in ([], [house.other_agent, house.csm]):
            Membership.objects.filter(pk__in=[one.pk for one in people]).update(role="lead")
            solution = draft()
            with django_assert_num_queries(9):
                ask(house.agent, solution)
        assert len(told(ASKED)) == 2 + 4


class TestAFlag:
    def test_on_a_published_solution_is_told_to_its_owner(self, here, house, published):
        actions.raise_flag(person=house.csm, solution=published(), text="Step 2 is wrong")
        assert told(FLAGGED) == ["The Agent"]
        note = Notification.objects.get(kind=FLAGGED)
        assert (note.url, note.data["words"]) == ("/solutions/S-1/", "Step 2 is wrong")

    def test_of_the_owner_is_told_to_nobody(self, here, house, published):
        actions.raise_flag(person=house.agent, solution=published(), text="Step 2 is wrong")
        assert told(FLAGGED) == []

    def test_on_what_nobody_reads_yet_or_any_more_is_told_to_nobody(self, here, house, draft, published):
        retired = published()
        actions.retire(person=house.lead, solution=retired, reason="")
        for solution in (draft(), retired):
            actions.raise_flag(person=house.csm, solution=solution, text="Wrong")
        assert told(FLAGGED) == []

    def test_without_an_owner_is_told_to_who_wrote_last(self, here, house, published, write):
        solution = published()
        write(solution, by=house.other_agent)
        leave(house.agent)
        actions.raise_flag(person=house.csm, solution=solution, text="Wrong")
        assert told(FLAGGED) == ["Other Agent"]

    def test_without_owner_and_writer_is_told_to_those_who_decide(self, here, house, published):
        solution = published()
        leave(house.agent)
        actions.raise_flag(person=house.csm, solution=solution, text="Wrong")
        assert told(FLAGGED) == ["The Admin", "The Lead"]

    def test_again_is_told_again(self, here, house, published):
        solution = published()
        for text in ("Step 2", "Step 3"):
            actions.raise_flag(person=house.csm, solution=solution, text=text)
        assert told(FLAGGED) == ["The Agent", "The Agent"]


class TestWhenMailLeaves:
    def test_a_text_that_no_longer_waits_is_not_told(self, here, house, draft, write):
        solution = draft()
        ask(house.agent, solution)
        assert right(ASKED) == ["The Admin", "The Lead"]
        write(solution, title="Once more")
        assert right(ASKED) == []
        ask(house.agent, solution)
        assert right(ASKED) == ["The Admin", "The Lead"]

    def test_who_can_no_longer_be_the_second_person_is_not_told(self, here, house, draft):
        solution = draft()
        ask(house.agent, solution)
        text = Revision.objects.get()
        Revision.objects.filter(pk=text.pk).update(writers=[*text.writers, house.lead.pk])
        assert right(ASKED) == ["The Admin"]
        leave(house.admin)
        assert right(ASKED) == []

    def test_the_text_of_a_retired_solution_is_not_told(self, here, house, draft, published):
        solution = draft()
        ask(house.agent, solution)
        read = published()
        for one in (solution, read):
            actions.retire(person=house.lead, solution=one, reason="")
        assert (right(ASKED), right(PUBLISHED)) == ([], [])

    def test_a_published_text_is_told_until_another_has_taken_its_place(
        self, here, house, published, write, publish
    ):
        solution = published()
        assert right(PUBLISHED) == ["The Agent"]
        write(solution, title="Second")
        publish(solution)
        assert right(PUBLISHED) == ["The Agent"]
        assert told(PUBLISHED) == ["The Agent", "The Agent"]

    def test_a_text_that_is_written_on_again_was_seen(self, here, house, draft, write):
        solution = draft()
        ask(house.agent, solution)
        send_back(house.lead, solution)
        assert right(SENT_BACK) == ["The Agent"]
        write(solution, title="Better")
        assert right(SENT_BACK) == []

    def test_a_text_that_was_thrown_away_is_not_told(self, here, house, published, write):
        solution = published()
        write(solution, title="Second")
        ask(house.agent, solution)
        send_back(house.lead, solution)
        seen = mark_of(open_revision(solution, "en"))
        actions.discard_draft(person=house.agent, solution=solution, language="en", seen=seen)
        assert (right(ASKED), right(SENT_BACK)) == ([], [])

    def test_a_flag_is_told_while_it_is_open_and_readers_go_by_the_solution(self, here, house, published):
        solution, other = published(), published()
        flag = actions.raise_flag(person=house.csm, solution=solution, text="Wrong")
        actions.raise_flag(person=house.csm, solution=other, text="Wrong")
        assert right(FLAGGED) == ["The Agent", "The Agent"]
        actions.resolve_flag(person=house.lead, flag=flag, answer="It is right")
        assert right(FLAGGED) == ["The Agent"]
        actions.retire(person=house.lead, solution=other, reason="")
        assert right(FLAGGED) == []

    def test_who_was_removed_meanwhile_is_not_told(self, here, house, published):
        actions.raise_flag(person=house.csm, solution=published(), text="Wrong")
        remove_person(person=house.agent, actor=house.admin)
        assert right(FLAGGED) == []

    def test_a_batch_costs_one_statement(self, here, house, draft, published, django_assert_num_queries):
        for _ in range(3):
            actions.raise_flag(person=house.csm, solution=published(), text="Wrong")
        Notification.objects.filter(kind=ASKED).delete()
        for _ in range(3):
            ask(house.agent, draft())
        for kind in (ASKED, PUBLISHED, FLAGGED):
            notes = Notification.objects.filter(kind=kind).select_related("recipient__user")
            for batch in (list(notes[:1]), list(notes)):
                with django_assert_num_queries(1):
                    assert kind_of(kind).still_right_many(batch) == {one.pk for one in batch}


class Kept:
    """A transport that keeps the letters."""

    def __init__(self):
        self.mails = {}

    def send(self, mail):
        self.mails[mail.address] = mail


class TestHow:
    def test_mail_waits_for_the_digest_unless_somebody_wants_it_sooner(self, here, house, draft):
        choose(person=house.lead, choices={("solutions", Channel.MAIL): Choice.NOW})
        ask(house.agent, draft(title="Posting stops"))
        kept = Kept()
        while deliver_batch(kept):
            pass
        assert list(kept.mails) == [house.lead.user.email]
        states = Delivery.objects.values_list("notification__recipient", "state")
        assert dict(states) == {house.lead.pk: "sent", house.admin.pk: "gathered"}
        assert {one.read_at for one in Notification.objects.all()} == {None}

    def test_the_choices_stand_in_their_usual_order(self, client_of, house):
        form = client_of(house.agent).get("/notifications/preferences/").context["form"]
        assert [value for value, _label in form.fields["solutions-mail"].choices] == ["now", "daily", "off"]
        assert form["solutions-mail"].value() == "daily"
        assert form["solutions-portal"].value() is True

    def test_it_is_the_staffs_topic_alone(self, house):
        assert SOLUTIONS in topics_of(house.csm)
        assert SOLUTIONS not in topics_of(house.big.admin)

    def test_a_flag_is_called_as_its_reader_would(self, here, house, published, write, publish):
        solution = published(title="Posting stops")
        write(solution, "fr", title="Arrêt")
        publish(solution, "fr")
        actions.raise_flag(person=house.csm, solution=solution, text="Step 2 is wrong\nand 3 too")
        note = Notification.objects.get(kind=FLAGGED)
        house.agent.user.language = "fr"
        assert Writer(house.tenant).write(note, house.agent.user).subject.endswith(": Arrêt")
        house.agent.user.language = "ko"
        assert Writer(house.tenant).write(note, house.agent.user).subject.endswith(": Posting stops")
        house.agent.user.language = "en"
        letter = Writer(house.tenant).write(note, house.agent.user)
        assert letter.subject == "The Csm says that something is wrong in S-1: Posting stops"
        assert "> Step 2 is wrong\n> and 3 too" in letter.text

    def test_letters_name_the_text_and_its_language(self, here, house, published, write):
        solution = published()
        write(solution, "fr", title="Arrêt & <fin>")
        ask(house.agent, solution, "fr")
        send_back(house.lead, solution, "Which log?", "fr")
        letters = {
            kind: Writer(house.tenant).write(note, note.recipient.user)
            for kind in (ASKED, SENT_BACK, PUBLISHED)
            for note in Notification.objects.filter(kind=kind).order_by("-created_at")[:1]
        }
        assert letters[ASKED].subject == "The Agent asks for a review of S-1: Arrêt & <fin>"
        assert "“Arrêt & <fin>”, the text of S-1 in French." in letters[ASKED].text
        assert "Arrêt &amp; &lt;fin&gt;" in letters[ASKED].html
        assert letters[SENT_BACK].subject == "The Lead sent your text of S-1 back: Arrêt & <fin>"
        assert "> Which log?" in letters[SENT_BACK].text
        assert letters[PUBLISHED].subject == "Other Agent published your text of S-1: Posting stops at step 4"

    def test_no_title_lacks_a_value_in_any_language(self, here, house, published):
        solution = published()
        actions.raise_flag(person=house.csm, solution=solution, text="Wrong")
        for note in Notification.objects.all():
            for language in ("en", "fr", "it", "nl", "sv", "ko"):
                with translation.override(language):
                    assert "S-1" in kind_of(note.kind).title(note.data)


def test_another_tenant_hears_nothing(cast, house, published, acting_in):
    solution = published(audience="public")
    with acting_in(house.tenant):
        actions.raise_flag(person=house.csm, solution=solution, text="Wrong")
    theirs = making.draft(cast.rival.agent)
    making.publish(cast.rival.agent, cast.rival.other_agent, theirs)
    for one in cast.houses:
        with acting_in(one.tenant):
            ours = {person.pk for person in one.staff}
            found = set(Notification.objects.values_list("recipient_id", flat=True))
            assert found
            assert found <= ours


def test_contacts_hear_nothing_and_see_nothing_of_it(house, published, client_of, acting_as):
    solution = published(audience="public")
    with acting_as(house.csm) as person:
        actions.raise_flag(person=person, solution=solution, text="Step 2 is wrong")
    with acting_as(house.big.admin):
        assert not Notification.objects.exists()
    assert "S-1" not in client_of(house.big.admin).get("/notifications/").content.decode()
