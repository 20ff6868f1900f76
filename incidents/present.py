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
from incidents.enums import STATE_TONE, UNSOLVED, Kind, State
from incidents.explain import AT_RISK_PERCENT, percent_used
from incidents.models import Incident
from incidents.people import Named
from incidents.sentences import sentence_of
from incidents.shown import Around
from incidents.thread import Changed, File, Said
from plans.queries import product_names, severity_texts
from portal.core.templatetags.ui import initials
from portal.core.ui import icons, markdown
from portal.core.ui.formatting import Formats, formats
from portal.core.ui.rows import draw_rows
from portal.identity.models import Membership

_SHOWN_IN_THREAD = frozenset({"severity", "severity_contested", "resolved", "reopened", "closed", "covered"})


@dataclass(frozen=True, slots=True)
class Clock:
    """What ``<c-clock>`` takes."""

    state: str
    used: int
    words: str
    due: datetime | None = None


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
    clock: Clock
    promise: str
    """One sentence on the first response; empty where nothing is promised."""
    may_explain: bool


@lru_cache(maxsize=4096)
def _html(text: str) -> SafeString:
    """What was said never changes, so its Markdown is rendered once in each process."""
    return markdown.render(text)


def rendered(text: str) -> SafeString:
    return _html(text) if len(text) <= 20_000 else markdown.render(text)


def clock_of(incident: Incident, now: datetime, form: Formats) -> Clock:
    """How the first response stands: the time left, or how it ended."""
    due_at, met_at = incident.first_response_due_at, incident.first_responded_at
    if due_at is None or (met_at is None and incident.state not in UNSOLVED):
        return Clock("none", 0, _("No target"))
    if met_at is not None:
        if met_at <= due_at:
            return Clock("met", 100, _("First response in time"), due_at)
        late = form.duration(met_at - due_at)
        return Clock("none", 100, _("First response %(span)s late") % {"span": late}, due_at)
    if now >= due_at:
        span = form.duration(now - due_at)
        return Clock("overdue", 100, _("%(span)s overdue") % {"span": span}, due_at)
    used = percent_used(incident, now)
    span = form.duration(due_at - now)
    return Clock(
        "at-risk" if used >= AT_RISK_PERCENT else "ok", used, _("%(span)s left") % {"span": span}, due_at
    )


def summary_of(incident: Incident) -> Summary:
    now, form = timezone.now(), formats()
    texts = severity_texts(incident.tenant, get_language() or "en")
    return Summary(
        severity=incident.severity,
        severity_name=texts[incident.severity].name,
        state=str(State(incident.state).label),
        state_tone=STATE_TONE[State(incident.state)],
        clock=clock_of(incident, now, form),
        promise=_promise(incident, now, form),
        may_explain=incident.first_response_due_at is not None,
    )


def _promise(incident: Incident, now: datetime, form: Formats) -> str:
    due_at, met_at = incident.first_response_due_at, incident.first_responded_at
    if met_at is not None:
        return _("given %(time)s") % {"time": form.moment(met_at, now)}
    if due_at is not None and incident.state in UNSOLVED:
        return _("First response by %(time)s") % {"time": form.moment(due_at, now)}
    return ""


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
    )


def _links(files: Sequence[File], form: Formats) -> list[FileLink]:
    return [
        FileLink(reverse("incidents:attachment", args=[file.id]), file.name, form.size(file.size))
        for file in files
    ]


def drawn_thread(items: Sequence[Item]) -> SafeString:
    """The conversation as HTML."""
    words = {"internal": _("Internal note")}
    return draw_rows(
        "incidents/thread.html",
        items=items,
        words=words,
        lock=icons.icon("lock", 12),
        clip=icons.icon("paperclip", 14),
    )


def drawn_changes(entries: Iterable[Changed]) -> SafeString:
    """All of these changes as HTML, the latest first."""
    return draw_rows("incidents/changes.html", items=history_items(entries))


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
