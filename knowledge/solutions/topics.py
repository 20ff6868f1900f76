"""By what staff choose how they are told of solutions, and the kinds of what they are told.

The texts are in templates/mail/solutions/.
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from knowledge.solutions import rules
from knowledge.solutions.enums import Stage, State
from knowledge.solutions.models import Flag, Revision, Solution
from knowledge.solutions.telling import ASKED, DUE, FLAGGED, PUBLISHED, SENT_BACK
from notifications.kinds import Kind, StillRight, register
from notifications.models import Notification
from notifications.topics import ONCE_A_DAY, Topic
from plans.queries import nearest
from portal.core.ui.formatting import formats
from portal.identity.models import Membership

SOLUTIONS = Topic(
    code="solutions",
    label=gettext_lazy("Solutions"),
    help=gettext_lazy("A text to read, what became of mine, what is wrong or to be looked at again."),
    position=55,
    concerns=rules.writes_solutions,
    choices=ONCE_A_DAY,
)

Data = Mapping[str, Any]
Stands = Callable[[Membership, Revision, Data], bool]


def _to_read(person: Membership, text: Revision, data: Data) -> bool:
    """As it was handed in, and the person may still be the second one."""
    return text.saves == data["saves"] and rules.may_publish(person, text)


def _is_read(person: Membership, text: Revision, data: Data) -> bool:
    return text.stage == Stage.PUBLISHED and rules.wrote(person, text)


def _to_write(person: Membership, text: Revision, data: Data) -> bool:
    """Nobody has gone on with it since."""
    return text.stage == Stage.DRAFT and text.saves == data["saves"] and rules.wrote(person, text)


def _while(stands: Stands) -> StillRight:
    """Of texts that stand as told. One statement."""

    def still_right_many(told: Sequence[Notification]) -> set[uuid.UUID]:
        texts = Revision.objects.filter(tenant_id=told[0].tenant_id).exclude(solution__state=State.RETIRED)
        found = texts.defer("symptom", "cause", "resolution").in_bulk({one.data["text"] for one in told})
        return {
            one.pk
            for one in told
            if (text := found.get(one.data["text"])) and stands(one.recipient, text, one.data)
        }

    return still_right_many


def _still_flagged(told: Sequence[Notification]) -> set[uuid.UUID]:
    """Nobody has said yet what became of it, and readers still go by the solution. One statement."""
    flags = Flag.objects.filter(
        tenant_id=told[0].tenant_id,
        pk__in={one.data["flag"] for one in told},
        resolved_at=None,
        solution__state=State.PUBLISHED,
    )
    still_open = set(flags.values_list("pk", flat=True))
    return {one.pk for one in told if one.data["flag"] in still_open}


def _still_due(told: Sequence[Notification]) -> set[uuid.UUID]:
    """By the same day, and it is the person who keeps it. One statement."""
    solutions = Solution.objects.filter(tenant_id=told[0].tenant_id, state=State.PUBLISHED)
    found = solutions.select_related("owner").in_bulk({one.data["solution"] for one in told})
    return {
        one.pk
        for one in told
        if (solution := found.get(one.data["solution"])) and _looks(one.recipient, solution, one.data)
    }


def _looks(person: Membership, solution: Solution, data: Data) -> bool:
    if solution.review_by is None or solution.review_by.isoformat() != data["day"]:
        return False
    left = solution.owner.removed_at is not None
    return rules.decides_on_solutions(person) if left else person.pk == solution.owner_id


def _works_here(person: Membership) -> bool:
    return person.removed_at is None and rules.writes_solutions(person)


def _of_those_here(check: StillRight) -> StillRight:
    """The check, of what those were told who still work here; where there is none, it is not asked."""

    def still_right_many(notifications: Sequence[Notification]) -> Collection[uuid.UUID]:
        told = [one for one in notifications if _works_here(one.recipient)]
        return check(told) if told else set()

    return still_right_many


def _asked_title(data: Data) -> str:
    return _("%(by)s asks for a review of %(reference)s: %(title)s") % data


def _published_title(data: Data) -> str:
    return _("%(by)s published your text of %(reference)s: %(title)s") % data


def _sent_back_title(data: Data) -> str:
    return _("%(by)s sent your text of %(reference)s back: %(title)s") % data


def _flagged_title(data: Data) -> str:
    return _("%(by)s says that something is wrong in %(reference)s: %(title)s") % {
        **data,
        "title": _title_in(data),
    }


def _due_title(data: Data) -> str:
    """Names the day: it is read later than it is written."""
    return _("%(reference)s is to be looked at again by %(day)s: %(title)s") % {
        "reference": data["reference"],
        "day": formats().day(date.fromisoformat(data["day"])),
        "title": _title_in(data),
    }


def _title_in(data: Data) -> str:
    title: str = nearest(data["titles"], data["language"], get_language() or "en")
    return title


def _kind(code: str, icon: str, title: Callable[[Data], str], still_right_many: StillRight) -> Kind:
    return Kind(
        code=code,
        title=title,
        template=code.replace(".", "/"),
        icon=icon,
        still_right_many=_of_those_here(still_right_many),
        topic=SOLUTIONS,
    )


def register_kinds() -> None:
    register(
        _kind(ASKED, "book-open-check", _asked_title, _while(_to_read)),
        _kind(PUBLISHED, "send", _published_title, _while(_is_read)),
        _kind(SENT_BACK, "undo-2", _sent_back_title, _while(_to_write)),
        _kind(FLAGGED, "flag", _flagged_title, _still_flagged),
        _kind(DUE, "calendar-clock", _due_title, _still_due),
    )
