"""The history of an incident in sentences, in the active language."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from django.utils.translation import gettext as _

from incidents.enums import State
from plans.enums import TargetKind
from portal.core.ui.formatting import formats

Words = Mapping[str, Any]


class Change(Protocol):
    """An entry of the history, as a row or as a value."""

    @property
    def verb(self) -> str: ...

    @property
    def actor_name(self) -> str: ...

    @property
    def data(self) -> Words: ...


class Sentence(NamedTuple):
    """What happened, and the person's own words about it where there are any."""

    icon: str
    text: str
    words: str = ""


def sentence_of(entry: Change) -> Sentence:
    """One change as a sentence with its actor; an unknown verb, of a newer version, is named as it is."""
    icon, write = _SENTENCES.get(entry.verb, ("circle", _unknown))
    values = {**entry.data, "who": entry.actor_name or _("The portal"), "verb": entry.verb}
    return Sentence(icon, write(values), str(entry.data.get("reason") or entry.data.get("resolution") or ""))


def _logged(values: Words) -> str:
    if values.get("coverage_check"):
        return (
            _("%(who)s logged the incident with severity %(severity)s; its coverage has to be checked")
            % values
        )
    return _("%(who)s logged the incident with severity %(severity)s") % values


def _first_response(values: Words) -> str:
    if due_at := values.get("due_at"):
        return _("%(who)s gave the first response, promised by %(due)s") % {**values, "due": _time(due_at)}
    return _("%(who)s gave the first response") % values


def _call(values: Words) -> str:
    called = _time(values["called_at"])
    return _("%(who)s noted a call with the customer on %(time)s") % {**values, "time": called}


def _assigned(values: Words) -> str:
    if not values.get("to"):
        return _("%(who)s gave the incident back to the team") % values
    if values["to"] == values["who"]:
        return _("%(who)s took the incident") % values
    return _("%(who)s assigned the incident to %(to)s") % values


def _team(values: Words) -> str:
    return _("%(who)s moved the incident to the team %(to)s") % values


def _state(values: Words) -> str:
    named = {**values, "before": _state_name(values["before"]), "after": _state_name(values["after"])}
    return _("%(who)s changed the state from “%(before)s” to “%(after)s”") % named


def _state_name(code: str) -> str:
    return str(State(code).label) if code in State.values else code


def _severity(values: Words) -> str:
    if values["after"] < values["before"]:
        return _("%(who)s raised the severity from %(before)s to %(after)s") % values
    return _("%(who)s lowered the severity from %(before)s to %(after)s") % values


def _severity_contested(values: Words) -> str:
    return _("%(who)s contested the severity %(severity)s") % values


def _resolved(values: Words) -> str:
    return _("%(who)s resolved the incident") % values


def _reopened(values: Words) -> str:
    return _("%(who)s reopened the incident") % values


def _closed(values: Words) -> str:
    return _("%(who)s closed the incident") % values


def _breached(values: Words) -> str:
    named = {"promise": TargetKind(values["promise"]).label, "due": _time(values["due_at"])}
    if not values["commitment_at"]:
        return _("%(promise)s was promised by %(due)s, and the promise was not kept.") % named
    named["commitment"] = _time(values["commitment_at"])
    return (
        _(
            "%(promise)s was promised by %(due)s, and the promise was not kept."
            " The new commitment is %(commitment)s"
        )
        % named
    )


def _committed(values: Words) -> str:
    named = {"who": values["who"], "commitment": _time(values["commitment_at"])}
    return _("%(who)s committed to a new time: %(commitment)s") % named


def _time(text: str) -> str:
    return formats().full(datetime.fromisoformat(text))


def _covered(values: Words) -> str:
    return _("%(who)s put the incident under cover of contract %(contract)s") % values


def _follower(values: Words) -> str:
    return _("%(who)s added %(name)s as a follower") % values


def _solution_linked(values: Words) -> str:
    return _("%(who)s linked the solution %(reference)s") % values


def _solution_unlinked(values: Words) -> str:
    return _("%(who)s took the link to the solution %(reference)s away") % values


def _unknown(values: Words) -> str:
    return _("%(who)s: %(verb)s") % values


_SENTENCES: dict[str, tuple[str, Callable[[Words], str]]] = {
    "logged": ("inbox", _logged),
    "first_response": ("message-square", _first_response),
    "call": ("phone", _call),
    "assigned": ("user", _assigned),
    "team": ("users", _team),
    "state": ("git-branch", _state),
    "severity": ("arrow-up-down", _severity),
    "severity_contested": ("message-circle-warning", _severity_contested),
    "resolved": ("circle-check", _resolved),
    "reopened": ("rotate-ccw", _reopened),
    "closed": ("lock", _closed),
    "breached": ("alarm-clock-off", _breached),
    "committed": ("handshake", _committed),
    "covered": ("shield-check", _covered),
    "follower": ("user-plus", _follower),
    "solution_linked": ("lightbulb", _solution_linked),
    "solution_unlinked": ("lightbulb-off", _solution_unlinked),
}
