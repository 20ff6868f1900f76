"""Which solutions a release makes needless, and where that is shown to whom."""

import pytest

from entitlements.models import Installation
from knowledge.releases import actions
from knowledge.releases.models import ReleaseFix
from knowledge.search.enums import Audience
from knowledge.solutions.actions import Range, retire
from plans.models import ProductVersion
from portal.core.errors import NotAllowed, Refused
from portal.core.history import history_of
from tests.knowledge.solutions import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def solved(acme):
    """``solved(title=…, audience=…)``: a published solution for Ledger."""

    def make(title="Posting stops", audience=Audience.CUSTOMERS, critical=False, drafted=False, **about):
        about = about or {"product": acme.ledger.pk}
        made = making.draft(
            acme.agent, said=making.words(title=title), audience=audience, ranges=[Range(**about)]
        )
        if not drafted:
            making.publish(acme.agent, acme.other_agent, made, critical=critical)
        return made

    return make


def name(acme, release, *solutions):
    return actions.name_fixes(actor=acme.lead, release=release, solutions=solutions)


def verbs(release):
    return [
        (entry.verb, entry.data.get("solutions") or entry.data.get("solution"))
        for entry in history_of(release)
        if entry.verb.startswith("fix")
    ]


def fixed(client, release):
    return [one.reference for one in client.get(f"/releases/R-{release.number}/").context["fixed"]]


def fixed_in(client, solution):
    return [
        (one.reference, one.remark)
        for one in client.get(f"/solutions/{solution.reference}/").context["fixed_in"]
    ]


class TestNaming:
    def test_in_a_draft_and_after_publication_each_is_in_the_history(self, acme, draft, solved):
        made, one, other = draft(), solved(), solved()
        assert name(acme, made, one) == [one]
        actions.publish(actor=acme.lead, release=made)
        assert name(acme, made, one, other) == [other]
        actions.take_back_fix(actor=acme.lead, release=made, solution=one)
        assert verbs(made) == [
            ("fixes_named", [one.reference]),
            ("fixes_named", [other.reference]),
            ("fix_taken_back", one.reference),
        ]
        assert [fix.solution for fix in ReleaseFix.objects.all()] == [other]

    def test_the_same_again_changes_nothing(self, acme, published, solved):
        made, one = published(), solved()
        name(acme, made, one)
        assert name(acme, made, one) == []
        for _time in range(2):
            actions.take_back_fix(actor=acme.lead, release=made, solution=one)
        assert len(verbs(made)) == 2

    def test_only_leads_and_administrators_name_and_take_back(self, acme, published, solved):
        made, one, other = published(), solved(), solved()
        name(acme, made, one)
        for person in (acme.agent, acme.big.admin):
            with pytest.raises(NotAllowed):
                actions.name_fixes(actor=person, release=made, solutions=[other])
            with pytest.raises(NotAllowed):
                actions.take_back_fix(actor=person, release=made, solution=one)
        assert [fix.solution for fix in ReleaseFix.objects.all()] == [one]

    def test_what_is_withdrawn_stays_as_it_is(self, acme, published, solved):
        made, one, other = published(), solved(), solved()
        name(acme, made, one)
        actions.withdraw(actor=acme.lead, release=made, reason="It loses postings.")
        with pytest.raises(Refused, match="is withdrawn"):
            name(acme, made, other)
        with pytest.raises(Refused, match="is withdrawn"):
            actions.take_back_fix(actor=acme.lead, release=made, solution=one)
        assert [fix.solution for fix in ReleaseFix.objects.all()] == [one]

    def test_neither_what_is_retired_nor_what_is_about_another_product(self, acme, published, solved):
        made, gone, other = published(), solved(), solved(product=acme.store.pk)
        gone = retire(person=acme.lead, solution=gone, reason="Old")
        for solution, words in ((gone, "is retired"), (other, "about another product")):
            with pytest.raises(Refused, match=words):
                name(acme, made, solution)
        assert not ReleaseFix.objects.exists()

    def test_a_draft_that_is_discarded_takes_its_fixes_with_it(self, acme, draft, solved):
        made = draft()
        name(acme, made, solved())
        actions.discard_draft(actor=acme.lead, release=made)
        assert not ReleaseFix.objects.exists()


