"""``python -m bench.people``: sign people in on this process's database, and print who and what is there."""

import json
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  the settings come first
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.cached_db import SessionStore  # noqa: E402

from bench.facts import Facts  # noqa: E402
from bench.load import LARGE  # noqa: E402
from bench.rows import FIVE, FIVE_HUNDRED  # noqa: E402
from incidents.models import Incident  # noqa: E402
from portal.core.tenancy import EVERY_ACCOUNT, acting  # noqa: E402
from portal.identity.enums import Role, Scope  # noqa: E402
from portal.identity.models import ApiToken, Membership, Tenant, User  # noqa: E402
from portal.identity.tokens import hash_secret, new_secret  # noqa: E402


def facts() -> Facts:
    """The large vendor's: an agent and a contact with open sessions, and a token for every agent."""
    tenant = Tenant.objects.get(label=LARGE)
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        people = Membership.objects.filter(tenant=tenant).select_related("user")
        agents = list(people.filter(role=Role.AGENT).order_by("id"))
        incident = Incident.objects.filter(tenant=tenant, reported_by__role=Role.CUSTOMER).order_by("id")[0]
        contact = people.get(pk=incident.reported_by_id)
        conversations = {
            row.title: row for row in Incident.objects.filter(tenant=tenant, title__in=[FIVE, FIVE_HUNDRED])
        }
        return Facts(
            host=f"{tenant.label}.{settings.BASE_HOST}",
            tenant_id=tenant.pk,
            agent=_cookie(agents[0].user),
            contact=_cookie(contact.user),
            contact_id=contact.pk,
            account_id=incident.account_id,
            product_id=incident.product_id,
            agent_ids=[agent.pk for agent in agents],
            agent_teams=[agent.team_id or 0 for agent in agents],
            agent_tokens=[_token(agent) for agent in agents],
            five=_named(conversations[FIVE]),
            five_hundred=_named(conversations[FIVE_HUNDRED]),
        )


def _cookie(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _token(person: Membership) -> str:
    secret = new_secret()
    ApiToken.objects.create(
        tenant_id=person.tenant_id,
        user_id=person.user_id,
        person=person,
        account_id=person.account_id,
        name="bench",
        hint=secret[:8],
        secret_hash=hash_secret(secret),
        scope=Scope.WRITE,
    )
    return secret


def _named(incident: Incident) -> dict[str, Any]:
    return {"id": incident.pk, "reference": incident.reference}


if __name__ == "__main__":
    print(json.dumps(facts()._asdict()))
