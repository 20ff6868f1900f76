"""What the database itself refuses of what a tenant sells, tried for each named constraint."""

import pytest
from django.utils import timezone

from plans.actions.editions import publish_draft, start_draft
from plans.enums import EditionState
from plans.models import Calendar, Edition, Feature, ProductCalendar, ProductException, Target
from tests.constraints import Constraints, models_of, put_beside, refusing

pytestmark = pytest.mark.django_db

CONSTRAINTS = Constraints(
    models_of("plans"),
    {
        "product_code_once_per_tenant": {"name": "Another"},
        "version_once_per_product": {"position": 9},
        "feature_code_once_per_tenant": {"position": 9},
        "feature_text_once": {"name": "Another"},
        "plan_code_once_per_tenant": {"rank": 99},
        "plan_rank_once_per_tenant": {"code": "another"},
        "plan_rank_from_1": {"rank": 0},
        "plan_text_once": {"summary": "Another"},
        "severity_text_once": {"name": "Another"},
        "severity_text_1_to_4": [{"severity": 0}, {"severity": 5}],
        "edition_number_once_per_tenant": {"note": "Another"},
        "published_edition_has_its_dates": [
            {"state": EditionState.PUBLISHED, "effective_at": timezone.now},
            {"state": EditionState.PUBLISHED, "published_at": timezone.now},
        ],
        "calendar_once_per_edition": {"is_default": False},
        "one_default_calendar_per_edition": {"code": "another", "is_default": True},
        "cell_once": {"allowance": 9},
        "exception_once": {},
        "product_calendar_once_per_edition": {},
        "target_once": {"minutes": 9},
        "target_severity_1_to_4": [{"severity": 0}, {"severity": 5}],
        "target_is_more_than_zero": {"minutes": 0},
    },
    rows={Target: {"product": None}},
)
"""Of targets for all products, where a plain unique key would tell no two rows apart."""
OF_EDITIONS = [
    model
    for model in models_of("plans")
    if model is Edition or "edition" in {field.name for field in model._meta.fields}
]
WRITES = {
    "add": lambda rows: put_beside(rows.latest("pk"), {}),
    "change": lambda rows: rows.update(tenant_id=rows[0].tenant_id),
    "delete": lambda rows: rows._raw_delete(rows.db),
}


@pytest.fixture
def published(cast, acting_in):
    """A published edition with a row of each table, then a draft of the next, in either tenant."""
    for house in cast.houses:
        with acting_in(house.tenant):
            draft = start_draft(tenant=house.tenant, actor=house.admin)
            hours = Calendar.objects.filter(edition=draft)[0]
            of_draft = {"tenant": house.tenant, "edition": draft, "product": house.ledger}
            feature = Feature.objects.filter(product_limited=True)[0]
            ProductCalendar.objects.create(**of_draft, calendar=hours)
            ProductException.objects.create(**of_draft, feature=feature)
            publish_draft(edition=draft, actor=house.admin, effective_at=timezone.now(), note="")
            start_draft(tenant=house.tenant, actor=house.admin)
    with acting_in(cast.acme.tenant):
        yield Edition.objects.get(number=2)


@pytest.mark.parametrize("name", CONSTRAINTS.names)
def test_the_database_refuses(cast, published, name):
    CONSTRAINTS.refuses(name, cast)


def test_none_is_left_out():
    assert CONSTRAINTS.without_a_try() == set()


@pytest.mark.parametrize(
    ("model", "write"),
    [(model, write) for model in OF_EDITIONS for write in WRITES if (model, write) != (Edition, "add")],
)
def test_nothing_of_a_published_edition_is_written(published, model, write):
    rows = model.objects.filter(**{"pk" if model is Edition else "edition": published.pk})
    assert refusing(lambda: WRITES[write](rows)) == "published_edition_stays"