class TestThePages:
    def test_a_lead_names_solutions_by_their_numbers(self, acme, lead, draft, solved):
        made, one, other = draft(), solved(), solved()
        url = f"/releases/R-{made.number}/fixes/"
        answer = lead.post(url, {"solutions": f"{one.reference.lower()}, {other.reference}"})
        assert answer.url == f"/releases/R-{made.number}/#fixes"
        assert fixed(lead, made) == [one.reference, other.reference]
        assert lead.post(f"{url}{one.reference}/take-back/").url == answer.url
        assert fixed(lead, made) == [other.reference]

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("", "This field is required"),
            ("12", "isn’t a number such as S-12"),
            ("S-99", "There is no solution S-99"),
            ("R-1", "isn’t a number such as S-12"),
        ],
    )
    def test_what_is_wrong_stays_in_the_field(self, acme, lead, draft, solved, typed, words):
        solved()
        answer = lead.post(f"/releases/R-{draft().number}/fixes/", {"solutions": typed})
        page = answer.content.decode()
        assert (answer.status_code, words in page, f'value="{typed}"' in page or not typed) == (
            422,
            True,
            True,
        )
        assert not ReleaseFix.objects.exists()

    def test_more_than_fit_are_refused_and_stay_in_the_field(self, lead, draft):
        typed = " ".join(f"S-{number}" for number in range(1, 42))
        answer = lead.post(f"/releases/R-{draft().number}/fixes/", {"solutions": typed})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "At most 40 numbers fit here, and there are 41. Take some of them out." in page
        assert f'value="{typed}"' in page
        assert not ReleaseFix.objects.exists()

    def test_nobody_else_finds_the_form_or_its_address(self, acme, cast, published, solved, client_of):
        made, one = published(), solved()
        for person in (acme.agent, acme.big.contact):
            client = client_of(person)
            assert b"name-fixes" not in client.get(f"/releases/R-{made.number}/").content
            for path in ("fixes/", f"fixes/{one.reference}/take-back/"):
                answer = client.post(f"/releases/R-{made.number}/{path}", {"solutions": one.reference})
                assert answer.status_code in {403, 404}
        assert not ReleaseFix.objects.exists()

    def test_readers_see_the_solutions_that_they_may_read(
        self, acme, owner, lead, published, solved, acting_as
    ):
        made = published()
        shown, inside, draft = (
            solved(),
            solved(audience=Audience.INTERNAL),
            solved(drafted=True),
        )
        name(acme, made, shown, inside, draft)
        assert fixed(owner, made) == [shown.reference]
        assert fixed(lead, made) == [shown.reference, inside.reference, draft.reference]
        with acting_as(acme.big.contact):
            assert [fix.solution_id for fix in ReleaseFix.objects.all()] == [shown.pk]

    def test_a_solution_says_what_fixes_it_and_where_to_download(
        self, acme, owner, lead, draft, solved, client_of
    ):
        made, one = draft(), solved(audience=Audience.PUBLIC)
        name(acme, made, one)
        assert (fixed_in(owner, one), fixed_in(lead, one)) == ([], [("R-1", "Draft")])
        actions.publish(actor=acme.lead, release=made)
        assert fixed_in(owner, one) == fixed_in(lead, one) == [("R-1", "")]
        assert b'href="/releases/R-1/#files"' in owner.get(f"/solutions/{one.reference}/").content
        assert fixed_in(client_of(), one) == []
        actions.withdraw(actor=acme.lead, release=made, reason="It loses postings.")
        assert fixed_in(owner, one) == fixed_in(lead, one) == []

    def test_the_api_tells_both(self, acme, program, published, solved):
        made, one = published(), solved()
        name(acme, made, one, solved(audience=Audience.INTERNAL))
        get = program(acme.big.contact)
        assert get(f"releases/{made.number}/")[1]["solutions"] == [
            {"reference": one.reference, "title": "Posting stops", "language": "en"}
        ]
        assert get(f"solutions/{one.reference}/")[1]["fixed_in"] == [
            {"reference": "R-1", "title": "Ledger patch", "language": "en", "version": "1.0"}
        ]

    def test_a_page_costs_the_same_for_one_fix_and_for_three(
        self, acme, owner, published, solved, django_assert_num_queries
    ):
        made = published()
        owner.get(f"/releases/R-{made.number}/")
        for count in (1, 3):
            while ReleaseFix.objects.count() < count:
                name(acme, made, solved())
            with django_assert_num_queries(RELEASE):
                assert len(fixed(owner, made)) == count
        one = solved()
        for count in (1, 3):
            while ReleaseFix.objects.filter(solution=one).count() < count:
                name(acme, published(), one)
            with django_assert_num_queries(SOLUTION):
                assert len(fixed_in(owner, one)) == count


