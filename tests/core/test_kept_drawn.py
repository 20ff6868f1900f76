"""Parts that are kept drawn, and reads that are kept compiled: the same as if they were made afresh."""

from datetime import datetime
from typing import NamedTuple

import pytest
from django.db import connection
from django.db.models import Q, Value
from django.utils.safestring import mark_safe
from django.utils.translation import override

from portal.core.keyset import BadCursor, Keyset, PreparedPages
from portal.core.prepared import IsOneOf, Prepared, PreparedModels
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.core.ui.still import draw_still
from portal.identity.models import Membership

CLOSED = "incidents/composer_closed.html"


def test_values_are_put_in_escaped_each_time():
    first = draw_still(CLOSED, {"here": "/one/"}, staff=True)
    second = draw_still(CLOSED, {"here": '"><script>'}, staff=True)
    assert 'href="/one/#write"' in first
    assert "&quot;&gt;&lt;script&gt;" in second
    assert "<script>" not in second
    assert draw_still(CLOSED, {"here": mark_safe("<b>")}, staff=True).count("<b>") > 0


def test_a_value_that_looks_like_a_mark_stays_text():
    assert "STILLhereLLITS" in draw_still(CLOSED, {"here": "STILLhereLLITS"}, staff=True)


def test_each_language_and_each_context_is_drawn_by_itself():
    with override("en"):
        english = draw_still(CLOSED, {"here": "/"}, staff=False)
    assert "internal" not in english.lower()
    assert "Internal note" in draw_still(CLOSED, {"here": "/"}, staff=True)
    with override("fr"):
        assert draw_still(CLOSED, {"here": "/"}, staff=False) is not english


@pytest.mark.django_db
def test_a_prepared_read_gives_what_its_queryset_gives(cast, acting_in):
    house = cast.acme

    def read(tenant, ids, role):
        people = Membership.objects.filter(Q(IsOneOf("id", ids)) | Q(role=role), tenant_id=tenant)
        return people.order_by("id").values_list("id", "role", "joined_at")

    prepared = Prepared(read)
    with acting_in(house.tenant):
        for ids, role in (
            ([house.lead.pk], "csm"),
            ([], "agent"),
            ([house.big.contact.pk, house.admin.pk], ""),
        ):
            expected = Membership.objects.filter(Q(pk__in=ids) | Q(role=role), tenant=house.tenant)
            assert prepared(tenant=house.tenant.pk, ids=ids, role=role) == list(
                expected.order_by("id").values_list("id", "role", "joined_at")
            )


@pytest.mark.django_db
def test_a_prepared_read_stays_behind_the_walls(cast, acting_as):
    def read(tenant):
        return Membership.objects.filter(tenant_id=tenant).values_list("account_id")

    prepared = Prepared(read)
    with acting_as(cast.acme.small.contact):
        assert {account for (account,) in prepared(tenant=cast.acme.tenant.pk)} == {
            None,
            cast.acme.small.account.pk,
        }
        assert prepared(tenant=cast.rival.tenant.pk) == []


@pytest.mark.django_db
def test_prepared_models_are_those_of_their_queryset(cast, acting_in):
    house = cast.acme

    def read(tenant, person):
        people = Membership.objects.filter(tenant_id=tenant, pk=person).select_related("user", "account")
        return people.annotate(is_here=Value(True))

    prepared = PreparedModels(read)
    with acting_in(house.tenant):
        for person in (house.lead, house.big.contact):
            [found] = prepared.read(tenant=house.tenant.pk, person=person.pk)
            assert (found, found.user.name, found.account_id) == (person, person.user.name, person.account_id)
            assert found.languages == person.languages
            assert found.is_here is True
        assert prepared.read(tenant=house.tenant.pk, person=0) == []


@pytest.mark.django_db
def test_a_statement_is_planned_once_on_a_connection(cast, acting_in):
    def read(tenant, role):
        return Membership.objects.filter(tenant_id=tenant, role=role, removed_at=None).values_list("id")

    prepared = Prepared(read)
    with acting_in(cast.acme.tenant):
        before = _planned()
        prepared(tenant=cast.acme.tenant.pk, role="agent")
        prepared(tenant=cast.acme.tenant.pk, role="lead")
        assert len(_planned() - before) == 1


@pytest.mark.django_db
def test_a_planned_statement_follows_the_scope_of_each_transaction(cast):
    def read(tenant):
        return Membership.objects.filter(tenant_id=tenant).values_list("account_id")

    prepared = Prepared(read)
    house = cast.acme
    for account_id, seen in ((EVERY_ACCOUNT, {house.big.account.pk, house.small.account.pk}), (0, set())):
        with acting(tenant_id=house.tenant.pk, account_id=account_id):
            found = {account for (account,) in prepared(tenant=house.tenant.pk)}
            assert found & {house.big.account.pk, house.small.account.pk} == seen
    assert prepared(tenant=house.tenant.pk) == []


@pytest.mark.django_db
def test_prepared_pages_go_on_where_a_keyset_does(cast, acting_in):
    order = Keyset(("joined_at", "id"))

    def read(tenant):
        return Membership.objects.filter(tenant_id=tenant)

    class Row(NamedTuple):
        joined_at: datetime
        id: int

    with acting_in(cast.acme.tenant):
        tenant = cast.acme.tenant.pk
        pages = PreparedPages(order, read, columns=Row._fields, row=Row._make, size=3)
        cursor, found = "", []
        while True:
            page = pages.page(Membership, cursor, tenant=tenant)
            expected = order.page(read(tenant), cursor, 3, columns=Row._fields, row=Row._make)
            assert page == expected
            found += [row.id for row in page.rows]
            cursor = page.next
            if not cursor:
                break
        assert found == list(read(tenant).order_by("joined_at", "id").values_list("id", flat=True))
        with pytest.raises(BadCursor):
            pages.page(Membership, "nonsense", tenant=tenant)


def _planned() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        return {name for (name,) in cursor.fetchall()}


def test_a_value_that_is_no_parameter_is_an_error():
    def read(count):
        return Membership.objects.extra(where=[f"id > {count}"]).values_list("id")

    with pytest.raises(ValueError, match="must be a parameter"):
        Prepared(read)(count=3)
