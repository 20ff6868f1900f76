"""What the database itself refuses of solutions, tried for each named constraint."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from knowledge.solutions import actions
from knowledge.solutions.actions import Range, Words
from knowledge.solutions.enums import Reason, Stage, State
from knowledge.solutions.models import Revision
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership, Tenant
from tests.constraints import Constraints, models_of

pytestmark = pytest.mark.django_db

CONSTRAINTS = Constraints(
    models_of("solutions"),
    {
        "solution_reference_once": {"number": 9},
        "published_solution_has_its_date": {"state": State.PUBLISHED, "published_at": None},
        "solution_product_once": {},
        "revision_number_once": {"language": "en"},
        "one_open_revision_per_language": {"number": 9},
        "one_published_revision_per_language": {
            "number": 9,
            "language": "en",
            "stage": Stage.PUBLISHED,
            "published_at": timezone.now(),
            "reviewer_id": lambda: Revision.objects.get(stage=Stage.PUBLISHED).reviewer_id,
        },
        "solutions_revision_author_in_tenant": {"writers": lambda: [_of_the_rival()]},
        "solutions_flag_resolved_by_in_tenant": {"resolved_at": timezone.now()},
        "published_revision_was_reviewed": [
            {"stage": Stage.PUBLISHED, "reviewer": None},
            {"stage": Stage.SUPERSEDED, "published_at": None},
        ],
        "reviewer_is_a_second_person": {"reviewer_id": lambda: _author()},
        "author_is_a_writer": {"writers": [1]},
        "verdict_once": {},
        "verdict_says_why_not": [
            {"helped": True, "reason": Reason.UNCLEAR},
            {"helped": False, "reason": ""},
            {"helped": False, "reason": "weather"},
        ],
        "flag_is_resolved_by_somebody": [
            {"resolved_at": timezone.now()},
            {"resolved_by_id": lambda: _author()},
        ],
    },
    rows={Revision: {"language": "fr"}},
)


def _author():
    return Revision.objects.latest("pk").author_id


def _of_the_rival():
    """The latest of its people, as :mod:`tests.constraints` takes it."""
    with acting(tenant_id=Tenant.objects.get(label="rival").pk, account_id=EVERY_ACCOUNT):
        return Membership.objects.latest("pk").pk


@pytest.fixture
def written(house, published, write, acting_as, cast, draft):
    """A row in each table: here a published solution with a French draft, and one beside in the rival's."""
    solution = published(audience="customers")
    write(solution, "fr", title="Arrêt")
    with acting_as(house.big.contact) as reader:
        actions.say_verdict(
            person=reader, solution=solution, language="en", helped=False, reason=Reason.UNCLEAR
        )
    rival = cast.rival
    with acting(tenant_id=rival.tenant.pk, account_id=EVERY_ACCOUNT):
        actions.draft_solution(
            person=rival.agent,
            language="en",
            words=Words(title="Theirs"),
            ranges=[Range(product=rival.ledger.pk)],
        )
    with acting_as(house.agent) as agent:
        actions.raise_flag(person=agent, solution=solution, text="Step 2 is wrong.")
        yield solution


def test_every_constraint_is_tried():
    assert CONSTRAINTS.without_a_try() == set()


@pytest.mark.parametrize("name", CONSTRAINTS.names)
def test_the_database_refuses(written, cast, name):
    CONSTRAINTS.refuses(name, cast)


CHANGES = {
    "its words": lambda text: {"resolution": "Another"},
    "its reviewer": lambda text: {"reviewer_id": text.writers[0], "writers": [0]},
    "its stage": lambda text: {"stage": Stage.DRAFT},
    "words while it is superseded": lambda text: {"stage": Stage.SUPERSEDED, "title": "Another"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_published_text_stays_as_it_was_read(here, published, change):
    published()
    text = Revision.objects.get(stage=Stage.PUBLISHED)
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        Revision.objects.filter(pk=text.pk).update(**CHANGES[change](text))


def test_published_and_superseded_texts_are_not_deleted(here, published, write, publish):
    solution = published()
    write(solution, title="Again")
    publish(solution)
    for text in Revision.objects.all():
        with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
            Revision.objects.filter(pk=text.pk)._raw_delete("default")
    assert list(Revision.objects.order_by("number").values_list("stage", flat=True)) == [
        Stage.SUPERSEDED,
        Stage.PUBLISHED,
    ]
