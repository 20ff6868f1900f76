"""An incident as its page shows it: every value formatted once, in the reader's language and zone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entitlements.enums import Environment
from incidents.clocks.reading import ShownClock
from incidents.enums import LIVE, STATE_TONE, Channel, ClockState, Kind, State
from incidents.models import Incident
from incidents.people import Named
from incidents.sentences import sentence_of
from incidents.shown import Around
from incidents.solved import Linked
from incidents.thread import Changed, File, Said
from incidents.timeleft import Teller, TimeLeft
from plans.enums import TargetKind
from plans.queries import product_names, severity_texts
from portal.core.templatetags.ui import initials
from portal.core.ui import icons, markdown
from portal.core.ui.formatting import Formats, formats
from portal.core.ui.rows import draw_rows
from portal.identity.models import Membership

_SHOWN_IN_THREAD = frozenset(
    {
        *("severity", "severity_contested", "resolved", "reopened", "closed", "covered"),
        *("breached", "committed"),
    }
)


@dataclass(frozen=True, slots=True)
class FileLink:
    url: str
    name: str
    size: str


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the conversation: a message, or a change of the incident (``side`` is then empty)."""

    id: str
    at: SafeString
    side: str = ""
    who: str = ""
    initials: str = ""
    role: str = ""
    body: str = ""
    files: Sequence[FileLink] = ()
    call: bool = False
    icon: str = ""
    text: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """The head of the page."""

    severity: int
    severity_name: str
    state: str
    state_tone: str
    clock: TimeLeft
    promise: str
    """What is due next and by when, or how the first response ended; empty where nothing is promised."""
    may_explain: bool


@lru_cache(maxsize=4096)
def _html(text: str) -> SafeString:
    """What was said never changes, so its Markdown is rendered once in each process."""
    return markdown.render(text)


def rendered(text: str) -> SafeString:
    return _html(text) if len(text) <= 20_000 else markdown.render(text)


def shown_clock(clock: ShownClock, now: datetime, form: Formats) -> TimeLeft:
    """How a clock stands: the counted time that is left, or how it ended."""
    if clock.state in LIVE:
        return Teller(now, form).tell(clock)
    due = form.full(clock.due_at)
    if clock.state == ClockState.STOPPED:
        return TimeLeft("none", 0, _("no longer due"), due=due)
    if clock.broken and clock.ended_at is not None:
        late = _("%(span)s late") % {"span": form.duration(clock.ended_at - clock.due_at)}
        return TimeLeft("none", 100, late, due=due)
    return TimeLeft("met", 100, _("in time"), due=due)


def summary_of(incident: Incident, clocks: Mapping[str, ShownClock]) -> Summary:
    now, form = timezone.now(), formats()
    texts = severity_texts(incident.tenant, get_language() or "en")
    state = State(incident.state)
    clock = clock_in_sight(incident, clocks)
    return Summary(
        severity=incident.severity,
        severity_name=texts[incident.severity].name,
        state=str(state.label),
        state_tone=STATE_TONE[state],
        clock=shown_clock(clock, now, form) if clock else TimeLeft("none", 0, _("No target")),
        promise=_promise(clock, now, form) if clock else "",
        may_explain=clock is not None,
    )


def clock_in_sight(incident: Incident, clocks: Mapping[str, ShownClock]) -> ShownClock | None:
    """What is due next; where nothing is, how the first response ended."""
    due = (clock for clock in clocks.values() if clock.id == incident.due_clock_id)
    return next(due, clocks.get(TargetKind.FIRST_RESPONSE))