RELEASE, SOLUTION = 10, 9


class TestKnownIssues:
    def issues(self, client):
        return self.rows(client.get("/releases/").context["is_new"].issues)

    def rows(self, issues):
        return [(one.reference, list(one.installations), list(one.fixed_in)) for one in issues.rows]

    def newer(self, acme):
        return ProductVersion.objects.get(product=acme.ledger, name="2.0")

    def test_they_follow_what_the_account_runs(self, acme, owner, solved, client_of):
        here, later = solved(), solved(product=acme.ledger.pk, since=self.newer(acme).pk)
        solved(product=acme.store.pk)
        assert self.issues(owner) == [(here.reference, ["Main"], [])]
        Installation.objects.filter(account=acme.big.account).update(version=self.newer(acme))
        assert self.issues(owner) == [(one.reference, ["Main"], []) for one in (later, here)]
        assert self.issues(client_of(acme.small.contact)) == [(here.reference, ["Main"], [])]

    def test_an_update_ends_them_where_it_runs_and_helps_where_it_does_not(self, acme, owner, draft, solved):
        one, update = solved(), draft(kind="update", version="2.0")
        name(acme, update, one)
        assert self.issues(owner) == [(one.reference, ["Main"], [])]
        actions.publish(actor=acme.lead, release=update)
        assert self.issues(owner) == [(one.reference, ["Main"], [update.number])]
        Installation.objects.filter(account=acme.big.account).update(version=self.newer(acme))
        assert self.issues(owner) == []
        actions.withdraw(actor=acme.lead, release=update, reason="It loses postings.")
        assert self.issues(owner) == []

    def test_a_patch_helps_and_ends_nothing(self, acme, owner, published, solved):
        one, patch = solved(), published()
        name(acme, patch, one)
        assert self.issues(owner) == [(one.reference, ["Main"], [patch.number])]

    def test_only_what_the_reader_may_read(self, acme, owner, solved):
        solved(audience=Audience.INTERNAL)
        solved(drafted=True)
        retire(person=acme.lead, solution=solved(), reason="Old")
        assert self.issues(owner) == []

    def test_critical_ones_first_the_first_few_and_a_page_with_all(self, acme, owner, solved):
        told = [solved(critical=number == 0) for number in range(7)]
        expected = [told[0].reference, *(one.reference for one in reversed(told[1:]))]
        page = owner.get("/releases/")
        issues = page.context["is_new"].issues
        assert ([one.reference for one in issues.rows], issues.more) == (expected[:6], True)
        assert b'href="/releases/known-issues/"' in page.content
        every = owner.get("/releases/known-issues/").context["issues"]
        assert ([one.reference for one in every.rows], every.more) == (expected, False)

    def test_whoever_runs_nothing_has_none_and_staff_no_such_page(self, acme, owner, solved, client_of):
        solved()
        assert client_of(acme.agent).get("/releases/known-issues/").status_code == 404
        Installation.objects.filter(account=acme.big.account).update(version=None)
        page = owner.get("/releases/known-issues/")
        assert (self.rows(page.context["issues"]), b"No known issues" in page.content) == ([], True)

    def test_they_cost_the_same_for_one_and_for_three(
        self, acme, owner, published, solved, django_assert_num_queries
    ):
        owner.get("/releases/known-issues/")
        made = published()
        for count in (1, 3):
            while len(self.issues(owner)) < count:
                name(acme, made, solved())
            with django_assert_num_queries(LIST):
                assert len(self.issues(owner)) == count
            with django_assert_num_queries(ISSUES):
                assert len(owner.get("/releases/known-issues/").context["issues"].rows) == count


LIST, ISSUES = 13, 6
