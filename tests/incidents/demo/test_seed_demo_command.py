"""The command: no demo by mistake, and a word where there is none."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.identity.models import Tenant, User

pytestmark = pytest.mark.django_db


def test_without_a_demo_the_list_says_how_to_make_it():
    out = StringIO()
    call_command("seed_demo", "--list", stdout=out)
    assert out.getvalue() == "There is no demo here. `manage.py seed_demo` makes it.\n"


def test_it_is_not_made_in_production_by_mistake(settings):
    settings.HTTPS, settings.DEBUG = True, False
    with pytest.raises(CommandError, match="looks like a portal in production"):
        call_command("seed_demo", stdout=StringIO())
    assert Tenant.objects.filter(label="tarnwick").count() == 0
    assert User.objects.filter(email__endswith="@tarnwick.example").count() == 0
