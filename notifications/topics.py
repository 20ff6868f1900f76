"""What people choose by: a few groups of kinds that everybody understands.

TEAM = Topic(
    code="team", label=_("My team’s queue"), help=_("Critical incidents, checks of coverage."),
    position=40, concerns=lambda person: person.is_staff_member,
)
register(Kind(code="incidents.critical", topic=TEAM, …))
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise

from notifications.enums import Channel, Choice
from portal.identity.models import Membership

_ALL: Mapping[str, tuple[Choice, ...]] = {
    Channel.PORTAL: (Choice.NOW, Choice.OFF),
    Channel.MAIL: (Choice.NOW, Choice.DAILY, Choice.OFF),
}
ONCE_A_DAY: Mapping[str, tuple[Choice, ...]] = {
    Channel.PORTAL: (Choice.NOW, Choice.OFF),
    Channel.MAIL: (Choice.DAILY, Choice.NOW, Choice.OFF),
}
"""For what has time until the digest, unless a person wants it sooner."""
NEVER_OFF: Mapping[str, tuple[Choice, ...]] = {
    Channel.PORTAL: (Choice.NOW,),
    Channel.MAIL: (Choice.NOW, Choice.DAILY),
}
"""For what nobody may say later that they were not told."""


def _everybody(person: Membership) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """``concerns`` says who is ever told of it, and so sees it among their choices. The first choice of a
    channel stands where a person has made none."""

    code: str
    label: Promise
    help: Promise
    position: int
    concerns: Callable[[Membership], bool] = _everybody
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=lambda: _ALL)

    def default(self, channel: Channel) -> Choice:
        return self.choices[channel][0]

    def may_be_off(self, channel: Channel) -> bool:
        return Choice.OFF in self.choices[channel]
