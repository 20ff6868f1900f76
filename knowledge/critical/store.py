"""The rows of one batch of a fan-out, in one statement each, whatever the number of rows.

What is there already stays as it is: the keys of the tables make a second row for the same person impossible.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from knowledge.critical.audience import Judged, Reached
from knowledge.critical.enums import Affected, Standing
from knowledge.critical.models import Notice

_LOOPS = """
INSERT INTO critical_loop (tenant_id, notice_id, account_id, affected, standing, told, read, acknowledged,
                           downloaded, settled_at)
SELECT %(tenant)s, %(notice)s, one.account_id, one.affected, one.standing, 0, 0, 0, 0,
       CASE WHEN one.standing <> 'exposed' THEN %(at)s END
  FROM unnest(%(accounts)s::bigint[], %(affected)s::text[], %(standings)s::text[])
       AS one (account_id, affected, standing)
    ON CONFLICT DO NOTHING
"""
_EXPOSURES = """
INSERT INTO critical_exposure (tenant_id, notice_id, account_id, product_id, installation_id, affected,
                               standing)
SELECT %(tenant)s, %(notice)s, one.account_id, one.product_id, one.installation_id, one.affected, 'exposed'
  FROM unnest(%(accounts)s::bigint[], %(products)s::bigint[], %(installations)s::bigint[],
              %(affected)s::text[])
       AS one (account_id, product_id, installation_id, affected)
    ON CONFLICT DO NOTHING
"""
_RECIPIENTS = """
WITH told AS (
  INSERT INTO critical_recipient (tenant_id, notice_id, account_id, person_id, affected, by_mail, in_portal,
                                  told_at, remind_at)
  SELECT %(tenant)s, %(notice)s, one.account_id, one.person_id, one.affected, one.by_mail, one.in_portal,
         %(at)s, %(remind_at)s
    FROM unnest(%(accounts)s::bigint[], %(people)s::bigint[], %(affected)s::text[], %(by_mail)s::bool[],
                %(in_portal)s::bool[]) AS one (account_id, person_id, affected, by_mail, in_portal)
      ON CONFLICT DO NOTHING
  RETURNING account_id
)
UPDATE critical_loop AS loop SET told = loop.told + counted.people
  FROM (SELECT account_id, count(*) AS people FROM told GROUP BY 1) AS counted
 WHERE loop.tenant_id = %(tenant)s AND loop.notice_id = %(notice)s AND loop.account_id = counted.account_id
"""


def store(
    notice: Notice, covered: Sequence[Judged], told: Sequence[tuple[Judged, Reached]], *, at: datetime
) -> None:
    """The loops of these accounts, what each is exposed to, and who is told. In the tenant's scope."""
    common: dict[str, Any] = {"tenant": notice.tenant_id, "notice": notice.pk, "at": at}
    exposed = [(one.account_id, concern) for one in covered for concern in one.concerns]
    hours = notice.remind_after_hours
    with connection.cursor() as cursor:
        cursor.execute(
            _LOOPS,
            {
                **common,
                "accounts": [one.account_id for one in covered],
                "affected": [str(one.affected) for one in covered],
                "standings": [str(_standing(one)) for one in covered],
            },
        )
        cursor.execute(
            _EXPOSURES,
            {
                **common,
                "accounts": [account_id for account_id, _concern in exposed],
                "products": [concern.product_id for _account, concern in exposed],
                "installations": [it.id if (it := concern.installation) else None for _, concern in exposed],
                "affected": [str(concern.affected) for _account, concern in exposed],
            },
        )
        cursor.execute(
            _RECIPIENTS,
            {
                **common,
                "remind_at": at + timedelta(hours=hours) if hours else None,
                "accounts": [one.account_id for one, _reached in told],
                "people": [reached.person_id for _one, reached in told],
                "affected": [str(reached.affected) for _one, reached in told],
                "by_mail": [reached.by_mail for _one, reached in told],
                "in_portal": [reached.in_portal for _one, reached in told],
            },
        )


def _standing(one: Judged) -> Standing:
    return Standing.NOT_AFFECTED if one.affected == Affected.NO else Standing.EXPOSED
