"""One form or API call, one effect: a double click or a resend finds what the first arrival made."""

import hashlib
import json
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.errors import Conflict
from portal.identity.models import Membership, Submission


def fingerprint(*parts: Any) -> str:
    """A hash of what was submitted, to tell a resend from a different content under the same key."""
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()


_CLAIM = """
INSERT INTO identity_submission (tenant_id, user_id, key, fingerprint, created_at, result)
VALUES (%s, %s, %s, %s, %s, '') ON CONFLICT DO NOTHING RETURNING id
"""


_REMEMBER = "UPDATE identity_submission SET result = %s WHERE tenant_id = %s AND user_id = %s AND key = %s"


def first_arrival(*, person: Membership, key: str, content: str) -> Submission | None:
    """Claim ``key`` for this transaction; None if it is free of any key or claimed for the first time.

    Otherwise the earlier submission, with its ``result``. While the first arrival is still being worked
    on, the second waits for it. Call :func:`remember` with the result before the transaction ends.

    :raises Conflict: the key was used before for a different content.
    """
    if not key:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [person.tenant_id, person.user_id, key, content, timezone.now()])
        if cursor.fetchone():
            return None
    row = Submission.objects.get(tenant_id=person.tenant_id, user_id=person.user_id, key=key)
    if row.fingerprint != content:
        raise Conflict(
            _("This form was already sent with a different content. Open it afresh."), code="key_reused"
        )
    return row if row.result else None


def remember(*, person: Membership, key: str, result: str) -> None:
    if key:
        with connection.cursor() as cursor:
            cursor.execute(_REMEMBER, [result, person.tenant_id, person.user_id, key])
