"""``python -m bench.taker TENANT PERSON TAKES``: one agent who takes the next incident, again and again."""

import json
import sys
import time

import django

django.setup()

from incidents.actions import take_next  # noqa: E402  the settings come first
from portal.core.tenancy import EVERY_ACCOUNT, acting  # noqa: E402
from portal.identity.models import Membership, Tenant  # noqa: E402


def main(tenant_id: int, person_id: int, takes: int) -> None:
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        person = Membership.objects.select_related("user").get(tenant_id=tenant_id, pk=person_id)
        person.tenant = Tenant.objects.get(pk=tenant_id)
    print("ready", flush=True)
    sys.stdin.readline()
    references = []
    began = time.time()
    for _ in range(takes):
        with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT, user_id=person.user_id):
            incident = take_next(person=person)
        if incident is not None:
            references.append(incident.reference)
    print(json.dumps({"references": references, "began": began, "ended": time.time()}), flush=True)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
