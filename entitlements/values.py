"""What an account holds, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from plans.matrix import Matrix, PlanValue

EXPIRING_DAYS = 90
"""How many days before its end a contract counts as expiring."""
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One product on a contract while one plan holds, with all that decisions need to know of the contract.

    Both days are days in ``zone``, and the line lasts to the end of ``ends_on``. The same borders as UTC
    instants, half-open: at ``ends`` it is over, at ``grace_ends`` the grace.

    An upgrade ends a line and begins the next; a product that is added begins one. ``period_ends_on`` is the
    last day of the contract's support period, and only its last line has grace.
    """

    id: int
    contract_id: int
    number: str
    product_id: int
    plan: PlanValue
    edition_id: int
    """The edition that the contract is pinned to."""
    matrix: Matrix
    """What the contract enjoys: the better of its pinned edition and the current one."""
    starts_on: date
    ends_on: date
    grace_days: int
    zone: ZoneInfo
    cancelled_at: datetime | None = None
    used: Mapping[str, int] = field(default_factory=dict)
    """How often each feature with an allowance has been used in this support period."""
    upgrade_id: int | None = None
    """What gave the contract its plan, where that is not the one it was signed with."""
    period_ends_on: date | None = None
    """Left out, the line's own last day."""
    renews_id: int | None = None
    """The contract of the period before."""
    begins: datetime = field(init=False)
    expires_soon: datetime = field(init=False)
    ends: datetime = field(init=False)
    grace_ends: datetime = field(init=False)

    def __post_init__(self) -> None:
        over = self.ends_on + timedelta(days=1)
        for name, day in (
            ("begins", self.starts_on),
            ("expires_soon", self.last_day - timedelta(days=EXPIRING_DAYS)),
            ("ends", over),
            ("grace_ends", over + timedelta(days=self.grace_days)),
        ):
            object.__setattr__(self, name, day_begins(day, self.zone))

    @property
    def last_day(self) -> date:
        """Of the support period."""
        return self.period_ends_on or self.ends_on


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def weekend_of(day: date) -> tuple[date, date]:
    """Saturday and Sunday at the end of the day's week, which begins on a Monday.

    A use that is noted for a weekday is for the weekend ahead: one that lay before it would have had less
    notice, and would be over before the use could no longer be given back.
    """
    saturday = day + timedelta(days=_SATURDAY - day.weekday())
    return saturday, saturday + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class GrantValue:
    """A feature given at discretion: by whom, why, and for which days of the account's, both inclusive."""

    id: int
    feature_code: str
    product_id: int | None
    """None: every product."""
    starts_on: date
    ends_on: date
    reason: str
    granted_by: str
    revoked_at: datetime | None = None

    def runs(self, day: date, at: datetime) -> bool:
        """Whether, as seen at ``at``, it gives the feature on that day."""
        return self.starts_on <= day <= self.ends_on and (self.revoked_at is None or at < self.revoked_at)


@dataclass(frozen=True)
class Holdings:
    """An account's contract lines, and the edition that is in force for whoever buys now."""

    account_id: int
    account_name: str
    tenant_id: int
    time_zone: str
    region: str
    """Country and subdivision of the support region, for its public holidays."""
    lines: tuple[Line, ...]
    current: Matrix
    products: Mapping[int, str] = field(default_factory=dict)
    """The names of the tenant's products."""
    event_days: tuple[date, ...] = ()
    """Local dates of the weekends with Special Event Support that the account has booked. On them every
    hour counts, at every severity; for standard installations only, which the asker has to see to."""
    grants: tuple[GrantValue, ...] = ()
    """What was ever given at discretion, the latest to end first."""

    @cached_property
    def ranked(self) -> tuple[Line, ...]:
        """The order in which lines are asked: the highest plan first, of equal ones the latest contract."""
        return tuple(
            sorted(self.lines, key=lambda line: (-line.plan.rank, -line.begins.timestamp(), -line.id))
        )

    @cached_property
    def by_product(self) -> Mapping[int, tuple[Line, ...]]:
        found: dict[int, list[Line]] = {}
        for line in self.ranked:
            found.setdefault(line.product_id, []).append(line)
        return {product_id: tuple(lines) for product_id, lines in found.items()}

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def contracts(self) -> tuple[tuple[Line, ...], ...]:
        """The lines of each contract, the latest contract first."""
        grouped: dict[int, list[Line]] = {}
        for line in self.lines:
            grouped.setdefault(line.contract_id, []).append(line)

        def began(lines: list[Line]) -> tuple[datetime, int]:
            return min(line.begins for line in lines), lines[0].contract_id

        return tuple(tuple(lines) for lines in sorted(grouped.values(), key=began, reverse=True))
