"""The parts of an incident's page, drawn: they are the same on every page but for a few values."""

from collections.abc import Mapping, Sequence

from django.utils.safestring import SafeString

from incidents import people, present, rules
from incidents.clocks.reading import ShownClock
from incidents.forms import new_key
from incidents.models import Incident
from incidents.shown import Shown
from incidents.solved import linked_to
from incidents.thread import Changed
from portal.core.ui.rows import draw_rows
from portal.core.ui.still import draw_still
from portal.identity.models import Membership


def draw_head(incident: Incident, here: str, clocks: Mapping[str, ShownClock]) -> SafeString:
    """Severity, state, and how the promised time stands."""
    summary = present.summary_of(incident, clocks)
    clock = summary.clock
    values = {
        "here": here,
        "severity": summary.severity_name,
        "state": summary.state,
        "used": str(clock.used),
        "words": clock.words,
        "due": clock.due,
        "ticks": clock.ticks,
        "note": clock.note,
        "promise": summary.promise,
    }
    return draw_still(
        "incidents/head.html",
        values,
        level=summary.severity,
        tone=summary.state_tone,
        clock=clock.state if summary.may_explain else "",
        promised=bool(summary.promise),
        noted=bool(clock.note),
    )


def draw_actions(
    person: Membership, incident: Incident, here: str, csrf: str, offered: Mapping[str, Sequence[object]]
) -> SafeString:
    """The changes that the person can make."""
    return draw_still(
        "incidents/actions.html",
        {"here": here, "csrf": csrf, "revision": str(incident.revision)},
        takes=rules.may_take(person, incident),
        assigned=incident.assignee_id is not None,
        buttons=tuple(offered["buttons"]),
        more=tuple(offered["more"]),
    )


def draw_aside(
    person: Membership,
    shown: Shown,
    names: Mapping[int, people.Named],
    changes: Sequence[Changed],
    clocks: Mapping[str, ShownClock],
    *,
    longer: bool,
    here: str,
    csrf: str,
) -> SafeString:
    """People, details, resolution, solutions and the latest changes."""
    incident, around = shown
    linked = linked_to(person, incident)
    followers = present.follower_names(person, names.values())
    values = {
        "here": here,
        "csrf": csrf,
        "assignee": names[incident.assignee_id].name if incident.assignee_id else "",
        "team": around.team or "",
        "reporter": names[incident.reported_by_id].name,
        "account": around.account,
        "followers": ", ".join(followers),
        "details": draw_rows("incidents/details.html", details=present.details_of(incident, around, person)),
        "resolution": present.rendered(incident.resolution),
        "history": present.drawn_changes(changes),
        "clocks": present.drawn_clocks(incident, clocks),
        "solutions": present.drawn_solutions(linked, here, csrf, staff=person.is_staff_member),
        "key": new_key(),
    }
    return draw_still(
        "incidents/aside.html",
        values,
        staff=person.is_staff_member,
        assigned=incident.assignee_id is not None,
        in_team=person.is_staff_member and around.team is not None,
        followed=bool(followers),
        following=person.pk in names and names[person.pk].follows,
        resolved=bool(incident.resolution),
        promised=bool(clocks),
        linked=bool(linked),
        longer=longer,
    )
