"""What happens to an incident, and when: a scenario made into a timed script.

Pure, and the same for the same scenario, telling and present.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import accumulate
from random import Random

from incidents.demo.material import Raw
from incidents.demo.pacing import Pace

DAYS = 90
"""How far back the oldest incident may lie."""
_CLOSES_AFTER = timedelta(days=7)
_SETTLED = _CLOSES_AFTER + timedelta(days=1)
_ANSWERED = ("open", "waiting", "resolved", "closed")


class Act(Enum):
    CUSTOMER = auto()
    STAFF = auto()
    NOTE = auto()
    TAKE = auto()
    RAISE = auto()
    LOWER = auto()
    CONTEST = auto()
    RESOLVE = auto()
    REOPEN = auto()
    CLOSE = auto()


class Twist(Enum):
    """What may happen besides the conversation."""

    NONE = auto()
    RAISED = auto()
    LOWERED = auto()
    CONTESTED = auto()
    REOPENED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One thing that happens. ``waiting``: the message asks the customer for something."""

    act: Act
    at: datetime
    text: str = ""
    waiting: bool = False
    file: tuple[str, bytes] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """An incident from its logging, with ``severity``, to where it stands now."""

    scenario: Raw
    telling: int
    severity: int
    title: str
    description: str
    logged_at: datetime
    beats: Sequence[Beat]


@dataclass(frozen=True, slots=True)
class _Step:
    act: Act
    gap: int
    text: str = ""
    waiting: bool = False
    file: tuple[str, bytes] | None = None


