"""What can be found. An upper app registers its kinds in ``AppConfig.ready``.

register(Kind(code="solution", label=_("Solution"), icon="lightbulb", group=_("Knowledge"), position=10,
              suggested=True))
"""

from dataclasses import dataclass

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """``group`` heads it among the choices; ``suggested``: it can spare somebody an incident, so it is
    shown beside the form that logs one."""

    code: str
    label: Words
    icon: str
    group: Words
    position: int
    suggested: bool = False


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Add kinds; the same code again replaces the earlier one."""
    for kind in kinds:
        _kinds[kind.code] = kind


def kinds() -> list[Kind]:
    """In their order. What no app of this process has registered is not found."""
    return sorted(_kinds.values(), key=lambda kind: (kind.position, kind.code))


def kind_of(code: str) -> Kind:
    """:raises LookupError: no app of this process has registered the code."""
    return _kinds[code]
