"""What people are told about promised times: titles here, texts under templates/mail/incidents/."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.enums import LIVE, ClockState
from incidents.kinds import seen_by_recipient, seen_by_staff
from incidents.models import Clock
from incidents.topics import AT_RISK, BREACHES, PROMISES, is_critical
from notifications.kinds import Kind, StillRight, register
from notifications.models import Notification
from notifications.topics import Topic
from plans.enums import TargetKind
from portal.core.ui.formatting import formats

Data = Mapping[str, Any]
Reached = Callable[[Clock, Data], bool]


def _step_stands(clock: Clock, data: Data) -> bool:
    """It runs, and is due when it was: paused, met or changed, the step is another or none."""
    return bool(clock.state == ClockState.RUNNING and clock.due_at == _instant(data["due_at"]))


def _commitment_stands(clock: Clock, data: Data) -> bool:
    """What it was given for is still owed, and nobody has promised yet another time."""
    if clock.state not in LIVE or clock.commitment_at is None:
        return False
    return bool(clock.commitment_at == _instant(data["commitment_at"]))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _while(stands: Reached, seen: StillRight) -> StillRight:
    """Those that their recipient may see and whose clock still stands as told: two statements."""

    def still_right_many(notifications: Sequence[Notification]) -> set[uuid.UUID]:
        if not notifications:
            return set()
        wanted = {one.data.get("clock") for one in notifications}
        clocks = Clock.objects.filter(tenant_id=notifications[0].tenant_id).in_bulk(wanted)
        standing = [
            one
            for one in notifications
            if (clock := clocks.get(one.data.get("clock"))) and stands(clock, one.data)
        ]
        return set(seen(standing))

    return still_right_many


def _named(data: Data) -> dict[str, Any]:
    """The values of a title in the reader's language and zone."""
    form, now = formats(), timezone.now()
    commitment = data.get("commitment_at")
    return {
        "reference": data["reference"],
        "percent": data.get("percent"),
        "promise": TargetKind(data["promise"]).label,
        "due": form.moment(_instant(data["due_at"]), now),
        "commitment": form.moment(_instant(commitment), now) if commitment else "",
    }


def _due(data: Data) -> str:
    return _("%(reference)s: %(percent)s %% of the time is gone. %(promise)s is due %(due)s") % _named(data)


def _breached(data: Data) -> str:
    return _("%(reference)s is overdue. %(promise)s was due %(due)s") % _named(data)


def _late(data: Data) -> str:
    return _("%(reference)s is still overdue. %(promise)s was due %(due)s") % _named(data)


def _missed(data: Data) -> str:
    return _("%(reference)s: we have not kept our promise. %(promise)s was due %(due)s") % _named(data)


def _committed(data: Data) -> str:
    return _("%(reference)s: we now commit to %(commitment)s") % _named(data)


def _kind(
    name: str, icon: str, title: Callable[[Data], str], stands: Reached, seen: StillRight, topic: Topic
) -> Kind:
    return Kind(
        code=f"incidents.{name}",
        title=title,
        template=f"incidents/{name}",
        icon=icon,
        still_right_many=_while(stands, seen),
        topic=topic,
        urgent=is_critical,
    )


def register_alert_kinds() -> None:
    register(
        _kind("due", "alarm-clock", _due, _step_stands, seen_by_staff, AT_RISK),
        _kind("breached", "alarm-clock-off", _breached, _step_stands, seen_by_staff, BREACHES),
        _kind("late", "siren", _late, _step_stands, seen_by_staff, BREACHES),
        _kind("missed", "alarm-clock-off", _missed, _step_stands, seen_by_recipient, PROMISES),
        _kind("committed", "handshake", _committed, _commitment_stands, seen_by_recipient, PROMISES),
    )
