"""*Take next*: one agent, one incident, in one statement."""

from django.db import DEFAULT_DB_ALIAS, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import rules
from incidents.enums import State
from incidents.hooks import CHANGED, Change, tell_changed
from incidents.models import Incident
from notifications.webhooks.store import IS_ASKED
from portal.core.errors import NotAllowed
from portal.core.prepared import Planned
from portal.identity.models import Membership

# Written out, because it runs once for every incident that is worked: the head of the partial index
# ``incident_to_take`` that fits the agent, locked or else passed over, made theirs, noted in the history
# as ``portal.core.history.record`` would, and handed back.
_TAKE = """
WITH taken AS (
    UPDATE incidents_incident AS incident
    SET assignee_id = %(person)s, state = %(open)s, last_activity_at = %(now)s, revision = revision + 1
    WHERE incident.tenant_id = %(tenant)s AND incident.id = (
        SELECT id FROM incidents_incident
        WHERE tenant_id = %(tenant)s
          AND state IN ('new', 'open') AND NOT coverage_check AND assignee_id IS NULL
          AND (%(team)s::bigint IS NULL OR team_id = %(team)s OR team_id IS NULL)
          AND (%(languages)s::text[] = '{}' OR language = ANY (%(languages)s))
          AND (
            product_id IN (SELECT product_id FROM incidents_agentproduct WHERE person_id = %(person)s)
            OR NOT EXISTS (SELECT FROM incidents_agentproduct WHERE person_id = %(person)s)
          )
        ORDER BY severity, plan_order, queue_due_at, created_at, id
        LIMIT 1
        FOR UPDATE SKIP LOCKED
    )
    RETURNING incident.*, old.state AS state_before
), noted AS (
    INSERT INTO core_historyentry (
        tenant_id, account_id, subject_type, subject_id, verb, actor_id, actor_name, internal, data, at
    )
    SELECT tenant_id, account_id, 'incident', id, 'assigned', %(person)s, %(name)s::text, false,
        jsonb_build_object('to', %(name)s::text), %(now)s
    FROM taken
)
SELECT state_before = 'new' AND {is_asked}, {columns} FROM taken
"""
_FIELDS = [field.attname for field in Incident._meta.concrete_fields]
_PLANNED = Planned.named(_TAKE.replace("{columns}", ", ".join(_FIELDS)).replace("{is_asked}", IS_ASKED))


def take_next(*, person: Membership) -> Incident | None:
    """Give the agent the most urgent incident that nobody has and that they serve; None if there is none.

    An agent serves their team's incidents and those of no team, in their languages and products, if any
    are listed. Two agents never get the same one: a row that another transaction is just taking is
    passed over. To be called in a transaction, like all that acts for somebody.

    :raises NotAllowed: the person doesn't work the queue.
    """
    if not rules.takes_incidents(person):
        raise NotAllowed(_("Only agents and team leads take incidents from the queue."))
    now = timezone.now()
    with connection.cursor() as cursor:
        _PLANNED.run(
            cursor,
            {
                "tenant": person.tenant_id,
                "person": person.pk,
                "name": person.name,
                "team": person.team_id,
                "languages": person.languages,
                "open": State.OPEN.value,
                "now": now,
                "event": CHANGED.code,
            },
        )
        row = cursor.fetchone()
    if row is None:
        return None
    is_heard, *values = row
    incident = Incident.from_db(DEFAULT_DB_ALIAS, _FIELDS, values)
    incident.tenant, incident.assignee = person.tenant, person
    if is_heard:
        tell_changed(incident, Change.STATE, at=now)
    return incident
