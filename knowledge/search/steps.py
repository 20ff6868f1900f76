"""What a reader can do who found no answer. An upper app registers it in ``AppConfig.ready``."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from portal.identity.models import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    label: str | Promise
    url_name: str
    icon: str
    shown_to: Callable[[Membership], bool]


_steps: dict[str, Step] = {}


def register(*steps: Step) -> None:
    """Add steps; the same address again replaces the earlier one."""
    for step in steps:
        _steps[step.url_name] = step


def steps_for(person: Membership | None) -> list[Step]:
    return [step for step in _steps.values() if step.shown_to(person)] if person else []
