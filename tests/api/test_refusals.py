"""What a program asked to use and was refused is kept, as what a person asked for is."""

import pytest

from entitlements.enums import InstallationKind
from entitlements.models import Installation
from incidents.models import Incident
from portal.core.history import history_of

pytestmark = pytest.mark.django_db


def test_the_answer_is_a_refusal_and_its_entry_is_kept(cast, program, acting_in):
    big = cast.acme.big
    with acting_in(cast.acme.tenant):
        Installation.objects.filter(pk=big.installation.pk).update(kind=InstallationKind.MODIFIED)
    asked = {
        "kind": "how_to",
        "severity": 4,
        "product": "ledger",
        "installation": big.installation.pk,
        "title": "How do we post?",
        "description": "To company 3.",
    }
    answer = program(big.contact).post("incidents/", asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "installation_modified")
    with acting_in(cast.acme.tenant):
        assert not Incident.objects.exists()
        [entry] = history_of(big.account).filter(verb="refused")
    assert (entry.actor_id, entry.data["feature"]) == (big.contact.pk, "how_to_assistance")