def _promise(clock: ShownClock, now: datetime, form: Formats) -> str:
    kind = TargetKind(clock.kind).label
    if clock.state == ClockState.MET and clock.ended_at is not None:
        return _("%(kind)s given %(time)s") % {"kind": kind, "time": form.moment(clock.ended_at, now)}
    if clock.state == ClockState.STOPPED:
        return str(kind)
    return _("%(kind)s by %(time)s") % {"kind": kind, "time": form.moment(clock.due_at, now)}


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One promise in the side column."""

    kind: str
    clock: TimeLeft
    text: str
    commitment: str
    url: str


def drawn_clocks(incident: Incident, clocks: Mapping[str, ShownClock]) -> SafeString:
    """The promises of the incident and how each stands, as HTML."""
    now, form = timezone.now(), formats()
    why = reverse("incidents:why", args=[incident.reference])
    lines = [
        ClockLine(
            kind=str(TargetKind(clock.kind).label),
            clock=shown_clock(clock, now, form),
            text=form.moment(clock.ended_at or clock.due_at, now),
            commitment=form.moment(clock.commitment_at, now)
            if clock.commitment_at and clock.state in LIVE
            else "",
            url=f"{why}?clock={clock.id}",
        )
        for clock in clocks.values()
    ]
    words = {"why": _("Why this time?"), "commitment": _("Now committed to")}
    return draw_rows("incidents/clocks.html", lines=lines, words=words)


def thread_items(
    around: Around,
    names: Mapping[int, Named],
    messages: Iterable[Said],
    files: Mapping[int | None, Sequence[File]],
    changes: Iterable[Changed],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Item]:
    """Messages, and those changes between ``since`` and ``until`` that belong among them, in their order."""
    now, form = timezone.now(), formats()
    timed: list[tuple[datetime, Item]] = [
        (said.created_at, _message(around, names, said, files.get(said.id, ()), now, form))
        for said in messages
    ]
    for entry in changes:
        if (
            entry.verb not in _SHOWN_IN_THREAD
            or (since and entry.at < since)
            or (until and entry.at >= until)
        ):
            continue
        timed.append((entry.at, change_item(entry, now, form)))
    timed.sort(key=lambda pair: pair[0])
    return [item for _at, item in timed]


def description_item(
    incident: Incident, around: Around, names: Mapping[int, Named], files: Sequence[File]
) -> Item:
    """What the incident was logged with: the first word of its conversation."""
    now, form = timezone.now(), formats()
    who = names[incident.reported_by_id].name
    return Item(
        id="description",
        at=form.element(incident.created_at, now),
        side="customer",
        who=who,
        initials=initials(who),
        role=around.account,
        body=rendered(incident.description),
        files=_links(files, form),
    )


def change_item(entry: Changed, now: datetime, form: Formats) -> Item:
    sentence = sentence_of(entry)
    return Item(
        id=f"change-{entry.id}",
        at=form.element(entry.at, now),
        icon=icons.icon(sentence.icon, 12),
        text=sentence.text,
        words=sentence.words,
    )


def history_items(entries: Iterable[Changed]) -> list[Item]:
    """All changes, the latest first."""
    now, form = timezone.now(), formats()
    return [change_item(entry, now, form) for entry in entries][::-1]


def _message(
    around: Around,
    names: Mapping[int, Named],
    said: Said,
    files: Sequence[File],
    now: datetime,
    form: Formats,
) -> Item:
    who = names[said.author_id].name
    side = "internal" if said.internal else "staff" if said.by_staff else "customer"
    return Item(
        id=f"message-{said.id}",
        at=form.element(said.created_at, now),
        side=side,
        who=who,
        initials=initials(who),
        role={"customer": around.account, "staff": _("Support")}.get(side, ""),
        body=rendered(said.body),
        files=_links(files, form),
        call=said.channel == Channel.PHONE,
    )


def _links(files: Sequence[File], form: Formats) -> list[FileLink]:
    return [
        FileLink(reverse("incidents:attachment", args=[file.id]), file.name, form.size(file.size))
        for file in files
    ]


def drawn_thread(items: Sequence[Item]) -> SafeString:
    """The conversation as HTML."""
    words = {"internal": _("Internal note"), "call": _("Call")}
    return draw_rows(
        "incidents/thread.html",
        items=items,
        words=words,
        lock=icons.icon("lock", 12),
        clip=icons.icon("paperclip", 14),
        phone=icons.icon("phone", 12),
    )


def drawn_changes(entries: Iterable[Changed]) -> SafeString:
    """All of these changes as HTML, the latest first."""
    return draw_rows("incidents/changes.html", items=history_items(entries))


def drawn_solutions(linked: Sequence[Linked], here: str, csrf: str, *, staff: bool) -> SafeString:
    """The solutions as HTML; staff take a link away again."""
    words = {"unlink": _("Unlink")}
    return draw_rows(
        "incidents/solutions.html",
        solutions=linked,
        here=here,
        csrf=csrf,
        staff=staff,
        words=words,
        cross=icons.icon("x", 14),
    )


def follower_names(person: Membership, people: Iterable[Named]) -> list[str]:
    """Who follows now; a contact is shown the people of their own company."""
    return [
        one.name
        for one in people
        if one.follows and not one.removed and (person.is_staff_member or one.account_id is not None)
    ]


def details_of(incident: Incident, around: Around, person: Membership) -> list[tuple[str, str]]:
    """Terms and values for the side column, in their order."""
    pairs = [
        (_("Product"), product_names(incident.tenant_id)[incident.product_id]),
        (_("Installation"), _installation(around)),
        (_("Kind"), str(Kind(incident.kind).label)),
        (_("Plan"), around.plan),
        (_("Contract"), around.contract),
        (_("Account"), around.account if person.is_staff_member else ""),
        (_("Logged"), formats().full(incident.created_at)),
    ]
    return [(term, value) for term, value in pairs if value]


def _installation(around: Around) -> str:
    if around.installation is None or around.environment is None:
        return ""
    environment = Environment(around.environment).label
    return " · ".join(str(part) for part in (around.installation, around.version, environment) if part)
