"""The dead man's switch of the alerts: what staff read when the sweep stands still."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.alerts.sweep import HEARTBEAT
from portal.core import heartbeats
from portal.core.ui.formatting import formats


def _notice(since: datetime) -> str:
    form = formats()
    return _(
        "Alerts have been standing still since %(time)s. Watch the due times yourself until they run again;"
        " what was missed is alerted then."
    ) % {"time": form.moment(since, timezone.now())}


def watch_alerts() -> None:
    heartbeats.watch(heartbeats.Watched(name=HEARTBEAT, late=timedelta(minutes=1), notice=_notice))
