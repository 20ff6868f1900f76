"""Who sees what: by the database alone, whatever the code asks for."""

import pytest
from django.db import DatabaseError, connection, transaction

from knowledge.solutions import actions
from knowledge.solutions.enums import CURRENT, Reason
from knowledge.solutions.models import Flag, Revision, Solution, SolutionProduct, Verdict
from portal.core.tenancy import acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(draft, published, write):
    """One for each audience, published, with a draft beside it; and drafts of each."""
    for audience in ("internal", "customers", "public"):
        solution = published(audience=audience, title=f"published for {audience}")
        write(solution, title="next")
        write(solution, "fr", title="traduction")
        draft(audience=audience, title=f"drafted for {audience}")


def seen():
    """The titles that the database shows, and of how many solutions and ranges."""
    titles = sorted(Revision.objects.values_list("title", flat=True))
    return titles, Solution.objects.count(), SolutionProduct.objects.count()


def test_staff_see_everything(shelf, house, acting_as):
    with acting_as(house.csm):
        assert seen()[1:] == (6, 6)


def test_a_contact_sees_what_is_published_for_customers_and_everybody(shelf, house, acting_as):
    with acting_as(house.small.contact):
        assert seen() == (["published for customers", "published for public"], 2, 2)


def test_nobody_sees_what_is_published_for_everybody(shelf, house):
    with acting(tenant_id=house.tenant.pk):
        assert seen() == (["published for public"], 1, 1)


def test_another_tenant_sees_nothing(shelf, cast, acting_as):
    for person in (cast.rival.admin, cast.rival.big.contact):
        with acting_as(person):
            assert seen() == ([], 0, 0)


def test_a_retired_solution_is_gone_for_readers(published, house, acting_as, here):
    solution = published(audience="public")
    actions.retire(person=house.lead, solution=solution, reason="")
    with acting_as(house.big.contact):
        assert seen() == ([], 0, 0)


@pytest.mark.parametrize("who", ["contact", "nobody"])
def test_readers_write_nothing(shelf, house, acting_as, who):
    contact = house.big.contact
    account = contact.account_id if who == "contact" else None
    with acting(tenant_id=house.tenant.pk, account_id=account):
        assert Solution.objects.update(critical=True) == 0
        assert Revision.objects.update(title="Mine") == 0
        assert Solution.objects.all()._raw_delete("default") == 0
        for row in (Solution.objects.first(), SolutionProduct.objects.first()):
            row.pk = None
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                row.save(force_insert=True)
    with acting_as(house.agent):
        assert not Solution.objects.filter(critical=True).exists()


def test_flags_are_for_staff(shelf, house, acting_as):
    with acting_as(house.agent) as agent:
        for solution in Solution.objects.all():
            actions.raise_flag(person=agent, solution=solution, text="Wrong")
    with acting_as(house.big.contact):
        assert not Flag.objects.exists()


def test_what_a_company_said_is_not_told_to_another(published, house, acting_as):
    solution = published(audience="customers")
    said = {"solution": solution, "language": "en", "helped": False, "reason": Reason.UNCLEAR}
    with acting_as(house.big.contact) as contact:
        actions.say_verdict(person=contact, **said)
    with acting_as(house.small.contact):
        assert not Verdict.objects.exists()
    with acting_as(house.agent):
        assert Verdict.objects.count() == 1


def test_reading_uses_indexes_behind_the_policy(shelf, house, acting_as):
    """What the sub-select of the policy costs is one look-up a text, by the key of its solution."""
    with acting_as(house.big.contact), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        texts = Revision.objects.filter(tenant_id=house.tenant.pk)
        plans = [
            texts.filter(solution=Solution.objects.first()).explain(),
            texts.filter(solution__in=list(Solution.objects.all()), stage__in=CURRENT).explain(),
        ]
    for plan in plans:
        assert "on solutions_revision" in plan
        assert "Seq Scan" not in plan
        assert "hashed SubPlan" not in plan
