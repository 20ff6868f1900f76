"""Who was told and what they did, as CSV."""

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext as _

from knowledge.critical.following import Told, every_recipient
from knowledge.critical.models import Notice
from portal.core.sheets import LARGEST, instant, sheet
from portal.identity.models import Membership


def recipients(person: Membership, notice: Notice) -> HttpResponse:
    """Times are in the tenant's zone."""
    head = [
        *(_("Account"), _("Name"), _("Affected"), _("Told"), _("Mail"), _("Why not sent"), _("Have read it")),
        *(_("Acknowledged"), _("Fix downloaded"), _("Fixed"), _("Not affected"), _("Reminded")),
        _("Account stands"),
    ]
    rows = every_recipient(person, notice, most=LARGEST + 1)
    return sheet(f"critical-{notice.reference}", head, _cells(rows, ZoneInfo(person.tenant.time_zone)))


def _cells(rows: Iterable[Told], zone: ZoneInfo) -> Iterator[Sequence[object]]:
    for told in rows:
        one, mail = told.recipient, told.mail
        yield [
            *(one.account.key, one.person.name, one.get_affected_display(), instant(one.told_at, zone)),
            mail.get_state_display() if mail else "",
            told.trouble,
            *(instant(at, zone) for at in (one.read_at, one.acknowledged_at, one.downloaded_at)),
            *(instant(at, zone) for at in (one.fixed_at, one.not_affected_at, one.reminded_at)),
            told.standing.label,
        ]
