"""A published edition never changes, whoever asks the database for it."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from plans.actions import except_product, publish_draft, start_draft
from plans.editions import current_edition, enjoyed_matrix, matrix_of, published_calendar
from plans.enums import EditionState, FeatureCode
from plans.models import Calendar, Cell, Edition, Feature, ProductCalendar, ProductException, Target
from portal.core.errors import Conflict, Refused

CIS = FeatureCode.CRITICAL_INCIDENT_SUPPORT


@pytest.fixture
def edition(acme):
    return Edition.objects.get(tenant=acme.tenant, number=1)


def feature(house, code):
    return Feature.objects.get(tenant=house.tenant, code=code)


def refused(change):
    with pytest.raises(IntegrityError, match="is published and stays as it is"), transaction.atomic():
        change()


CHANGES = {
    "an edition's note": lambda e: Edition.objects.filter(pk=e.pk).update(note="Changed"),
    "its state": lambda e: Edition.objects.filter(pk=e.pk).update(state=EditionState.DRAFT),
    "the edition deleted": lambda e: Edition.objects.filter(pk=e.pk)._raw_delete("default"),
    "a cell": lambda e: Cell.objects.filter(edition=e).update(allowance=5),
    "a cell deleted": lambda e: Cell.objects.filter(edition=e).delete(),
    "a target": lambda e: Target.objects.filter(edition=e).update(minutes=1),
    "a target deleted": lambda e: Target.objects.filter(edition=e).delete(),
    "a calendar": lambda e: Calendar.objects.filter(edition=e).update(week=[]),
    "a calendar deleted": lambda e: Calendar.objects.filter(edition=e)._raw_delete("default"),
    "another default calendar": lambda e: Calendar.objects.filter(edition=e).update(is_default=False),
    "a new calendar": lambda e: Calendar.objects.create(tenant_id=e.tenant_id, edition=e, code="new"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses(edition, change):
    refused(lambda: CHANGES[change](edition))


def test_it_refuses_a_new_cell_target_and_exception(acme, edition):
    of_edition = {"tenant": acme.tenant, "edition": edition}
    plan = acme.small.contract.plan
    event = feature(acme, FeatureCode.SPECIAL_EVENT_SUPPORT)
    refused(lambda: Cell.objects.create(**of_edition, plan=plan, feature=event))
    refused(lambda: Target.objects.create(**of_edition, plan=plan, kind="update", severity=1, minutes=5))
    refused(lambda: ProductException.objects.create(**of_edition, feature=event, product=acme.ledger))
    hours = Calendar.objects.filter(edition=edition)[0]
    refused(lambda: ProductCalendar.objects.create(**of_edition, product=acme.ledger, calendar=hours))


def test_the_calendars_of_its_products_stay_too(acme):
    draft = start_draft(tenant=acme.tenant, actor=acme.admin)
    hours, other = Calendar.objects.filter(edition=draft)[:2]
    of_draft = ProductCalendar.objects.filter(edition=draft)
    ProductCalendar.objects.create(tenant=acme.tenant, edition=draft, product=acme.ledger, calendar=hours)
    publish_draft(edition=draft, actor=acme.admin, effective_at=timezone.now(), note="")
    refused(lambda: of_draft.update(calendar=other))
    refused(of_draft.delete)


def test_it_refuses_to_move_a_cell_into_or_out_of_it(acme, edition):
    draft = start_draft(tenant=acme.tenant, actor=acme.admin)
    refused(lambda: Cell.objects.filter(edition=edition).update(edition=draft))
    event = feature(acme, FeatureCode.SPECIAL_EVENT_SUPPORT)
    Cell.objects.filter(edition=draft).exclude(feature=event).delete()
    Cell.objects.filter(edition=draft).update(plan=acme.small.contract.plan)
    refused(lambda: Cell.objects.filter(edition=draft).update(edition=edition))


def test_the_owner_of_the_tables_is_refused_too(edition, as_owner):
    with as_owner() as cursor, pytest.raises(IntegrityError, match="is published"):
        cursor.execute("UPDATE plans_cell SET allowance = 5 WHERE edition_id = %s", [edition.pk])


def test_a_draft_begins_as_a_copy_and_can_be_changed(acme, edition):
    draft = start_draft(tenant=acme.tenant, actor=acme.admin)
    assert (draft.number, draft.state) == (2, EditionState.DRAFT)
    for model in (Cell, Target, Calendar):
        assert model.objects.filter(edition=draft).count() == model.objects.filter(edition=edition).count()
    assert set(
        Cell.objects.filter(edition=draft, calendar__isnull=False).values_list("calendar__edition", flat=True)
    ) == {draft.pk}
    assert (
        Target.objects.filter(edition=draft).update(minutes=1)
        == Target.objects.filter(edition=edition).count()
    )


def test_there_is_one_draft_at_a_time(acme):
    start_draft(tenant=acme.tenant, actor=acme.admin)
    with pytest.raises(Conflict, match="draft of the next edition"):
        start_draft(tenant=acme.tenant, actor=acme.admin)


def test_the_next_edition_is_in_force_from_its_date(acme, edition):
    now = timezone.now()
    draft = start_draft(tenant=acme.tenant, actor=acme.admin)
    later = now + timezone.timedelta(days=1)
    publish_draft(edition=draft, actor=acme.admin, effective_at=later, note="Better phones.")
    assert current_edition(acme.tenant.pk, now) == edition
    assert current_edition(acme.tenant.pk, later) == draft
    with pytest.raises(Conflict, match="Edition 2 is published"):
        publish_draft(edition=draft, actor=acme.admin, effective_at=later, note="Again.")


def test_an_exception_is_made_in_a_draft_and_only_where_the_brochure_has_a_star(acme, edition):
    draft = start_draft(tenant=acme.tenant, actor=acme.admin)
    except_product(edition=draft, feature=feature(acme, CIS), product=acme.ledger, actor=acme.admin)
    phone = feature(acme, FeatureCode.PHONE_ACCESS)
    with pytest.raises(Refused, match="available for every product"):
        except_product(edition=draft, feature=phone, product=acme.ledger, actor=acme.admin)
    with pytest.raises(Conflict):
        except_product(edition=edition, feature=feature(acme, CIS), product=acme.ledger, actor=acme.admin)
    publish_draft(edition=draft, actor=acme.admin, effective_at=timezone.now(), note="")
    plan_id = acme.small.contract.plan_id
    assert not matrix_of(acme.tenant.pk, draft.pk).gives(plan_id, CIS, acme.ledger.pk)
    assert enjoyed_matrix(acme.tenant.pk, edition.pk, draft.pk).gives(plan_id, CIS, acme.ledger.pk)


def test_published_editions_are_read_once(acme, edition, django_assert_num_queries):
    matrix_of(acme.tenant.pk, edition.pk)
    with django_assert_num_queries(0):
        assert matrix_of(acme.tenant.pk, edition.pk).number == 1


def test_a_published_calendar_is_read_once(acme, edition, django_assert_num_queries):
    row = Calendar.objects.get(edition=edition, code="business")
    read = published_calendar(acme.tenant.pk, row.pk)
    assert read == matrix_of(acme.tenant.pk, edition.pk).calendars[row.pk]
    with django_assert_num_queries(0):
        assert published_calendar(acme.tenant.pk, row.pk) is read


def test_drafts_are_not_given_out_as_editions(acme):
    draft = start_draft(tenant=acme.tenant, actor=acme.admin)
    with pytest.raises(Edition.DoesNotExist):
        matrix_of(acme.tenant.pk, draft.pk)
    with pytest.raises(Calendar.DoesNotExist):
        published_calendar(acme.tenant.pk, Calendar.objects.filter(edition=draft)[0].pk)


def test_what_is_remembered_stays_behind_the_tenants_wall(cast, acting_in):
    tenant_id = cast.acme.tenant.pk
    with acting_in(cast.acme.tenant):
        edition_id = current_edition(tenant_id, timezone.now()).pk
        matrix_of(tenant_id, edition_id)
        calendar_id = Calendar.objects.filter(edition_id=edition_id)[0].pk
        published_calendar(tenant_id, calendar_id)
    with acting_in(cast.rival.tenant):
        with pytest.raises(LookupError):
            matrix_of(tenant_id, edition_id)
        with pytest.raises(LookupError):
            published_calendar(tenant_id, calendar_id)
        with pytest.raises(Calendar.DoesNotExist):
            published_calendar(cast.rival.tenant.pk, calendar_id)
