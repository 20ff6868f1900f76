"""Parts that are kept drawn, and reads that are kept compiled: the same as if they were made afresh."""

import pytest
from django.db.models import Q
from django.utils.safestring import mark_safe
from django.utils.translation import override

from portal.core.prepared import IsOneOf, Prepared
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


def test_a_value_that_is_no_parameter_is_an_error():
    def read(count):
        return Membership.objects.extra(where=[f"id > {count}"]).values_list("id")

    with pytest.raises(ValueError, match="must be a parameter"):
        Prepared(read)(count=3)
