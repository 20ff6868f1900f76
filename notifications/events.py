"""What there is to tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from portal.identity.models import Membership

NEWS = timedelta(days=1)
"""What happened longer ago is history: whoever is told of it only now finds it read, and gets no mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, and who is told of it.

    ``key`` names the event within its kind. ``url`` is a path in the tenant's portal; ``data`` holds
    what the kind's title and mail need, as JSON. ``at`` is when it happened; see :data:`NEWS`.
    Not ``in_portal``: its recipients want it by other ways, and find it read.
    """

    kind: str
    key: str
    recipients: Sequence[Membership]
    url: str
    data: Mapping[str, Any]
    at: datetime = field(default_factory=timezone.now)
    in_portal: bool = True