def write_script(
    scenario: Raw,
    telling: int,
    *,
    stands: Raw | None,
    phrases: Raw,
    pace_of: Callable[[int], Pace],
    now: datetime,
) -> Script:
    """The script of one telling of a scenario; the newest is number 0, and older ones are told to the end.

    :param stands: how the newest telling stands now, where that is not what the scenario's ``ends`` says.
    :param pace_of: the pace for a severity.
    """
    rng = Random(f"{scenario['id']} {telling}")  # noqa: S311  chance in a story, not a secret
    stands = (stands if telling == 0 else None) or {}
    stage = stands.get("stage") or (scenario["ends"] if telling == 0 else "closed")
    twist = _twist(scenario, stage, rng)
    severity = scenario["severity"] + {Twist.RAISED: 1, Twist.LOWERED: -1, Twist.CONTESTED: -1}.get(twist, 0)
    pace = pace_of(min(severity, scenario["severity"]))
    if stage in _ANSWERED:
        steps = list(_answered(scenario, stage, twist, pace, rng, phrases))
        logged_at = _began(stage, telling, sum(step.gap for step in steps), pace, now, rng)
    else:
        used = max(1, pace.minutes * stands["used"] // 100)
        steps = list(_unanswered(scenario, stage, used))
        logged_at = pace.before(now, used)
    beats = [
        Beat(
            act=step.act, at=pace.after(logged_at, gone), text=step.text, waiting=step.waiting, file=step.file
        )
        for step, gone in zip(steps, accumulate(step.gap for step in steps), strict=True)
    ]
    if stage == "closed":
        beats.append(
            Beat(act=Act.CLOSE, at=beats[-1].at + _CLOSES_AFTER + timedelta(minutes=rng.randint(1, 9)))
        )
    opening = scenario["openings"][telling]
    return Script(
        scenario=scenario,
        telling=telling,
        severity=severity,
        title=opening["title"],
        description=f"{opening['opening']}\n\n{scenario['details']}",
        logged_at=logged_at,
        beats=beats,
    )


def _twist(scenario: Raw, stage: str, rng: Random) -> Twist:
    drawn = rng.random()
    if stage not in _ANSWERED or scenario["kind"] == "how_to":
        return Twist.NONE
    if drawn < 0.09:
        return Twist.RAISED if scenario["severity"] < 4 else Twist.NONE
    if drawn < 0.18:
        return Twist.LOWERED if scenario["severity"] > 1 else Twist.NONE
    if drawn < 0.25:
        return Twist.CONTESTED if scenario["severity"] > 1 else Twist.NONE
    if drawn < 0.36 and scenario["kind"] == "defect" and stage in {"resolved", "closed"}:
        return Twist.REOPENED
    return Twist.NONE


def _unanswered(scenario: Raw, stage: str, used: int) -> Iterator[_Step]:
    """What the customer adds before anybody answers, spread over the time that has passed."""
    early = _before_the_answer(scenario)
    part = used // (len(early) + 2)
    for message in early:
        yield _Step(Act.CUSTOMER, max(1, part), message["body"])
    if stage == "taken":
        yield _Step(Act.TAKE, max(1, part))


def _before_the_answer(scenario: Raw) -> list[Raw]:
    sides = [message["side"] for message in scenario["messages"]]
    first = sides.index("staff") if "staff" in sides else len(sides)
    return list(scenario["messages"][:first])


def _answered(
    scenario: Raw, stage: str, twist: Twist, pace: Pace, rng: Random, phrases: Raw
) -> Iterator[_Step]:
    language = scenario["language"]
    response = pace.response(rng)
    early = _before_the_answer(scenario)
    part = response // (len(early) + 2)
    left = response
    if twist == Twist.RAISED:
        left -= part
        yield _Step(Act.RAISE, max(1, part), phrases["raised"][language])
    for message in early:
        left -= part
        yield _Step(Act.CUSTOMER, max(1, part), message["body"])
    for place, step in enumerate(_exchange(scenario, stage, len(early), pace, rng)):
        yield replace(step, gap=max(1, left)) if place == 0 else step
        if place == 0 and twist in {Twist.LOWERED, Twist.CONTESTED}:
            yield _Step(Act.LOWER, rng.randint(1, 3), phrases["lowered"][language])
        if place == 0 and twist == Twist.CONTESTED:
            yield _Step(Act.CONTEST, pace.turn(rng, 3), phrases["contested"][language])
    if stage in {"resolved", "closed"}:
        yield _Step(Act.RESOLVE, pace.turn(rng, 4), scenario["resolution"])
        if twist == Twist.REOPENED:
            yield _Step(Act.REOPEN, pace.turn(rng, 12), phrases["again"][language])
            yield _Step(Act.STAFF, pace.turn(rng, 4), phrases["mended"][language])
            yield _Step(Act.RESOLVE, pace.turn(rng, 8), scenario["resolution"])


def _exchange(scenario: Raw, stage: str, first: int, pace: Pace, rng: Random) -> Iterator[_Step]:
    """The messages from the first answer on. An answer waits for the customer who writes next."""
    messages = scenario["messages"][first:]
    for place, message in enumerate(messages):
        later = [other["side"] for other in messages[place + 1 :] if other["side"] != "internal"]
        match message["side"]:
            case "staff":
                asks = later[0] == "customer" if later else stage == "waiting"
                yield _Step(Act.STAFF, pace.turn(rng, 6), message["body"], waiting=asks)
            case "customer":
                file = message.get("attachment")
                content = (file["name"], file["text"].encode()) if file else None
                yield _Step(Act.CUSTOMER, pace.turn(rng, 8), message["body"], file=content)
            case _:
                yield _Step(Act.NOTE, pace.turn(rng, 2), message["body"])


def _began(stage: str, telling: int, minutes: int, pace: Pace, now: datetime, rng: Random) -> datetime:
    """When a conversation of so many minutes of coverage began, to stand as it does now."""
    if stage in {"open", "waiting"}:
        return pace.before(now, minutes + pace.turn(rng, 8 if stage == "open" else 16))
    if stage == "resolved":
        return pace.before(now - timedelta(hours=rng.randint(2, 130)), minutes)
    latest = pace.before(now - _SETTLED, minutes)
    span = pace.between(now - timedelta(days=DAYS - 2), latest)
    began = pace.before(latest, round(span * (telling + rng.random()) / 3))
    return began - timedelta(minutes=rng.randint(0, 14 * 60)) if rng.random() < 0.15 else began
