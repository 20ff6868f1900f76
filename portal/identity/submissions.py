"""One form or API call, one effect: a double click or a resend finds what the first arrival made."""

import hashlib
import json
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.errors import Conflict
from portal.core.prepared import Call, Planned, run_together
from portal.identity.models import Membership, Submission

# Once for each form and each call that has a key. A row comes back to whoever was first.
_CLAIM = Planned.named("""
INSERT INTO identity_submission (tenant_id, user_id, key, fingerprint, result, created_at)
VALUES (%(tenant)s, %(user)s, %(key)s, %(fingerprint)s, '', %(now)s)
ON CONFLICT DO NOTHING
RETURNING id
""")
_REMEMBER = Planned.named("""
UPDATE identity_submission SET result = %(result)s
WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND key = %(key)s
""")
CAME_BEFORE = """EXISTS (
    SELECT FROM identity_submission AS earlier
    WHERE earlier.tenant_id = %(tenant)s AND earlier.user_id = %(user)s AND earlier.key = %(key)s
      AND (earlier.result <> '' OR earlier.fingerprint <> %(fingerprint)s)
)"""
"""SQL, after :func:`arriving`: whether :func:`first_arrival` gives an earlier submission."""


def fingerprint(*parts: Any) -> str:
    """A hash of what was submitted, to tell a resend from a different content under the same key."""
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()


def first_arrival(*, person: Membership, key: str, content: str) -> Submission | None:
    """Claim ``key`` for this transaction; None if it is free of any key or claimed for the first time.

    Otherwise the earlier submission, with its ``result``. While the first arrival is still being worked
    on, the second waits for it. Call :func:`remember` with the result before the transaction ends.

    :raises Conflict: the key was used before for a different content.
    """
    calls = arriving(person=person, key=key, content=content)
    if not calls:
        return None
    with connection.cursor() as cursor:
        run_together(cursor, calls)
        if cursor.fetchone() is not None:
            return None
    row = Submission.objects.get(tenant_id=person.tenant_id, user_id=person.user_id, key=key)
    if row.fingerprint != content:
        raise Conflict(
            _("This form was already sent with a different content. Open it afresh."), code="key_reused"
        )
    return row if row.result else None


def arriving(*, person: Membership, key: str, content: str) -> list[Call]:
    """The claim of :func:`first_arrival`, for who asks for more in the same round trip."""
    values = {
        "tenant": person.tenant_id,
        "user": person.user_id,
        "key": key,
        "fingerprint": content,
        "now": timezone.now(),
    }
    return [_CLAIM.call(values)] if key else []


def remember(*, person: Membership, key: str, result: str) -> None:
    if calls := remembering(person=person, key=key, result=result):
        with connection.cursor() as cursor:
            run_together(cursor, calls)


def remembering(*, person: Membership, key: str, result: str) -> list[Call]:
    """What :func:`remember` does, for who has more to write in the same round trip."""
    values = {"tenant": person.tenant_id, "user": person.user_id, "key": key, "result": result}
    return [_REMEMBER.call(values)] if key else []
