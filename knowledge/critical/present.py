"""Notices and what became of them, as pages show them: in the reader's language, with their tones."""

from typing import Any

from django.utils.translation import get_language

from knowledge.critical.enums import AFFECTED_TONE, STANDING_TONE, Affected, Standing
from knowledge.critical.models import Loop, Notice
from knowledge.critical.queries import exposures_of
from knowledge.critical.scopes import words_of
from plans.queries import nearest


def title_of(notice: Notice) -> str:
    title: str = nearest(notice.titles, notice.language, get_language() or "")
    return title


def notice_row(notice: Notice) -> dict[str, Any]:
    return {"notice": notice, "title": title_of(notice), "scope": "; ".join(words_of(notice.scope))}


def loop_row(loop: Loop) -> dict[str, Any]:
    return {
        "loop": loop,
        "affected": loop.get_affected_display(),
        "affected_tone": AFFECTED_TONE[Affected(loop.affected)],
        "standing": loop.get_standing_display(),
        "tone": STANDING_TONE[Standing(loop.standing)],
    }


def exposure_rows(loop: Loop) -> list[dict[str, Any]]:
    return [{"exposure": one, "tone": STANDING_TONE[Standing(one.standing)]} for one in exposures_of(loop)]
